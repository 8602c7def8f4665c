import { causesOf } from '../errors.ts';
import type { TimedTopicLog } from '../kafka/topic-log.ts';

/** The part of a {@link TimedTopicLog} that looking takes. */
export type ReadingLog = Pick<TimedTopicLog, 'extent' | 'offsetAt' | 'read'>;

/**
 * How long a partition may be without a leader. Where a broker is lost, the others notice it after
 * `broker.session.timeout.ms` (9 s by default), with ZooKeeper after `zookeeper.session.timeout.ms` (18 s).
 */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 250;

/** What patience goes by. */
export interface Patience {
  /** Whether nobody waits for the answer any more. */
  readonly isOver: () => boolean;
  /** Whether any broker answers: asked where a connection has failed. */
  readonly isReachable: () => Promise<boolean>;
  /** @default 30,000 */
  readonly patienceMs?: number;
  /** Waits for so many milliseconds. @default setTimeout */
  readonly pause?: (milliseconds: number) => Promise<void>;
  /** Milliseconds on a clock that only goes forward. @default performance.now */
  readonly now?: () => number;
}

/**
 * Asks again, as long as that helps, what cannot be answered while partitions have no leader.
 *
 * @param progress What there is of the answer: as long as there comes more of it, the patience begins anew.
 * @throws what `work` throws, once the patience is over or where waiting does not help
 */
export type Patiently = <T>(work: () => Promise<T>, progress?: () => unknown) => Promise<T>;

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Whether it is over once another broker leads. */
const isPassing = async (error: unknown, isReachable: () => Promise<boolean>): Promise<boolean> => {
  if (!(error instanceof Error) || ('type' in error && error.type === 'UNKNOWN_TOPIC_OR_PARTITION')) {
    return false;
  }
  // kafkajs takes an error for final that it has tried often enough.
  const isRetriable = causesOf(error).some((cause) => 'retriable' in cause && cause.retriable === true);
  const isOfConnection = causesOf(error).some(({ name }) => name.startsWith('KafkaJSConnection'));
  return isRetriable && (!isOfConnection || (await isReachable()));
};

/** Makes a cluster's {@link Patiently}. */
export const createPatience = (patience: Patience): Patiently => {
  const { isOver, isReachable, patienceMs = PATIENCE_MS, pause = sleep, now = () => performance.now() } = patience;
  return async (work, progress = () => undefined) => {
    let since: { readonly at: number; readonly progress: unknown } | undefined;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (since === undefined || since.progress !== progress()) {
          since = { at: now(), progress: progress() };
        }
        if (isOver() || now() - since.at >= patienceMs || !(await isPassing(error, isReachable))) {
          throw error;
        }
        await pause(PAUSE_MS);
      }
    }
  };
};

/** A log that bears the loss of a broker: a read goes on behind what it has handed over. */
export const patientLog = (log: ReadingLog, patiently: Patiently): ReadingLog => ({
  extent: (topic) => patiently(() => log.extent(topic)),
  offsetAt: (...place) => patiently(() => log.offsetAt(...place)),
  read: async (topic, from, to, take) => {
    const next = new Map(from);
    let taken = 0;
    const read = () =>
      log.read(topic, next, to, (record) => {
        next.set(record.partition, record.offset + 1n);
        taken += 1;
        take(record);
      });
    await patiently(read, () => taken);
  },
});
