import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, logLevel, type PartitionMetadata } from 'kafkajs';

/** Milliseconds between two looks whether replicas have moved. */
const LOOK_AGAIN_MS = 50;
/** Milliseconds in which an election that nobody's absence holds up is over. */
const MOVED_WITHIN_MS = 10_000;

interface Assignment {
  readonly topic: string;
  readonly partitions: readonly Pick<PartitionMetadata, 'partitionId' | 'replicas' | 'leader'>[];
}

const reassign = async (
  admin: Admin,
  assignments: readonly Assignment[],
  replicasOf: (partition: Assignment['partitions'][number]) => number[],
): Promise<void> => {
  await admin.alterPartitionReassignments({
    topics: assignments.map(({ topic, partitions }) => ({
      topic,
      partitionAssignment: partitions.map((one) => ({ partition: one.partitionId, replicas: replicasOf(one) })),
    })),
  });
  const until = performance.now() + MOVED_WITHIN_MS;
  // A replica that is down catches up later.
  while ((await admin.listPartitionReassignments({})).topics.length > 0 && performance.now() < until) {
    await sleep(LOOK_AGAIN_MS);
  }
};

/**
 * Gives every partition of some topics another leader, by taking the leader's replica away and adding it again. What has
 * a single replica stays where it is; topics that do not exist are left out.
 */
export const moveLeaders = async (brokers: readonly string[], topics: readonly string[]): Promise<void> => {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 10 } });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = (await admin.listTopics()).filter((topic) => topics.includes(topic));
    const { topics: found } = await admin.fetchTopicMetadata({ topics: there });
    const assignments = found
      .map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.filter(({ replicas }) => replicas.length > 1),
      }))
      .filter(({ partitions }) => partitions.length > 0);
    if (assignments.length === 0) {
      return;
    }
    await reassign(admin, assignments, ({ replicas, leader }) => replicas.filter((id) => id !== leader));
    await reassign(admin, assignments, ({ replicas, leader }) => [...replicas.filter((id) => id !== leader), leader]);
  } finally {
    await admin.disconnect();
  }
};
