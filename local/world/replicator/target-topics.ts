import type { Admin } from 'kafkajs';
import { createTopics } from '../kafka/create-topics.ts';

/**
 * Gives the target cluster each source topic it lacks, under the same name and with the same number of partitions.
 * A topic's settings are not copied.
 *
 * @returns the number of partitions of each topic
 * @throws Error when a source topic does not exist, or is in the target cluster with fewer partitions than the source's
 */
export const createTargetTopics = async (
  source: Admin,
  target: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const wanted = await partitionCounts(source, topics);
  const existing = await target.listTopics();
  const present = await partitionCounts(
    target,
    topics.filter((topic) => existing.includes(topic)),
  );
  for (const [topic, count] of wanted) {
    const targetCount = present.get(topic) ?? count;
    if (targetCount < count) {
      throw new Error(
        `topic ${topic} has ${targetCount} partitions in the target cluster and ${count} in the source cluster: ` +
          `give it ${count} in the target cluster`,
      );
    }
  }
  const missing = [...wanted].filter(([topic]) => !present.has(topic));
  if (missing.length > 0) {
    await createTopics(
      target,
      missing.map(([topic, numPartitions]) => ({ topic, numPartitions })),
    );
  }
  return wanted;
};

const partitionCounts = async (admin: Admin, topics: readonly string[]): Promise<Map<string, number>> => {
  if (topics.length === 0) {
    // An empty list would mean all topics.
    return new Map();
  }
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] }).catch((cause: unknown) => {
    throw new Error(`topics ${topics.join(', ')} cannot be copied: see whether each of them exists`, { cause });
  });
  return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
};
