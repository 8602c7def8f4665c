import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';

/** A topic, and how many records it has. */
export interface TopicToRead {
  readonly topic: string;
  readonly records: number;
}

/**
 * Reads topics as kafkajs does, and only counts. It has no other way than to join a consumer group, which does not count.
 *
 * @returns how many milliseconds the reading took, and how many the joining before it
 */
export const readBarely = async (
  kafka: Kafka,
  topics: readonly TopicToRead[],
): Promise<{ readonly readingMs: number; readonly joiningMs: number }> => {
  const consumer = kafka.consumer({ groupId: randomUUID() });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const wanted = topics.reduce((sum, { records }) => sum + records, 0);
  let seen = 0;
  let [startedAt, joiningMs] = [0, 0];
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    startedAt = performance.now();
    joiningMs = payload.duration;
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    // A coordinator that is still loading, on a fresh broker, is asked again.
    if (!payload.restart) {
      reject(payload.error);
    }
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: topics.map(({ topic }) => topic), fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        seen += batch.messages.length;
        if (seen >= wanted) {
          resolve();
        }
      },
    });
    await done;
    return { readingMs: performance.now() - startedAt, joiningMs };
  } finally {
    // It waits for a fetch, which is nobody's business here.
    void consumer.disconnect();
  }
};
