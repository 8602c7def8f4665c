import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import { OFFSETS_TOPIC_PARTITIONS } from '../../../functions/writing/offsets-topic.ts';

const READY_WITHIN_MS = 15_000;

/** Whether every partition of the topics is served: its leader knows that it is the leader. */
const areServed = async (admin: Admin, topics: readonly string[]): Promise<boolean> => {
  try {
    await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
    return true;
  } catch {
    return false;
  }
};

/** Waits, as kafkajs's own wait does not: that one gives up at the first broker which does not know a topic of this moment. */
const untilServed = async (admin: Admin, topics: readonly string[]): Promise<void> => {
  const until = performance.now() + READY_WITHIN_MS;
  while (!(await areServed(admin, topics))) {
    if (performance.now() > until) {
      throw new Error(`topics ${topics.join(', ')} were created, but are not served within 15 s: see the broker's log`);
    }
    await sleep(50);
  }
};

/**
 * Creates topics and waits until they can be used.
 *
 * @throws Error when a topic exists already, or is of no use within 15 seconds
 */
export const createTopics = async (admin: Admin, topics: readonly ITopicConfig[]): Promise<void> => {
  const names = topics.map(({ topic }) => topic);
  if (!(await admin.createTopics({ topics: [...topics], waitForLeaders: false }))) {
    throw new Error(`one of the topics ${names.join(', ')} exists already`);
  }
  await untilServed(admin, names);
};

/**
 * Creates an offsets topic as a Connect worker and MM2 do (Kafka's KafkaOffsetBackingStore), unless it is there, and
 * waits until it can be used. Somebody else may create it at the same time.
 *
 * @returns whether it was there
 * @throws Error when it is of no use within 15 seconds
 */
export const ensureOffsetsTopic = async (admin: Admin, topic: string): Promise<boolean> => {
  const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
  const topics = [{ topic, numPartitions: OFFSETS_TOPIC_PARTITIONS, configEntries }];
  const isNew = await admin.createTopics({ topics, waitForLeaders: false });
  await untilServed(admin, [topic]);
  return !isNew;
};
