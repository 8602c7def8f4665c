import { causesOf, KafkaError } from '../errors.ts';
import type { LogRecord, PartitionOffsets, TimedTopicLog } from '../kafka/topic-log.ts';

/** The part of a {@link TimedTopicLog} that looking takes. */
export type ReadingLog = Pick<TimedTopicLog, 'extent' | 'offsetAt' | 'read'>;

/**
 * How long a partition may be without a leader. Where a broker is lost, the others notice it after
 * `broker.session.timeout.ms` (9 s by default), with ZooKeeper after `zookeeper.session.timeout.ms` (18 s).
 */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 250;

/** What {@link patientLog} goes by. */
export interface Patience {
  /** Whether nobody waits for the answer any more. */
  readonly isOver: () => boolean;
  /** @default 30,000 */
  readonly patienceMs?: number;
  /** Waits for so many milliseconds. @default setTimeout */
  readonly pause?: (milliseconds: number) => Promise<void>;
  /** Milliseconds on a clock that only goes forward. @default performance.now */
  readonly now?: () => number;
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Whether it is over once another broker leads: not where no broker answers at all, nor where a topic is gone. */
const isPassing = (error: unknown): boolean => {
  const [first] = causesOf(error);
  if (first === undefined || ('type' in first && first.type === 'UNKNOWN_TOPIC_OR_PARTITION')) {
    return false;
  }
  return first instanceof KafkaError || ('retriable' in first && first.retriable === true);
};

/**
 * A log that bears the loss of a broker: what cannot be answered while a partition has no leader is asked again, and a
 * read goes on behind what it has handed over.
 *
 * @throws from its methods what `log` throws, once the patience is over or where waiting does not help
 */
export const patientLog = (log: ReadingLog, patience: Patience): ReadingLog => {
  const { isOver, patienceMs = PATIENCE_MS, pause = sleep, now = () => performance.now() } = patience;
  /** @param progress What there is of the answer: as long as there comes more of it, the patience begins anew. */
  const patiently = async <T>(work: () => Promise<T>, progress: () => unknown = () => undefined): Promise<T> => {
    let since: { readonly at: number; readonly progress: unknown } | undefined;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (since === undefined || since.progress !== progress()) {
          since = { at: now(), progress: progress() };
        }
        if (isOver() || !isPassing(error) || now() - since.at >= patienceMs) {
          throw error;
        }
        await pause(PAUSE_MS);
      }
    }
  };

  const readOn = async (
    topic: string,
    from: PartitionOffsets,
    to: PartitionOffsets,
    take: (record: LogRecord) => void,
  ) => {
    const next = new Map(from);
    let taken = 0;
    await patiently(
      () =>
        log.read(topic, next, to, (record) => {
          next.set(record.partition, record.offset + 1n);
          taken += 1;
          take(record);
        }),
      () => taken,
    );
  };
  return {
    extent: (topic) => patiently(() => log.extent(topic)),
    offsetAt: (...place) => patiently(() => log.offsetAt(...place)),
    read: readOn,
  };
};
