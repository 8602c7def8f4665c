import type { JavaProperties } from '../kafka/java-properties.ts';

export interface WorkerSettings {
  /** The brokers of the worker's own cluster. */
  readonly bootstrapServers: string;
  /** How many of them there are: so many replicas the worker's topics get. @default 1 */
  readonly brokers?: number;
  /** Workers of one group are one Connect cluster. Its topics of configurations and states are named after it. @default 'connect' */
  readonly groupId?: string;
  /** Where the source connectors' offsets stand. @default 'connect-offsets' */
  readonly offsetsTopic?: string;
  /** Settings over these. */
  readonly properties?: JavaProperties;
}

const BYTES = 'org.apache.kafka.connect.converters.ByteArrayConverter';

/**
 * The settings of a distributed Connect worker whose converters leave records as they are, byte for byte (DESIGN's
 * fact 23). What differs otherwise from Connect's defaults makes it start, flush and take notice sooner.
 */
export const workerProperties = (settings: WorkerSettings): JavaProperties => {
  const { bootstrapServers, brokers = 1, groupId = 'connect', offsetsTopic = 'connect-offsets', properties } = settings;
  const replicas = String(brokers);
  return {
    'bootstrap.servers': bootstrapServers,
    'group.id': groupId,
    // Connect takes a free port, and its log tells which: see connect-worker.ts.
    listeners: 'http://127.0.0.1:0',
    'key.converter': BYTES,
    'value.converter': BYTES,
    'header.converter': BYTES,
    'offset.storage.topic': offsetsTopic,
    'config.storage.topic': `${groupId}-configs`,
    'status.storage.topic': `${groupId}-status`,
    'offset.storage.replication.factor': replicas,
    'config.storage.replication.factor': replicas,
    'status.storage.replication.factor': replicas,
    'status.storage.partitions': '1',
    'offset.flush.interval.ms': '1000',
    // How long a killed worker keeps its successor waiting: 10 s by default, and 6 s is the least a broker allows.
    'session.timeout.ms': '6000',
    'heartbeat.interval.ms': '1000',
    'scheduled.rebalance.max.delay.ms': '0',
    // Kafka's own plugins have manifests (KIP-898): searching every jar for others takes 3 s of the start.
    'plugin.discovery': 'service_load',
    ...properties,
  };
};
