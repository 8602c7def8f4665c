import type { Resource } from '../synthesis.ts';
import { type Evaluated, isInAlarm } from './alarm-state.ts';
import { compileMath } from './metric-math.ts';

/** What was sent of a metric in each minute: how often, their sum, and the largest. Nothing where nothing was. */
export interface Minute {
  sum: number;
  maximum: number;
}
export type Series = readonly (Minute | undefined)[];

/** The series of a world, by the metric's name. */
export type Measurements = Readonly<Record<string, Series>>;

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string };
    readonly Period: number;
    readonly Stat: 'Sum' | 'Maximum';
  };
}

interface AlarmProperties extends Evaluated {
  readonly MetricName?: string;
  readonly Statistic?: 'Sum' | 'Maximum';
  readonly Period?: number;
  readonly Metrics?: readonly MetricQuery[];
}

type Read = (measurements: Measurements, from: number, to: number) => number | undefined;

/** One statistic of a metric, over the minutes from `from` up to `to`, without the latter. */
const readerOf =
  (name: string, statistic: 'Sum' | 'Maximum'): Read =>
  (measurements, from, to) => {
    let value: number | undefined;
    for (let minute = Math.max(0, from); minute < to; minute += 1) {
      const sent = measurements[name]?.[minute];
      if (sent !== undefined) {
        value = statistic === 'Sum' ? (value ?? 0) + sent.sum : Math.max(value ?? sent.maximum, sent.maximum);
      }
    }
    return value;
  };

const mathOf = (metrics: readonly MetricQuery[]): { readonly read: Read; readonly minutes: number } => {
  const inputs = metrics.flatMap(({ Id, MetricStat }) => (MetricStat ? [{ Id, ...MetricStat }] : []));
  const expression = metrics.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';
  const compute = compileMath(
    expression,
    inputs.map(({ Id }) => Id),
  );
  const readers = inputs.map(({ Id, Metric, Stat }) => [Id, readerOf(Metric.MetricName, Stat)] as const);
  return {
    minutes: (inputs[0]?.Period ?? 60) / 60,
    read: (measurements, from, to) =>
      compute(Object.fromEntries(readers.map(([id, read]) => [id, read(measurements, from, to)]))),
  };
};

/** What CloudWatch does not tell, and a test therefore tries. */
export interface Unknowns {
  /** How many data points it looks at beyond the evaluation periods: 2 in the examples of its guide. */
  readonly beyond: number;
  /** How many of the newest minutes have not arrived yet. */
  readonly late: number;
}

/**
 * How CloudWatch evaluates an alarm of a template: every minute, over windows of its period that slide along with it
 * ("Alarm evaluation window").
 *
 * @returns whether it is in ALARM at the end of a minute, given what was sent up to then
 */
export const watch = (resource: Resource['Properties'], measurements: Measurements, { beyond, late }: Unknowns) => {
  const alarm = resource as unknown as AlarmProperties;
  const { read, minutes } = alarm.Metrics
    ? mathOf(alarm.Metrics)
    : {
        read: readerOf(alarm.MetricName ?? '', alarm.Statistic ?? 'Sum'),
        minutes: (alarm.Period ?? 60) / 60,
      };
  const periods = alarm.EvaluationPeriods + beyond;
  // A window that is complete does not change any more, and is looked at by many evaluations.
  const complete = new Map<number, number | undefined>();
  const windowUpTo = (to: number, arrived: number): number | undefined => {
    if (to > arrived) {
      return read(measurements, to - minutes, arrived);
    }
    if (!complete.has(to)) {
      complete.set(to, read(measurements, to - minutes, to));
    }
    return complete.get(to);
  };
  return (end: number): boolean =>
    isInAlarm(
      alarm,
      Array.from({ length: periods }, (_, index) => windowUpTo(end - (periods - 1 - index) * minutes, end - late)),
    );
};
