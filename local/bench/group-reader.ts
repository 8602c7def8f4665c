import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';

/**
 * Reads a topic's first records as kafkajs knows to: by a consumer that joins a group, a new one as at a cold start.
 * It does less than the function, for it only counts.
 */
export const readThroughGroup = async (kafka: Kafka, topic: string, records: number): Promise<void> => {
  const consumer = kafka.consumer({ groupId: randomUUID() });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  let seen = 0;
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    // A coordinator that is still loading, on a fresh broker, is asked again.
    if (!payload.restart) {
      reject(payload.error);
    }
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        seen += batch.messages.length;
        if (seen >= records) {
          resolve();
        }
      },
    });
    await done;
  } finally {
    await consumer.disconnect();
  }
};
