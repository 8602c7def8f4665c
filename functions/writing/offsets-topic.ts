import kafkajs, { type Admin } from 'kafkajs';
import { causesOf, OffsetsTopicError } from '../errors.ts';
import type { KafkaLog } from '../kafka/client.ts';
import { listTopics } from '../kafka/kafkajs-internals.ts';
import { retrying } from '../kafka/retrying.ts';

/** How many partitions Connect gives an offsets topic, and MM2 its own (`offset.storage.partitions`). */
export const OFFSETS_TOPIC_PARTITIONS = 25;

/** What the writer has to know of an MM2 offsets topic's configuration. */
export interface OffsetsTopic {
  readonly name: string;
  /** The largest record batch that the topic takes, in bytes (`max.message.bytes`). */
  readonly maxBatchBytes: number;
}

/** Stands for the brokers' own `default.replication.factor` (KIP-464). */
const BROKER_DEFAULT = -1;

/**
 * Milliseconds after which a segment is closed and may be compacted, an hour instead of Kafka's week: every cold start,
 * the function's and MM2's, reads what is not compacted yet.
 */
const SEGMENT_MS = 60 * 60 * 1_000;

const COMPACTED = { name: 'cleanup.policy', value: 'compact' };
const SMALL_SEGMENTS = { name: 'segment.ms', value: String(SEGMENT_MS) };

/** A record of the longest names that Kafka and Connect allow, with its header; none is longer. */
const LONGEST_RECORD = 2_000;

const configurationOf = async (admin: Admin, topic: string): Promise<ReadonlyMap<string, string | null>> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configNames: ['cleanup.policy', 'max.message.bytes'],
      },
    ],
  });
  return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
};

/** Why a topic was not created: kafkajs collects the reasons and says none of them. */
const reasonOf = (cause: unknown): unknown => {
  const [reason] = causesOf(cause).flatMap((error) =>
    error instanceof kafkajs.KafkaJSAggregateError ? error.errors : [],
  );
  return reason ?? cause;
};

const typeOf = (error: unknown): string => (error instanceof Error && 'type' in error ? String(error.type) : '');

/** Amazon MSK's Serverless and Express brokers let a topic's creator set some configurations only. */
const isConfigurationRefused = (error: unknown): boolean =>
  ['INVALID_CONFIG', 'POLICY_VIOLATION', 'INVALID_REQUEST'].includes(typeOf(error));

/** The brokers' word that they will not create it; a connection that was lost, say, tells nothing of the topic. */
const isRefused = (error: Error): boolean =>
  typeOf(error) !== '' &&
  !typeOf(error).endsWith('AUTHORIZATION_FAILED') &&
  !('retriable' in error && error.retriable === true);

const create = async (
  admin: Admin,
  topic: string,
  replicationFactor: number,
  configEntries: readonly (typeof COMPACTED)[],
): Promise<void> => {
  try {
    // kafkajs's wait gives up at the first broker that does not know the topic yet; those who use it wait by themselves.
    await admin.createTopics({
      waitForLeaders: false,
      topics: [
        { topic, numPartitions: OFFSETS_TOPIC_PARTITIONS, replicationFactor, configEntries: [...configEntries] },
      ],
    });
  } catch (cause) {
    throw reasonOf(cause);
  }
};

/** Creates the topic unless it is there: the function usually comes before MM2, but both may come at once. */
const createOnce = async (admin: Admin, topic: string, replicationFactor: number, log: KafkaLog): Promise<void> => {
  try {
    await create(admin, topic, replicationFactor, [COMPACTED, SMALL_SEGMENTS]).catch(async (error) => {
      if (!isConfigurationRefused(error)) {
        throw error;
      }
      await create(admin, topic, replicationFactor, [COMPACTED]);
      log.warn("MM2's offsets topic was created without segment.ms, which the brokers refuse: cold starts read more", {
        topic,
        reason: String(error),
      });
    });
  } catch (cause) {
    if (!(cause instanceof Error) || !isRefused(cause)) {
      throw cause;
    }
    throw new OffsetsTopicError(
      `MM2's offsets topic "${topic}" cannot be created with replication factor ${replicationFactor} (-1 is the brokers' ` +
        `default): ${cause.message}; correct "replicationFactor", or create the topic with cleanup.policy=compact`,
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
 * @throws OffsetsTopicError when the topic cannot be created, has another policy, or takes no batch that holds a record
 */
export const ensureOffsetsTopic = async (
  admin: Admin,
  topic: string,
  log: KafkaLog,
  replicationFactor: number = BROKER_DEFAULT,
): Promise<OffsetsTopic> => {
  const topics = await listTopics(admin);
  if (!topics.includes(topic)) {
    await createOnce(admin, topic, replicationFactor, log);
  }
  // Not every broker knows a topic of this moment.
  const configuration = await retrying(() => configurationOf(admin, topic));
  const alter = (config: string) =>
    `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config ${config}`;
  const policy = configuration.get('cleanup.policy');
  if (policy !== 'compact') {
    throw new OffsetsTopicError(
      `MM2's offsets topic "${topic}" has cleanup.policy=${policy}, with which offsets expire and MM2 refuses to start; ` +
        `alter it: ${alter('cleanup.policy=compact')}`,
    );
  }
  const maxBatchBytes = Number(configuration.get('max.message.bytes'));
  if (maxBatchBytes < LONGEST_RECORD) {
    throw new OffsetsTopicError(
      `MM2's offsets topic "${topic}" has max.message.bytes=${maxBatchBytes}, and a record of the longest names needs ` +
        `${LONGEST_RECORD}; alter it: ${alter('max.message.bytes=1048588')}`,
    );
  }
  return { name: topic, maxBatchBytes };
};
