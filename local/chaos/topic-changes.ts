import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { openTopicLog, type PartitionOffsets } from '../../functions/kafka/topic-log.ts';

/** What an administrator does to an MM2 offsets topic. Every change shows when it returns. */
export interface TopicChanges {
  /** Creates the topic unless it is there: MM2 does so when it starts, and the function perhaps this very moment. */
  ensure(topic: string, partitions: number): Promise<void>;
  remove(topic: string): Promise<void>;
  /** @param partitions How many there are to be. */
  extend(topic: string, partitions: number): Promise<void>;
  /** Where the partitions end, behind every record that they have: also where its transaction has not ended. */
  ends(topic: string): Promise<PartitionOffsets>;
}

/** Milliseconds between two looks whether a change shows. */
const LOOK_AGAIN_MS = 50;

/** Asks again and again until there is an answer. A question about a topic that just comes, goes or moves may fail. */
const untilAnswered = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) {
      return answer;
    }
    await sleep(LOOK_AGAIN_MS);
  }
};

/** Looks again and again until something holds. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  await untilAnswered(async () => (await holds()) || undefined);
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
    // kafkajs's admin client asks for the last stable offset, which lies before a transaction that has not ended: and one
    // that was committed this moment has not, for the coordinator answers before it writes the markers.
    ends: (topic) =>
      untilAnswered(async () => {
        const log = openTopicLog(kafka);
        await log.connect();
        try {
          return await log.ends(topic);
        } finally {
          await log.disconnect();
        }
      }),
  };
};
