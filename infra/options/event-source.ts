import * as v from 'valibot';
import type { AsWritten } from '../../functions/configuration/as-written.ts';
import { object } from '../../functions/configuration/validate.ts';
import { integer, optionsFix } from './forms.ts';

const pollersFix = 'give "minimum" (1 to 200) and "maximum" (1 to 2000), or leave "pollers" out for on-demand pollers';

const schema = object(
  {
    /**
     * The most records of one invocation, 1 to 10,000. Lambda also ends a batch at 6 MB.
     * @default 10000 - only a key's newest record counts, so the larger the batch, the fewer writes
     */
    batchSize: v.optional(integer(1, 10_000, 'give a whole number from 1 to 10000'), 10_000),
    /**
     * How long Lambda gathers records before it invokes the function, in seconds, 0 to 300.
     * @default 5 - gathers what Connect's workers flush together, and is little beside their flush interval of 60
     */
    batchingWindowSeconds: v.optional(integer(0, 300, 'give a whole number of seconds from 0 to 300'), 5),
    /**
     * Provisioned pollers, 1 to 200 at least and 1 to 2,000 at most. They need no route to AWS services, and send the
     * event source's own metrics; each costs money all the time.
     * @default - on-demand pollers
     */
    pollers: v.optional(
      object(
        {
          /** How many there are at least. */
          minimum: integer(1, 200, pollersFix),
          /** How many there are at most. */
          maximum: integer(1, 2000, pollersFix),
        },
        pollersFix,
      ),
    ),
  },
  optionsFix('eventSource'),
);

/** How Lambda reads Replicator's offsets topic. */
export interface EventSourceOptions extends AsWritten<typeof schema> {}

/** The event source's options, checked and complete. */
export interface EventSourceChoice extends Readonly<v.InferOutput<typeof schema>> {}

export const EventSourceSchema: v.GenericSchema<EventSourceOptions, EventSourceChoice> = schema;

/** What is wrong between the event source's options. */
export const eventSourceFaults = ({ pollers }: EventSourceChoice): readonly string[] =>
  pollers && pollers.minimum > pollers.maximum
    ? [`eventSource.pollers.minimum is ${pollers.minimum}; give at most the maximum, ${pollers.maximum}`]
    : [];
