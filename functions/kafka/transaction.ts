import kafkajs, { type Message, type PartitionMetadata, type Producer, type Transaction } from 'kafkajs';
import { causesOf, KafkaError } from '../errors.ts';

/** A record to write, in the partition it belongs to. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string | Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; now, when it is left out. */
  readonly timestamp?: number;
}

/** Where records of one partition were appended: the first one's offset, and their number. */
export interface Appended {
  readonly topic: string;
  readonly partition: number;
  readonly baseOffset: bigint;
  readonly count: number;
}

/** Bytes of one partition in one send: below the broker's `message.max.bytes`, 1 MiB by default. */
const MAX_PARTITION_BYTES = 800_000;
/** Milliseconds in which the brokers must acknowledge. */
const ACKNOWLEDGE_TIMEOUT_MS = 10_000;
const RECORD_OVERHEAD = 64;

const partitioner = kafkajs.Partitioners.DefaultPartitioner();
// For a record with a key, the default partitioner looks at the partitions' numbers only.
const partition = (partitionId: number): PartitionMetadata => ({
  partitionId,
  partitionErrorCode: 0,
  leader: 0,
  replicas: [],
  isr: [],
});

/**
 * Picks a key's partition as Java's default partitioner does: by murmur2 of the key's bytes. Connect will write the
 * key's next record there. If this one stood in another partition, nobody could tell which of the two is the last.
 */
export const createPartitioner = (partitionCount: number): ((key: string) => number) => {
  const partitionMetadata = Array.from({ length: partitionCount }, (_, id) => partition(id));
  return (key) => partitioner({ topic: '', partitionMetadata, message: { key, value: null } });
};

const sizeOf = ({ key, value, headers }: OutgoingRecord): number =>
  RECORD_OVERHEAD +
  Buffer.byteLength(key) +
  (value === null ? 0 : Buffer.byteLength(value)) +
  Object.entries(headers).reduce((size, [name, text]) => size + name.length + Buffer.byteLength(text), 0);

/** Splits records into sends that keep each partition's batch below its limit; nearly always it is one send. */
const sends = (records: readonly OutgoingRecord[]): readonly (readonly OutgoingRecord[])[] => {
  const filled = new Map<string, { send: number; bytes: number }>();
  const result: OutgoingRecord[][] = [];
  for (const record of records) {
    const name = `${record.partition} ${record.topic}`;
    const size = sizeOf(record);
    const { send, bytes } = filled.get(name) ?? { send: 0, bytes: 0 };
    const next =
      bytes > 0 && bytes + size > MAX_PARTITION_BYTES ? { send: send + 1, bytes: size } : { send, bytes: bytes + size };
    filled.set(name, next);
    result[next.send] ??= [];
    result[next.send]?.push(record);
  }
  return result;
};

const toMessage = ({ partition, key, value, headers, timestamp }: OutgoingRecord): Message => ({
  partition,
  key,
  value,
  headers: { ...headers },
  ...(timestamp !== undefined && { timestamp: String(timestamp) }),
});

/**
 * Sends records within a transaction, with `acks=all` and idempotence, one send per topic and for all topics at once.
 *
 * @returns where they were appended, in the order of the sends
 * @throws KafkaError when a partition was not acknowledged, and whatever kafkajs throws
 */
export const send = async (
  transaction: Transaction,
  records: readonly OutgoingRecord[],
): Promise<readonly Appended[]> => {
  const appended: Appended[] = [];
  for (const part of sends(records)) {
    const byTopic = Map.groupBy(part, ({ topic }) => topic);
    const acknowledged = await transaction.sendBatch({
      acks: -1,
      timeout: ACKNOWLEDGE_TIMEOUT_MS,
      topicMessages: [...byTopic].map(([topic, ofTopic]) => ({ topic, messages: ofTopic.map(toMessage) })),
    });
    for (const [topic, ofTopic] of byTopic) {
      for (const [partition, { length: count }] of Map.groupBy(ofTopic, (record) => record.partition)) {
        const ack = acknowledged.find((one) => one.topicName === topic && one.partition === partition);
        if (ack?.baseOffset === undefined) {
          throw new KafkaError(`${count} records for partition ${partition} of "${topic}" were not acknowledged`);
        }
        appended.push({ topic, partition, baseOffset: BigInt(ack.baseOffset), count });
      }
    }
  }
  return appended;
};

/** Whether the brokers refused a transaction because a newer producer has taken its transactional id over (KIP-98). */
export const isFenced = (error: unknown): boolean =>
  causesOf(error).some((cause) => 'type' in cause && cause.type === 'INVALID_PRODUCER_EPOCH');

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
