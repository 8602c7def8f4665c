import kafkajs, { type Message, type Producer, type Transaction } from 'kafkajs';
import { KafkaError } from '../errors.ts';

/** A record to write, in the partition it belongs to. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where records of one partition were appended, one after the other. */
export interface Appended {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the first of them. */
  readonly baseOffset: bigint;
  readonly records: readonly OutgoingRecord[];
}

/** Milliseconds in which the brokers must acknowledge. */
const ACKNOWLEDGE_TIMEOUT_MS = 10_000;
/** What a record batch has beside its records, in bytes (https://kafka.apache.org/documentation/#recordbatch). */
const BATCH_OVERHEAD = 61;
/** The most that a record has beside its key, value and headers: lengths, attributes, deltas. */
const RECORD_OVERHEAD = 40;

/** The bytes of a batch that holds this record alone, or a little more. */
export const sizeOf = ({ key, value, headers }: Omit<OutgoingRecord, 'topic' | 'partition'>): number =>
  BATCH_OVERHEAD +
  RECORD_OVERHEAD +
  Buffer.byteLength(key) +
  (value?.length ?? 0) +
  Object.entries(headers).reduce((size, [name, text]) => size + name.length + Buffer.byteLength(text), 0);

/** Splits records into as few sends as the size of a partition's batch allows: nearly always one. */
const sends = (
  records: readonly OutgoingRecord[],
  maxBatchBytes: (topic: string) => number,
): readonly (readonly OutgoingRecord[])[] => {
  const filled = new Map<string, { send: number; bytes: number }>();
  const result: OutgoingRecord[][] = [];
  for (const record of records) {
    const name = `${record.partition} ${record.topic}`;
    const size = sizeOf(record);
    const { send, bytes } = filled.get(name) ?? { send: 0, bytes: 0 };
    const isFull = bytes > 0 && bytes + size > maxBatchBytes(record.topic);
    const next = isFull ? { send: send + 1, bytes: size } : { send, bytes: bytes + size };
    filled.set(name, next);
    result[next.send] ??= [];
    result[next.send]?.push(record);
  }
  return result;
};

const toMessage = ({ partition, key, value, headers }: OutgoingRecord): Message => ({
  partition,
  key,
  value,
  headers: { ...headers },
});

/**
 * Sends records within a transaction, with `acks=all` and idempotence, one send per topic and for all topics at once.
 *
 * @param maxBatchBytes The largest record batch that a topic takes.
 * @returns where they were appended, in the order of the sends
 * @throws KafkaError when a partition was not acknowledged, and whatever kafkajs throws
 */
export const send = async (
  transaction: Transaction,
  records: readonly OutgoingRecord[],
  maxBatchBytes: (topic: string) => number,
): Promise<readonly Appended[]> => {
  const appended: Appended[] = [];
  for (const part of sends(records, maxBatchBytes)) {
    const byTopic = Map.groupBy(part, ({ topic }) => topic);
    const isOversize = part.some((record) => sizeOf(record) > maxBatchBytes(record.topic));
    const acknowledged = await transaction.sendBatch({
      acks: -1,
      // Somebody else's value that is put back came in a batch that was compressed: it fits only where this one is.
      compression: isOversize ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None,
      timeout: ACKNOWLEDGE_TIMEOUT_MS,
      topicMessages: [...byTopic].map(([topic, ofTopic]) => ({ topic, messages: ofTopic.map(toMessage) })),
    });
    for (const [topic, ofTopic] of byTopic) {
      for (const [partition, ofPartition] of Map.groupBy(ofTopic, (record) => record.partition)) {
        const ack = acknowledged.find((one) => one.topicName === topic && one.partition === partition);
        if (ack?.baseOffset === undefined) {
          throw new KafkaError(
            `${ofPartition.length} records for partition ${partition} of "${topic}" were not acknowledged`,
          );
        }
        appended.push({ topic, partition, baseOffset: BigInt(ack.baseOffset), records: ofPartition });
      }
    }
  }
  return appended;
};

/**
 * Runs `work` in a transaction of the producer, committed when it succeeds and aborted when it throws.
 *
 * @throws whatever `work` or the commit throws; a failed abort is left to the next owner of the transactional id
 */
export const inTransaction = async <T>(
  producer: Producer,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> => {
  const transaction = await producer.transaction();
  try {
    const result = await work(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    if (transaction.isActive()) {
      await transaction.abort().catch(() => undefined);
    }
    throw error;
  }
};
