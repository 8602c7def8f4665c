import type { JavaProperties } from '../kafka/java-properties.ts';

/** What makes MM2 copy as it does by default, sooner and with one broker, and keep the topics' names. */
const COPYING: JavaProperties = {
  'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
  'tasks.max': '2',
  'refresh.topics.interval.seconds': '2',
  // No broker here has an authorizer.
  'sync.topic.acls.enabled': 'false',
  'replication.factor': '1',
  'offset-syncs.topic.replication.factor': '1',
};

export interface MirrorMakerSettings {
  readonly source: { readonly bootstrapServers: string };
  readonly target: { readonly bootstrapServers: string };
  /** @default 'primary' */
  readonly sourceAlias?: string;
  /** @default 'backup' */
  readonly targetAlias?: string;
  /** The names of the topics to copy: names, not patterns. */
  readonly topics: readonly string[];
  /** Settings over these. */
  readonly properties?: JavaProperties;
}

/**
 * The settings of a dedicated MirrorMaker 2 (`connect-mirror-maker.sh`) that copies the given topics from the source
 * to the target and keeps their names. Its offsets stand in `mm2-offsets.<source alias>.internal` on the target.
 *
 * It copies as MM2 does by default. What differs makes it start and take notice sooner, needs one broker only, or
 * leaves out what copying records does not need.
 *
 * @throws Error when there is no topic, or a name that Kafka does not allow
 */
export const mirrorMakerProperties = (settings: MirrorMakerSettings): JavaProperties => {
  const { source, target, sourceAlias = 'primary', targetAlias = 'backup', topics, properties } = settings;
  return {
    clusters: `${sourceAlias}, ${targetAlias}`,
    [`${sourceAlias}.bootstrap.servers`]: source.bootstrapServers,
    [`${targetAlias}.bootstrap.servers`]: target.bootstrapServers,
    [`${sourceAlias}->${targetAlias}.enabled`]: 'true',
    [`${sourceAlias}->${targetAlias}.topics`]: topicPatterns(topics),
    ...COPYING,

    // Heartbeats tell monitoring that a flow is alive, checkpoints carry consumer groups' offsets over. Neither
    // copies records, and for heartbeats MM2 would start a second Connect worker, for the way back
    // (MirrorMakerConfig.clusterPairs). It still makes the heartbeats topic, and logs one ERROR that the checkpoint
    // connector is not for running without checkpoints: both are harmless.
    'emit.heartbeats.enabled': 'false',
    'heartbeats.topic.replication.factor': '1',
    'emit.checkpoints.enabled': 'false',
    // One node leads itself: only several need the REST server, by which they reach the leader (KIP-710).
    'dedicated.mode.enable.internal.rest': 'false',

    'config.storage.replication.factor': '1',
    'offset.storage.replication.factor': '1',
    'status.storage.replication.factor': '1',

    // A worker's own settings need the target's alias in front: MirrorMakerConfig.workerConfig takes these, and
    // `offset.storage.*` and its like, and ignores a plain `offset.flush.interval.ms` without a word.
    [`${targetAlias}.offset.flush.interval.ms`]: '1000',
    // How long a killed worker keeps its successor waiting: 10 s by default, and 6 s is the least a broker allows.
    [`${targetAlias}.session.timeout.ms`]: '6000',
    [`${targetAlias}.heartbeat.interval.ms`]: '1000',
    [`${targetAlias}.scheduled.rebalance.max.delay.ms`]: '0',
    // Kafka's own plugins have manifests (KIP-898): searching every jar for others takes 3 s of the start. Read
    // once without and once with the alias, each for plugins of its own.
    'plugin.discovery': 'service_load',
    [`${targetAlias}.plugin.discovery`]: 'service_load',
    ...properties,
  };
};

/**
 * The same MM2 as a connector, for a Connect worker on the target cluster to run. Its offsets stand in that worker's
 * offsets topic, under the name that the connector is given there.
 *
 * @throws Error when there is no topic, or a name that Kafka does not allow
 */
export const mirrorConnectorConfig = (settings: MirrorMakerSettings): JavaProperties => {
  const { source, target, sourceAlias = 'primary', targetAlias = 'backup', topics, properties } = settings;
  return {
    'connector.class': 'org.apache.kafka.connect.mirror.MirrorSourceConnector',
    'source.cluster.alias': sourceAlias,
    'source.cluster.bootstrap.servers': source.bootstrapServers,
    'target.cluster.alias': targetAlias,
    'target.cluster.bootstrap.servers': target.bootstrapServers,
    topics: topicPatterns(topics),
    ...COPYING,
    ...properties,
  };
};

const topicPatterns = (topics: readonly string[]): string => {
  if (topics.length === 0) {
    throw new Error('no topics to copy: MM2 would copy nothing; name at least one');
  }
  return topics.map(topicPattern).join(',');
};

/** The pattern that matches this topic alone: of what a topic's name may hold, only the dot is special in a pattern. */
export const topicPattern = (topic: string): string => {
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(topic)) {
    throw new Error(`'${topic}' is no topic name: use letters, digits, '.', '_' and '-', at most 249 of them`);
  }
  return topic.replaceAll('.', '\\.');
};
