import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { parseSourceOffset, sourceOffsetKey } from './source-offset.ts';

/** The offset of the last record copied of a source partition. */
export interface SourcePosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** How long the offsets topic may take to read. */
const READ_TIMEOUT_MS = 30_000;

/**
 * Reads, by `topic-partition`, the stored offset of every source partition that has one. As in Connect, only the very
 * bytes of the connector's own keys count.
 *
 * @param partitionCounts the source topics with their numbers of partitions
 * @throws Error when a stored value is no source offset, or the topic is not read to its end in 30 s
 */
export const readStoredPositions = async (
  kafka: Kafka,
  offsetsTopic: string,
  connector: string,
  partitionCounts: ReadonlyMap<string, number>,
): Promise<Map<string, SourcePosition>> => {
  const stored = await readLastValues(kafka, offsetsTopic);
  const positions = new Map<string, SourcePosition>();
  for (const [topic, count] of partitionCounts) {
    for (let partition = 0; partition < count; partition++) {
      const value = stored.get(sourceOffsetKey(connector, topic, partition));
      if (value !== undefined) {
        positions.set(`${topic}-${partition}`, { topic, partition, offset: parseSourceOffset(value) });
      }
    }
  }
  return positions;
};

/**
 * Reads a topic from its beginning to its present end, and gives the last value of every key, as a Connect worker does
 * with its offsets topic when it starts (Kafka's KafkaBasedLog). A tombstone removes its key.
 */
const readLastValues = async (kafka: Kafka, topic: string): Promise<ReadonlyMap<string, string>> => {
  const unread = await endsOf(kafka.admin(), topic);
  const values = new Map<string, string>();
  if (unread.size === 0) {
    return values;
  }
  // kafkajs reads as a consumer group only: one that nobody else has and that never commits.
  const consumer = kafka.consumer({ groupId: `offsets-reader-${randomUUID()}`, maxWaitTimeInMs: 200 });
  const reachedEnd = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    const partitions = [...unread.keys()].join(', ');
    reachedEnd.reject(
      new Error(`could not read ${topic} to its end in ${READ_TIMEOUT_MS} ms: partitions ${partitions} are left`),
    );
  }, READ_TIMEOUT_MS);
  // Also tells of batches that hold transaction markers only, which no handler ever sees.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
    if (BigInt(lastOffset) + 1n >= (unread.get(partition) ?? 0n)) {
      unread.delete(partition);
    }
    if (unread.size === 0) {
      reachedEnd.resolve();
    }
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message: { key, value } }) => {
        if (value === null) {
          values.delete(String(key));
        } else {
          values.set(String(key), value.toString());
        }
      },
    });
    await reachedEnd.promise;
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
  return values;
};

/** The high watermark of every partition that is not empty. */
const endsOf = async (admin: Admin, topic: string): Promise<Map<number, bigint>> => {
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return new Map(
      offsets.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, BigInt(high)]),
    );
  } finally {
    await admin.disconnect();
  }
};
