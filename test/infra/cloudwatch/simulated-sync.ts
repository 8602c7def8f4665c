import type { Random } from './random.ts';
import type { Measurements, Minute } from './watched.ts';

/** What is wrong from a moment on. */
export type Trouble =
  | 'function-failing'
  | 'mapping-disabled'
  | 'never-connected'
  | 'brokers-unreachable-for-function'
  | 'brokers-unreachable-for-pollers'
  | 'brokers-down';

/** A sync to simulate. */
export interface SimulatedSync {
  readonly minutes: number;
  /** How many of Replicator's tasks flush their offsets. */
  readonly tasks: number;
  /** Two instances that fence each other, as without reserved concurrency. */
  readonly fencing?: boolean;
  /** Replicator rests in these hours of the day. */
  readonly restHours?: readonly [number, number];
  readonly trouble?: { readonly kind: Trouble; readonly from: number };
}

const FLUSH_SECONDS = 60;
const WINDOW_SECONDS = 5;

/**
 * A day-to-day sync, second by second: Replicator's tasks flush every minute at moments of their own, the event source
 * gathers for 5 seconds, the function takes a fraction of a second to some seconds, now and then a cold start, a failure
 * that the next attempt makes good, a rebalance without lag metrics. MSK samples the lag once a minute.
 */
export const simulateSync = (sync: SimulatedSync, random: Random): Measurements => {
  const { minutes, tasks, trouble } = sync;
  const series: Record<string, (Minute | undefined)[]> = {};
  const send = (name: string, second: number, value: number) => {
    const minute = Math.floor(second / 60);
    const sent = series[name] ?? [];
    series[name] = sent;
    const before = sent[minute] ?? { sum: 0, maximum: 0 };
    sent[minute] = { sum: before.sum + value, maximum: Math.max(before.maximum, value) };
  };
  const isTroubled = (second: number, ...kinds: readonly Trouble[]) =>
    trouble !== undefined && second >= trouble.from * 60 && kinds.includes(trouble.kind);

  const flushes = Array.from({ length: tasks }, () => random.between(0, FLUSH_SECONDS - 1));
  const sampledAt = random.between(0, 59);
  /** When what the group has not committed was flushed, the oldest first. */
  let pending: number[] = [];
  let invocation: { started: number; ends: number; records: number; outcome: 'done' | 'failed' | 'fenced' } | undefined;
  let pausedUntil = 0;
  let unstableUntil = 0;
  let failures = 0;

  const finish = () => {
    if (invocation === undefined) {
      return;
    }
    const { started, ends, records, outcome } = invocation;
    // Lambda's own metrics bear the moment of the start.
    send('Invocations', started, 1);
    send('Errors', started, outcome === 'done' ? 0 : 1);
    if (outcome === 'done') {
      const newest = pending[records - 1] ?? started;
      send('NewestRecordAge', ends, (ends - newest) * 1000);
      pending = pending.slice(records);
      failures = 0;
    } else if (outcome === 'fenced') {
      send('Fenced', ends, 1);
      pausedUntil = ends + random.between(0, 5);
    } else {
      // The event source waits longer and longer, up to a minute.
      failures += 1;
      pausedUntil = ends + Math.min(60, 2 ** failures);
    }
    invocation = undefined;
  };

  const start = (second: number) => {
    if (isTroubled(second, 'brokers-unreachable-for-function', 'brokers-down')) {
      invocation = { started: second, ends: second + random.between(20, 75), records: 0, outcome: 'failed' };
    } else if (isTroubled(second, 'function-failing')) {
      invocation = { started: second, ends: second + random.between(0, 10), records: 0, outcome: 'failed' };
    } else if (sync.fencing && random.chance(0.5)) {
      invocation = { started: second, ends: second + random.between(0, 3), records: 0, outcome: 'fenced' };
    } else if (random.chance(0.0005)) {
      invocation = { started: second, ends: second + random.between(1, 30), records: 0, outcome: 'failed' };
    } else {
      const seconds = random.chance(0.01) ? random.between(3, 20) : random.between(0, 2);
      invocation = { started: second, ends: second + seconds, records: pending.length, outcome: 'done' };
    }
  };

  const polls = (second: number) =>
    second >= pausedUntil &&
    second >= unstableUntil &&
    !isTroubled(second, 'mapping-disabled', 'never-connected', 'brokers-unreachable-for-pollers', 'brokers-down');

  for (let second = 0; second < minutes * 60; second += 1) {
    const hour = Math.floor(second / 3600) % 24;
    const rests = sync.restHours !== undefined && hour >= sync.restHours[0] && hour < sync.restHours[1];
    if (!rests && !isTroubled(second, 'brokers-down')) {
      for (const flush of flushes) {
        if (second % FLUSH_SECONDS === flush) {
          pending.push(second);
        }
      }
    }
    if (random.chance(1 / 7200)) {
      unstableUntil = second + random.between(20, 150);
    }
    if (invocation !== undefined && second >= invocation.ends) {
      finish();
    }
    const oldest = pending[0];
    if (invocation === undefined && oldest !== undefined && second - oldest >= WINDOW_SECONDS && polls(second)) {
      start(second);
    }
    const measures = second >= unstableUntil && !isTroubled(second, 'never-connected', 'brokers-down');
    if (second % 60 === sampledAt && measures) {
      send('SumOffsetLag', second, pending.length);
      send('EstimatedMaxTimeLag', second, oldest === undefined ? 0 : second - oldest);
    }
  }
  return series;
};
