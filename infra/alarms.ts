import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { SyncMetrics } from './metrics.ts';
import type { Migration } from './options/migration.ts';

/** An alarm: `metric` reaches `threshold` in `periods` out of the last `of` (all of them, if left out). */
interface Watched {
  readonly description: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly periods: number;
  readonly of?: number;
  /** What a period without any measurement counts as. */
  readonly missing?: TreatMissingData;
}

const math = (label: string, expression: string, usingMetrics: Record<string, IMetric>) =>
  new MathExpression({ label, expression, usingMetrics, period: Duration.minutes(1) });

/** How it goes: is it alive, and how old is what it writes? */
const ofProgress = (metrics: SyncMetrics, maxAgeSeconds: number): Readonly<Record<string, Watched>> => ({
  Errors: {
    description: 'The function keeps failing, and the event source repeats its batch. Its log says why.',
    // Being fenced is a failure that the next attempt makes good, not trouble. A minute with some is left out, instead of
    // subtracting them: Lambda counts an error in the minute where the invocation started, the function in which it ended.
    metric: math('Errors, without minutes of fencing', 'IF(FILL(fenced, 0) > 0, 0, errors)', {
      errors: metrics.errors(),
      fenced: metrics.own('fenced'),
    }),
    // A broker that restarts, or a password that changes, fails for some minutes.
    threshold: 1,
    periods: 5,
    of: 15,
  },
  NotReading: {
    description:
      "The event source does not read Replicator's offsets topic: it is switched off, never connected, or does not " +
      'reach the brokers. It also rings while a new event source connects.',
    // All is well in a minute without lag, and in one with an invocation. The group of an event source that never
    // connected has no lag, not even none.
    metric: math('Not reading', 'IF(FILL(lag, -1) == 0 OR FILL(invocations, 0) >= 1, 0, 1)', {
      lag: metrics.lag(),
      invocations: metrics.invocations(),
    }),
    threshold: 1,
    periods: 8,
    missing: TreatMissingData.BREACHING,
  },
  TimeLag: {
    description:
      "The event source is behind Replicator's offsets topic, as MSK estimates it: a cutover now would repeat records.",
    metric: metrics.timeLag(),
    threshold: maxAgeSeconds,
    periods: 5,
  },
  NewestRecordAge: {
    description: 'What was written last was old then: a cutover now would repeat records.',
    metric: math('Age of the newest offset when written, in seconds', 'age / 1000', { age: metrics.newestRecordAge() }),
    threshold: maxAgeSeconds,
    periods: 5,
  },
});

/** What it found: each is for somebody to look at, from the first one on. */
const ofFindings = (metrics: SyncMetrics): Readonly<Record<string, Watched>> => {
  const first = (metric: Parameters<SyncMetrics['own']>[0], description: string): Watched => ({
    description,
    metric: metrics.own(metric, { period: Duration.minutes(5) }),
    threshold: 1,
    periods: 1,
  });
  return {
    Malformed: first(
      'malformed',
      "Replicator's offsets topic holds records that are no offsets. They were skipped; see the log.",
    ),
    TakenOver: first(
      'takenOver',
      "Somebody else, MM2 or a person, wrote an offset of the sync's. It was left alone; see the log.",
    ),
    FatalValues: first(
      'fatal',
      "MM2's offsets topic holds a value on which MM2's task would fail after the cutover; see the log.",
    ),
    IgnoredValues: first(
      'ignored',
      "MM2's offsets topic holds a value that MM2 takes for none: it would copy everything again; see the log.",
    ),
    Missing: first('missing', "MM2's offsets topic was created anew or emptied, and offsets are gone; see the log."),
  };
};

/**
 * The alarms of a deployment. Throttles raise none: with one invocation at a time they are normal, and only slow the
 * pollers down. Replicator at rest sends nothing, so that what is not measured counts as well, unless an alarm says
 * otherwise.
 */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { alarms, name }: Migration, metrics: SyncMetrics) {
    super(scope, id);
    const action = alarms.topicArn ? new SnsAction(Topic.fromTopicArn(this, 'Topic', alarms.topicArn)) : undefined;
    const watched = { ...ofProgress(metrics, alarms.maxAgeSeconds), ...ofFindings(metrics) };
    this.all = Object.entries(watched).map(([alarmId, { description, metric, threshold, periods, of, missing }]) => {
      const alarm = new Alarm(this, alarmId, {
        alarmDescription: `${name}: ${description}`,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: of ?? periods,
        datapointsToAlarm: periods,
        treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
      });
      if (action) {
        alarm.addAlarmAction(action);
        alarm.addOkAction(action);
      }
      return alarm;
    });
  }
}
