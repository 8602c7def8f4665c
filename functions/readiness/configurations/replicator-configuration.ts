import { type ConnectorFile, connectorNameOf } from './connector-mm2.ts';
import { BYTE_ARRAY_CONVERTER, type ConverterRole } from './mm2-configuration.ts';
import { mapSetting, type Setting, type SettingReader, unknown } from './setting.ts';

/**
 * Confluent Replicator's configuration with its defaults filled in
 * (https://docs.confluent.io/platform/current/multi-dc-deployments/replicator/configuration_options.html).
 */
export interface ParsedReplicator {
  readonly file: string;
  /** The first element of the keys in its offsets topic. */
  readonly connectorName: Setting<string>;
  /** Its workers' `offset.storage.topic`, where the file has it. */
  readonly offsetsTopic: Setting<string>;
  /** A pattern in Java's syntax; empty for none. */
  readonly topicRegex: Setting<string>;
  /** Names of topics, not patterns. */
  readonly topicWhitelist: Setting<readonly string[]>;
  /** Names of topics, which are never copied, whatever the other two say. */
  readonly topicBlacklist: Setting<readonly string[]>;
  /** The target's topic name, in which `${topic}` stands for the source's. */
  readonly topicRenameFormat: Setting<string>;
  readonly preservePartitions: Setting<boolean>;
  readonly topicConfigSync: Setting<boolean>;
  readonly timestampType: Setting<string>;
  /** What the source's records are decoded with. */
  readonly sourceConverters: Readonly<Record<ConverterRole, Setting<string>>>;
  /** What the copies are encoded with: the connector's or its worker's. */
  readonly targetConverters: Readonly<Record<ConverterRole, Setting<string>>>;
  readonly provenanceHeader: Setting<boolean>;
  /** `connect`, or `consumer`: then the group's offsets in the source win over Connect's. */
  readonly offsetStart: Setting<string>;
  /** Whether progress is also committed to the consumer group in the source. */
  readonly offsetTopicCommit: Setting<boolean>;
  /** The consumer group in the source. */
  readonly consumerGroup: Setting<string>;
  /** Whether consumer groups of the source are translated to the target. */
  readonly offsetTranslation: Setting<boolean>;
  readonly isolationLevel: Setting<string>;
  readonly transforms: Setting<readonly string[]>;
  readonly tasksMax: Setting<number>;
  /** Everything that the connector is given, for what has no field above. */
  readonly settings: SettingReader;
}

const targetConverter = (settings: SettingReader, role: ConverterRole): Setting<string> => {
  const name = `${role}.converter`;
  return settings.settings.has(name)
    ? settings.text(name, '')
    : unknown(`this file does not say the ${name} of Replicator's workers`, settings.placeOf(name));
};

/** What stands for the source topic's name in topic.rename.format. */
export const TOPIC_PLACEHOLDER = `\${topic}`;

/** Reads Replicator's configuration as a connector, or the properties of its executable. */
export const replicatorOf = (connector: ConnectorFile): ParsedReplicator => {
  const { file, settings } = connector;
  const connectorName = connectorNameOf(connector);
  return {
    file,
    connectorName,
    offsetsTopic: settings.settings.has('offset.storage.topic')
      ? settings.text('offset.storage.topic', '')
      : unknown(
          "this file does not say the offset.storage.topic of Replicator's workers",
          settings.placeOf('offset.storage.topic'),
        ),
    topicRegex: settings.text('topic.regex', ''),
    topicWhitelist: settings.list('topic.whitelist', ''),
    topicBlacklist: settings.list('topic.blacklist', ''),
    topicRenameFormat: settings.text('topic.rename.format', TOPIC_PLACEHOLDER),
    preservePartitions: settings.flag('topic.preserve.partitions', true),
    topicConfigSync: settings.flag('topic.config.sync', true),
    timestampType: settings.text('topic.timestamp.type', 'CreateTime'),
    sourceConverters: {
      key: settings.text('src.key.converter', BYTE_ARRAY_CONVERTER),
      value: settings.text('src.value.converter', BYTE_ARRAY_CONVERTER),
      header: settings.text('src.header.converter', BYTE_ARRAY_CONVERTER),
    },
    targetConverters: {
      key: targetConverter(settings, 'key'),
      value: targetConverter(settings, 'value'),
      header: targetConverter(settings, 'header'),
    },
    provenanceHeader: settings.flag('provenance.header.enable', false),
    offsetStart: mapSetting(settings.text('offset.start', 'connect'), (value) => value.toLowerCase()),
    offsetTopicCommit: settings.flag('offset.topic.commit', true),
    consumerGroup: settings.settings.has('src.consumer.group.id')
      ? settings.text('src.consumer.group.id', '')
      : connectorName,
    offsetTranslation: settings.flag('offset.timestamps.commit', true),
    isolationLevel: settings.text('src.consumer.isolation.level', 'read_uncommitted'),
    transforms: settings.list('transforms', ''),
    tasksMax: settings.number('tasks.max', 1),
    settings,
  };
};
