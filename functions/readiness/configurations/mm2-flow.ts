import {
  BYTE_ARRAY_CONVERTER,
  type ConverterRole,
  DEFAULT_POLICY,
  DEFAULT_TOPIC_FILTER,
  IDENTITY_POLICY,
  type Mm2Flow,
  type ReplicationPolicy,
  TOPICS_DEFAULT,
  TOPICS_EXCLUDE_DEFAULT,
} from './mm2-configuration.ts';
import { known, type Setting, type SettingReader, unknown } from './setting.ts';

/** What a file tells of MM2's workers; a connector's JSON tells nothing. */
export type Mm2Worker =
  | { readonly kind: 'told'; readonly settings: SettingReader; readonly offsetsTopicDefault: string }
  | { readonly kind: 'untold' };

/** A connector's settings, its worker's, and what the form of the file decides. */
export interface Mm2FlowSource {
  /** What MirrorSourceConnector is given. */
  readonly connector: SettingReader;
  /** What MirrorCheckpointConnector is given; absent where the file does not say. */
  readonly checkpoint?: SettingReader;
  readonly worker: Mm2Worker;
  readonly connectorName: Setting<string>;
  readonly sourceAlias: Setting<string>;
  readonly targetAlias: Setting<string>;
  /** What `enabled` is unless set: false for a dedicated MM2 (MirrorMakerConfig#connectorBaseConfig). */
  readonly enabledByDefault: boolean;
}

const policyOf = (connector: SettingReader): Setting<ReplicationPolicy> => {
  const className = connector.text('replication.policy.class', DEFAULT_POLICY);
  if (className.kind === 'unknown') {
    return className;
  }
  const { value, place } = className;
  if (value === IDENTITY_POLICY) {
    return known({ kind: 'identity' }, place);
  }
  if (value !== DEFAULT_POLICY) {
    return known({ kind: 'custom', className: value }, place);
  }
  const separator = connector.text('replication.policy.separator', '.');
  return separator.kind === 'known' ? known({ kind: 'prefix', separator: separator.value }, place) : separator;
};

const ofWorker = ({ connector, worker }: Mm2FlowSource, name: string, byDefault: string): Setting<string> =>
  worker.kind === 'told'
    ? worker.settings.text(name, byDefault)
    : unknown(`this file does not say the Connect workers' ${name}`, connector.placeOf(name));

/**
 * The connector's own `offsets.storage.topic` (KIP-618), else its worker's `offset.storage.topic`. Measured: with the
 * connector's own MM2 reads nothing of the worker's.
 */
const offsetsTopicOf = (source: Mm2FlowSource): Setting<string> => {
  const { connector, worker } = source;
  return connector.settings.has('offsets.storage.topic')
    ? connector.text('offsets.storage.topic', '')
    : ofWorker(source, 'offset.storage.topic', worker.kind === 'told' ? worker.offsetsTopicDefault : '');
};

const converterOf = (source: Mm2FlowSource, role: ConverterRole): Setting<string> => {
  const name = `${role}.converter`;
  return source.connector.settings.has(name)
    ? source.connector.text(name, '')
    : ofWorker(source, name, BYTE_ARRAY_CONVERTER);
};

/** A setting of the consumer that reads the source: MirrorConnectorConfig#sourceConsumerConfig says what wins. */
const ofSourceConsumer = ({ connector }: Mm2FlowSource, name: string, byDefault: string): Setting<string> =>
  connector.settings.has(`source.consumer.${name}`)
    ? connector.text(`source.consumer.${name}`, '')
    : connector.text(`consumer.${name}`, byDefault);

/**
 * Reads one direction of MM2's copying; defaults are those of Kafka 4 (MirrorConnectorConfig, MirrorSourceConfig,
 * MirrorCheckpointConfig).
 */
export const mm2FlowOf = (source: Mm2FlowSource): Mm2Flow => {
  const { connector, checkpoint } = source;
  return {
    sourceAlias: source.sourceAlias,
    targetAlias: source.targetAlias,
    enabled: connector.flag('enabled', source.enabledByDefault),
    connectorName: source.connectorName,
    offsetsTopic: offsetsTopicOf(source),
    topics: connector.list('topics', TOPICS_DEFAULT),
    topicsExclude: connector.list('topics.exclude', TOPICS_EXCLUDE_DEFAULT),
    topicFilterClass: connector.text('topic.filter.class', DEFAULT_TOPIC_FILTER),
    replicationPolicy: policyOf(connector),
    converters: {
      key: converterOf(source, 'key'),
      value: converterOf(source, 'value'),
      header: converterOf(source, 'header'),
    },
    autoOffsetReset: ofSourceConsumer(source, 'auto.offset.reset', 'earliest'),
    isolationLevel: ofSourceConsumer(source, 'isolation.level', 'read_uncommitted'),
    replicationFactor: connector.number('replication.factor', 2),
    offsetSyncsReplicationFactor: connector.number('offset-syncs.topic.replication.factor', 3),
    syncTopicAcls: connector.flag('sync.topic.acls.enabled', true),
    syncTopicConfigs: connector.flag('sync.topic.configs.enabled', true),
    syncGroupOffsets: checkpoint
      ? checkpoint.flag('sync.group.offsets.enabled', false)
      : unknown(
          'this file does not configure MirrorCheckpointConnector',
          connector.placeOf('sync.group.offsets.enabled'),
        ),
    transforms: connector.list('transforms', ''),
    tasksMax: connector.number('tasks.max', 1),
    exactlyOnce: ofWorker(source, 'exactly.once.source.support', 'disabled'),
    connector,
  };
};
