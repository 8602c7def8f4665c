import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';

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

/**
 * Creates topics and waits until they can be used. kafkajs's own wait gives up at the first broker that does not know a
 * topic of this moment.
 *
 * @throws Error when a topic exists already, or is of no use within 15 seconds
 */
export const createTopics = async (admin: Admin, topics: readonly ITopicConfig[]): Promise<void> => {
  const names = topics.map(({ topic }) => topic);
  if (!(await admin.createTopics({ topics: [...topics], waitForLeaders: false }))) {
    throw new Error(`one of the topics ${names.join(', ')} exists already`);
  }
  const until = performance.now() + READY_WITHIN_MS;
  while (!(await areServed(admin, names))) {
    if (performance.now() > until) {
      throw new Error(`topics ${names.join(', ')} were created, but are not served within 15 s: see the broker's log`);
    }
    await sleep(50);
  }
};
