import type { Place, Setting, SettingReader } from './setting.ts';

/** How the file runs MM2: `connect-mirror-maker.sh`, Strimzi's resource, or a connector on a Connect cluster. */
export type Mm2Form = 'dedicated' | 'strimzi' | 'connector';

/** What a replication policy of Kafka's own makes of topic names; a class of somebody else's may do anything. */
export type ReplicationPolicy =
  | { readonly kind: 'identity' }
  | { readonly kind: 'prefix'; readonly separator: string }
  | { readonly kind: 'custom'; readonly className: string };

/**
 * One direction of MM2's copying, as MM2 itself sees it: every default filled in, and each setting with the place where
 * it is, or has to be, written.
 */
export interface Mm2Flow {
  readonly sourceAlias: Setting<string>;
  readonly targetAlias: Setting<string>;
  readonly enabled: Setting<boolean>;
  /** The first element of the keys in MM2's offsets topic. */
  readonly connectorName: Setting<string>;
  readonly offsetsTopic: Setting<string>;
  /** Patterns in Java's syntax. */
  readonly topics: Setting<readonly string[]>;
  readonly topicsExclude: Setting<readonly string[]>;
  readonly topicFilterClass: Setting<string>;
  readonly replicationPolicy: Setting<ReplicationPolicy>;
  readonly converters: Readonly<Record<ConverterRole, Setting<string>>>;
  /** Of the consumer that reads the source. */
  readonly autoOffsetReset: Setting<string>;
  /** Of the consumer that reads the source. */
  readonly isolationLevel: Setting<string>;
  /** Of target topics that MM2 creates. */
  readonly replicationFactor: Setting<number>;
  readonly offsetSyncsReplicationFactor: Setting<number>;
  readonly syncTopicAcls: Setting<boolean>;
  readonly syncTopicConfigs: Setting<boolean>;
  readonly syncGroupOffsets: Setting<boolean>;
  readonly transforms: Setting<readonly string[]>;
  readonly tasksMax: Setting<number>;
  /** The workers' `exactly.once.source.support`. */
  readonly exactlyOnce: Setting<string>;
  /** Everything that the connector is given, for what has no field above. */
  readonly connector: SettingReader;
}

export type ConverterRole = 'key' | 'value' | 'header';

/** MM2's configuration, whatever the form of its file. */
export interface ParsedMm2 {
  readonly file: string;
  readonly form: Mm2Form;
  /** Every direction that the file names, switched off ones included. */
  readonly flows: readonly Mm2Flow[];
  /** Settings that stand in the file and do nothing there, each with the key that would. */
  readonly ignored: readonly IgnoredSetting[];
}

export interface IgnoredSetting {
  readonly place: Place;
  readonly value: string;
  readonly insteadKey: string;
}

export const BYTE_ARRAY_CONVERTER = 'org.apache.kafka.connect.converters.ByteArrayConverter';
export const IDENTITY_POLICY = 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy';
export const DEFAULT_POLICY = 'org.apache.kafka.connect.mirror.DefaultReplicationPolicy';
export const DEFAULT_TOPIC_FILTER = 'org.apache.kafka.connect.mirror.DefaultTopicFilter';
export const TOPICS_DEFAULT = '.*';
/** DefaultTopicFilter#TOPICS_EXCLUDE_DEFAULT of Kafka 4.3. */
export const TOPICS_EXCLUDE_DEFAULT = 'mm2.*\\.internal, .*\\.replica, __.*';
/** The same of Kafka 3.9. */
export const TOPICS_EXCLUDE_DEFAULT_3 = '.*[\\-\\.]internal, .*\\.replica, __.*';
