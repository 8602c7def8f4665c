import kafkajs, { type Admin } from 'kafkajs';
import { causesOf, KafkaError, OffsetsTopicError } from '../errors.ts';
import { retrying } from '../kafka/retrying.ts';

/** How many partitions Connect and MM2 give an offsets topic (Connect's `offset.storage.partitions`). */
export const OFFSETS_TOPIC_PARTITIONS = 25;
/** Stands for the brokers' own `default.replication.factor` (KIP-464). */
const BROKER_DEFAULT = -1;

/**
 * Milliseconds after which a segment is closed and may be compacted, an hour instead of Kafka's week: every cold start,
 * the function's and MM2's, reads what is not compacted yet.
 */
const SEGMENT_MS = 60 * 60 * 1_000;

const listTopics = async (admin: Admin): Promise<readonly string[]> => {
  try {
    return await admin.listTopics();
  } catch (cause) {
    // What kafkajs says when the last broker goes away in the middle of the request.
    if (cause instanceof TypeError) {
      throw new KafkaError('No broker answered when asked for the topics', { cause });
    }
    throw cause;
  }
};

const cleanupPolicyOf = async (admin: Admin, topic: string): Promise<string | null | undefined> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['cleanup.policy'] }],
  });
  return resources[0]?.configEntries.find(({ configName }) => configName === 'cleanup.policy')?.configValue;
};

/** @returns false when the topic was there already: the function usually comes before MM2, but both may come at once */
const create = async (admin: Admin, topic: string, replicationFactor: number): Promise<boolean> => {
  try {
    return await admin.createTopics({
      // kafkajs's wait gives up at the first broker that does not know the topic yet; those who use it wait by themselves.
      waitForLeaders: false,
      topics: [
        {
          topic,
          numPartitions: OFFSETS_TOPIC_PARTITIONS,
          replicationFactor,
          configEntries: [
            { name: 'cleanup.policy', value: 'compact' },
            { name: 'segment.ms', value: String(SEGMENT_MS) },
          ],
        },
      ],
    });
  } catch (cause) {
    // kafkajs collects the reasons and says none of them.
    const [reason] = causesOf(cause).flatMap((error) =>
      error instanceof kafkajs.KafkaJSAggregateError ? error.errors : [],
    );
    if (!(reason instanceof Error) || ('type' in reason && String(reason.type).endsWith('AUTHORIZATION_FAILED'))) {
      throw reason ?? cause;
    }
    throw new OffsetsTopicError(
      `MM2's offsets topic "${topic}" cannot be created with replication factor ${replicationFactor} (-1 is the brokers' ` +
        `default): ${reason.message}; correct "replicationFactor", or create the topic with cleanup.policy=compact`,
      { cause },
    );
  }
};

/**
 * Makes sure that MM2's offsets topic exists as MM2 wants it: 25 partitions and `cleanup.policy=compact`, for MM2
 * exits at start when the policy is anything else (org.apache.kafka.connect.util.TopicAdmin#verifyTopicCleanupPolicyOnlyCompact).
 * An existing topic may have any number of partitions.
 *
 * @param replicationFactor The brokers' default when it is left out.
 * @throws OffsetsTopicError when the topic exists with another policy, or cannot be created
 */
export const ensureOffsetsTopic = async (
  admin: Admin,
  topic: string,
  replicationFactor: number = BROKER_DEFAULT,
): Promise<void> => {
  const topics = await listTopics(admin);
  // What was created this moment need not be looked at, and may not be known to every broker yet.
  if (!topics.includes(topic) && (await create(admin, topic, replicationFactor))) {
    return;
  }
  const policy = await retrying(() => cleanupPolicyOf(admin, topic));
  if (policy !== 'compact') {
    throw new OffsetsTopicError(
      `MM2's offsets topic "${topic}" has cleanup.policy=${policy}, with which offsets expire and MM2 refuses to start; ` +
        `alter it: kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=compact`,
    );
  }
};
