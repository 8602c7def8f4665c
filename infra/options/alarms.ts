import * as v from 'valibot';
import type { AsWritten } from '../../functions/configuration/as-written.ts';
import { object } from '../../functions/configuration/validate.ts';
import { inAnotherRegion } from '../arn.ts';
import { integer, optionsFix, text } from './forms.ts';

const schema = object(
  {
    /**
     * The ARN of an SNS topic in the cluster's region that every alarm notifies, and notifies again when it is over. A
     * topic encrypted with the key `alias/aws/sns` silently drops what CloudWatch sends; it wants a key of its own.
     * @default - alarms change their state only
     */
    topicArn: v.optional(
      text(/^arn:[\w-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, 'give the ARN of a standard SNS topic (arn:aws:sns:…)'),
    ),
    /**
     * How long an offset of Replicator's may wait until it stands in MM2's offsets topic, in seconds, at least 120:
     * Connect's workers flush every 60, and MSK measures once a minute.
     * @default 300
     */
    maxAgeSeconds: v.optional(integer(120, 604_800, 'give a whole number of seconds from 120 to 604800'), 300),
  },
  optionsFix('alarms'),
);

/** Whom to tell, and when. */
export interface AlarmOptions extends AsWritten<typeof schema> {}

/** The alarms' options, checked and complete. */
export interface AlarmChoice extends Readonly<v.InferOutput<typeof schema>> {}

export const AlarmsSchema: v.GenericSchema<AlarmOptions, AlarmChoice> = schema;

/** What is wrong with the alarms beside the cluster. */
export const alarmFaults = ({ topicArn }: AlarmChoice, clusterArn: string): readonly string[] =>
  topicArn && inAnotherRegion(topicArn, clusterArn)
    ? [
        `alarms.topicArn is "${topicArn}"; CloudWatch notifies topics of its own region alone, give a topic in the ` +
          "cluster's region",
      ]
    : [];
