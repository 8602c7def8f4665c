import { sizeOf } from '../kafka/transaction.ts';
import type { OwnRecord, TheirRecord } from '../offsets/last-records.ts';
import type { FencedTransactions, Send } from './fencing.ts';
import type { FollowedTopic } from './followed-topic.ts';
import { type Outgoing, sendAll } from './lost-races.ts';

/**
 * How much is done at once: so that a batch gets through whatever the speed at which the brokers take it, and what it
 * has got through stays when the rest of it fails.
 */
export interface TransactionBounds {
  /** Bytes of one send over all partitions. */
  readonly sendBytes: number;
  /** Milliseconds after which a transaction is committed and the next one begins. */
  readonly workMs: number;
}

const BOUNDS: TransactionBounds = { sendBytes: 256 * 1024, workMs: 10_000 };

const sizeOfAll = ({ key, partitions, record, headers }: Outgoing): number =>
  partitions.length * sizeOf({ key, value: record.value, headers });

/** Takes the first records off a queue, as many as fit into one send. */
const takeSend = (queue: Outgoing[], sendBytes: number): readonly Outgoing[] => {
  let bytes = 0;
  const count = queue.findIndex((one) => {
    bytes += sizeOfAll(one);
    return bytes > sendBytes;
  });
  return queue.splice(0, count === -1 ? queue.length : Math.max(1, count));
};

type Standing = readonly [Outgoing, OwnRecord | TheirRecord];

/** Sends from the queue, one send after the other, until it is empty or the transaction has lasted long enough. */
const sendFrom = async (
  queue: Outgoing[],
  send: Send,
  { sendBytes, workMs }: TransactionBounds,
): Promise<readonly Standing[]> => {
  const until = performance.now() + workMs;
  const standing: Standing[] = [];
  do {
    standing.push(...(await sendAll(send, takeSend(queue, sendBytes))));
  } while (queue.length > 0 && performance.now() < until);
  await Promise.all([...new Set(standing.map(([{ topic }]) => topic))].map((topic) => topic.ensureSame()));
  return standing;
};

/** Runs a transaction, and tells the topics how it ended. */
const transact = async <T>(
  transactions: FencedTransactions,
  topics: readonly FollowedTopic[],
  work: (send: Send) => Promise<T>,
): Promise<T> => {
  try {
    const result = await transactions.run(work);
    for (const topic of topics) {
      topic.committed();
    }
    return result;
  } catch (error) {
    for (const topic of topics) {
      topic.failed();
    }
    throw error;
  }
};

/**
 * Sends records in transactions of bounded work, and takes in what stands after each.
 *
 * @returns what then stands for each record: itself, or what was put back in its place
 * @throws what a transaction throws; those before it stay
 */
export const sendInTransactions = async (
  transactions: FencedTransactions,
  topics: readonly FollowedTopic[],
  outgoing: readonly Outgoing[],
  bounds: TransactionBounds = BOUNDS,
): Promise<ReadonlyMap<Outgoing, OwnRecord | TheirRecord>> => {
  const queue = [...outgoing];
  const standing = new Map<Outgoing, OwnRecord | TheirRecord>();
  while (queue.length > 0) {
    for (const [one, record] of await transact(transactions, topics, (send) => sendFrom(queue, send, bounds))) {
      standing.set(one, record);
      for (const partition of one.partitions) {
        one.topic.lastRecords.wrote(partition, one.key, record);
      }
    }
  }
  return standing;
};
