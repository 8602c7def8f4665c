import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';

/** What an administrator does to an MM2 offsets topic. Every change shows when it returns. */
export interface TopicChanges {
  /** Creates the topic unless it is there: MM2 does so when it starts, and the function perhaps this very moment. */
  ensure(topic: string, partitions: number): Promise<void>;
  remove(topic: string): Promise<void>;
  /** @param partitions How many there are to be. */
  extend(topic: string, partitions: number): Promise<void>;
  /** Where the partitions end. */
  ends(topic: string): Promise<ReadonlyMap<number, bigint>>;
}

/** Milliseconds between two looks whether a change shows. */
const LOOK_AGAIN_MS = 50;

/** Looks again and again until something holds. What looks at a topic that is just coming or going may fail. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds().catch(() => false))) {
    await sleep(LOOK_AGAIN_MS);
  }
};

export const createTopicChanges = (kafka: Kafka): TopicChanges => {
  /** With a new one each time, for it keeps what it knows of topics. */
  const withAdmin = async <T>(work: (admin: Admin) => Promise<T>): Promise<T> => {
    const admin = kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  };

  return {
    ensure: (topic, numPartitions) =>
      withAdmin(async (admin) => {
        const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
        await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: false });
        await until(async () => (await admin.fetchTopicOffsets(topic)).length > 0);
      }),
    remove: (topic) =>
      withAdmin(async (admin) => {
        await admin.deleteTopics({ topics: [topic] });
        await until(async () => !(await admin.listTopics()).includes(topic));
      }),
    extend: (topic, count) =>
      withAdmin(async (admin) => {
        await admin.createPartitions({ topicPartitions: [{ topic, count }] });
        await until(async () => (await withAdmin((other) => other.fetchTopicOffsets(topic))).length === count);
      }),
    ends: async (topic) => {
      const ends = await withAdmin((admin) => admin.fetchTopicOffsets(topic));
      return new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
    },
  };
};
