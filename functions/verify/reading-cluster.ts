import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { clusterOf, listTopics, type TopicOperation, topicOperations } from '../kafka/kafkajs-internals.ts';
import { retrying } from '../kafka/retrying.ts';
import { openTopicLog } from '../kafka/topic-log.ts';
import { createPatience, patientLog, type ReadingLog } from './patient-log.ts';

export type { ReadingLog };

/** A topic's settings, as far as they matter here and may be seen. */
export interface TopicSettings {
  readonly cleanupPolicy: string | undefined;
  readonly timestampType: string | undefined;
}

/** Who is in a consumer group. */
export type GroupMembers =
  | { readonly kind: 'members'; readonly members: number }
  /** It exists, and nobody is in it. */
  | { readonly kind: 'empty' }
  /** The cluster does not know it. */
  | { readonly kind: 'absent' }
  /** The right to see it is missing, or its coordinator does not answer. */
  | { readonly kind: 'unseen' };

/**
 * A cluster that is looked at. It asks and reads only: there is no producer, nothing is created, and no consumer group
 * is joined.
 */
export interface ReadingCluster {
  readonly log: ReadingLog;
  /** The topics that may be seen. */
  topics(): Promise<ReadonlySet<string>>;
  /** Settings by topic, empty ones where the right to see them is missing. */
  settings(topics: readonly string[]): Promise<ReadonlyMap<string, TopicSettings>>;
  /** The least number of replicas of any partition. */
  replicationFactor(topic: string): Promise<number>;
  /** What a consumer group has committed, by partition; without those for which there is nothing. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>>;
  /** Who is in a consumer group of the classic protocol, which the event source and Connect's consumers use. */
  members(group: string): Promise<GroupMembers>;
  /** What these credentials may do with a topic, which need not exist; `undefined` where the brokers do not tell. */
  mayDo(topic: string): Promise<ReadonlySet<TopicOperation> | undefined>;
  close(): Promise<void>;
}

const NO_SETTINGS: TopicSettings = { cleanupPolicy: undefined, timestampType: undefined };
const NAMES = { cleanupPolicy: 'cleanup.policy', timestampType: 'message.timestamp.type' } as const;
/** Topics in one request for settings. */
const SETTINGS_AT_ONCE = 200;

const isRefused = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && String(error.type).endsWith('AUTHORIZATION_FAILED');

/** kafkajs makes one error of a group that may not be seen and of one whose coordinator does not answer. */
const isUnseen = (error: unknown): boolean =>
  isRefused(error) || (error instanceof Error && error.name === 'KafkaJSGroupCoordinatorNotFound');

const settingsOf = async (admin: Admin, topics: readonly string[]): Promise<readonly [string, TopicSettings][]> => {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name,
        configNames: Object.values(NAMES),
      })),
    });
    return resources.map(({ resourceName, configEntries }) => {
      const settingOf = (name: string) => configEntries.find(({ configName }) => configName === name)?.configValue;
      return [
        resourceName,
        { cleanupPolicy: settingOf(NAMES.cleanupPolicy), timestampType: settingOf(NAMES.timestampType) },
      ];
    });
  } catch (error) {
    if (!isRefused(error)) {
      throw error;
    }
    const [only, ...others] = topics;
    // One refused topic spoils the answer for all of them.
    return only === undefined || others.length === 0
      ? topics.map((topic) => [topic, NO_SETTINGS])
      : (await Promise.all(topics.map((topic) => settingsOf(admin, [topic])))).flat();
  }
};

/** Connects to a cluster. @throws what kafkajs throws; nothing stays open then */
export const openReadingCluster = async (kafka: Kafka): Promise<ReadingCluster> => {
  const admin = kafka.admin();
  const log = openTopicLog(kafka);
  let isClosed = false;
  const close = async () => {
    isClosed = true;
    await Promise.allSettled([admin.disconnect(), log.disconnect()]);
  };
  try {
    await admin.connect();
    await log.connect();
  } catch (error) {
    void close();
    throw error;
  }
  const isReachable = () =>
    listTopics(admin).then(
      () => true,
      () => false,
    );
  const patiently = createPatience({ isOver: () => isClosed, isReachable });
  return {
    log: patientLog(log, patiently),
    topics: async () => new Set(await patiently(() => listTopics(admin))),
    settings: async (topics) => {
      const found: [string, TopicSettings][] = [];
      for (let from = 0; from < topics.length; from += SETTINGS_AT_ONCE) {
        const some = topics.slice(from, from + SETTINGS_AT_ONCE);
        found.push(...(await patiently(() => settingsOf(admin, some))));
      }
      return new Map(found);
    },
    replicationFactor: async (topic) => {
      const { topics } = await patiently(() => admin.fetchTopicMetadata({ topics: [topic] }));
      return Math.min(...topics.flatMap(({ partitions }) => partitions.map(({ replicas }) => replicas.length)));
    },
    committed: async (group, topic) => {
      try {
        // A coordinator that nobody has asked for yet may not be ready.
        const found = await retrying(() => admin.fetchOffsets({ groupId: group, topics: [topic] }));
        const partitions = found.flatMap((one) => one.partitions);
        return new Map(
          partitions.flatMap(({ partition, offset }) =>
            BigInt(offset) < 0n ? [] : [[partition, BigInt(offset)] as const],
          ),
        );
      } catch (error) {
        if (isUnseen(error)) {
          return new Map();
        }
        throw error;
      }
    },
    members: async (group) => {
      try {
        const { groups } = await retrying(() => admin.describeGroups([group]));
        const [found] = groups;
        if (found === undefined || found.state === 'Dead') {
          return { kind: 'absent' };
        }
        const { length: members } = found.members;
        return members > 0 ? { kind: 'members', members } : { kind: 'empty' };
      } catch (error) {
        if (isUnseen(error)) {
          return { kind: 'unseen' };
        }
        throw error;
      }
    },
    mayDo: async (topic) => {
      const cluster = clusterOf(kafka);
      await cluster.connect();
      try {
        return await topicOperations(cluster, topic);
      } finally {
        await cluster.disconnect();
      }
    },
    close,
  };
};
