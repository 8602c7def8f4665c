import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, logLevel } from 'kafkajs';

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Waits until every replica of every partition has caught up with its leader.
 *
 * @throws Error that names partitions which have not within `timeoutMs`
 */
export const untilInSync = async (brokers: readonly string[], timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> => {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const until = performance.now() + timeoutMs;
  try {
    await admin.connect();
    for (;;) {
      const behind = await partitionsBehind(admin);
      if (behind.length === 0) {
        return;
      }
      if (performance.now() > until) {
        throw new Error(
          `after ${timeoutMs / 1_000} s not every replica has caught up: ${behind.slice(0, 5).join(', ')}; see the brokers' logs`,
        );
      }
      await sleep(100);
    }
  } finally {
    await admin.disconnect();
  }
};

const partitionsBehind = async (admin: Admin): Promise<readonly string[]> => {
  try {
    const { topics } = await admin.fetchTopicMetadata();
    return topics.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ isr, replicas }) => isr.length < replicas.length)
        .map(({ partitionId }) => `${name}-${partitionId}`),
    );
  } catch (error) {
    // kafkajs tells no topic at all while one of their partitions has no leader.
    return [error instanceof Error ? error.message : String(error)];
  }
};
