import * as v from 'valibot';
import { EventError } from '../errors.ts';

/** What the verify function is asked for. */
export type Request =
  /** The report as JSON. */
  | { readonly kind: 'report'; readonly records: number | 'all' }
  /** The dashboard's widget, as HTML. */
  | { readonly kind: 'display'; readonly records: number | 'all' }
  /** What the widget's editor shows, as Markdown. */
  | { readonly kind: 'describe' };

/** Source records before the boundary that are compared where the event does not say. */
export const DEFAULT_RECORDS = 1_000;
export const MOST_RECORDS = 1_000_000;

const records = v.optional(
  v.union([v.literal('all'), v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_RECORDS))]),
  DEFAULT_RECORDS,
);
const EventSchema = v.union([
  // CloudWatch sends a widget's parameters beside these (Amazon CloudWatch User Guide, "Details about custom widgets").
  v.looseObject({ describe: v.literal(true) }),
  v.looseObject({ widgetContext: v.looseObject({}), records }),
  v.strictObject({ records }),
]);

/**
 * Reads the event: `{"records":1000}` or nothing for the report, what a CloudWatch dashboard sends for the widget.
 *
 * @throws EventError that says what is taken
 */
export const parseRequest = (event: unknown): Request => {
  const { success, output } = v.safeParse(EventSchema, event ?? {});
  // An array is an object to valibot.
  if (!success || Array.isArray(event)) {
    throw new EventError(
      `The event is no question for verify; give {"records":N} with a whole number from 0 to ${MOST_RECORDS} or "all", ` +
        'an empty object, or what a CloudWatch dashboard sends for a custom widget',
    );
  }
  if ('describe' in output) {
    return { kind: 'describe' };
  }
  return { kind: 'widgetContext' in output ? 'display' : 'report', records: output.records };
};
