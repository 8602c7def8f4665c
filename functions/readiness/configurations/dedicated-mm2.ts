import { ConfigurationError } from '../../errors.ts';
import type { IgnoredSetting, Mm2Flow, ParsedMm2 } from './mm2-configuration.ts';
import { mm2FlowOf } from './mm2-flow.ts';
import { known, type Place, type Settings, settingReader, splitList, type Written } from './setting.ts';

/**
 * What a dedicated MM2 (`connect-mirror-maker.sh`) makes of its properties: org.apache.kafka.connect.mirror
 * MirrorMakerConfig of Kafka 3.9 and 4, `connectorBaseConfig` and `workerConfig`. Its keys are of four kinds:
 *
 * | key | reaches |
 * | --- | --- |
 * | `replication.factor` | every connector, if it is the name of a connector's setting |
 * | `offset.storage.topic` and its like | every worker, if it starts with one of a few prefixes |
 * | `backup.offset.flush.interval.ms` | the worker that writes to `backup`; as `consumer.…` of a source, its consumer |
 * | `primary->backup.topics` | that direction's connectors, over everything else |
 *
 * Anything else is ignored without a word.
 */

/**
 * A dedicated MM2 knows its connector by its class, whatever `name` says (org.apache.kafka.connect.mirror.MirrorHerder).
 * Measured on 3.9.2 and 4.3.1: with `name` set, its offsets' keys hold this all the same.
 */
export const DEDICATED_CONNECTOR = 'MirrorSourceConnector';

/** What a worker takes without an alias in front; it wins over the same with one. */
const WORKER_PREFIXES = [
  'offset.storage',
  'config.storage',
  'status.storage',
  'key.converter',
  'value.converter',
  'header.converter',
  'task',
  'worker',
  'replication.policy',
];

/**
 * The names of the settings that this software reads and that the three connectors define, which is what a dedicated
 * MM2 passes on when they stand without a prefix (MirrorMakerConfig#allConfigNames). `offsets.storage.topic` is none.
 */
const CONNECTOR_NAMES = new Set([
  'name',
  'enabled',
  'topics',
  'topics.exclude',
  'topics.blacklist',
  'topic.filter.class',
  'key.converter',
  'value.converter',
  'header.converter',
  'replication.factor',
  'offset-syncs.topic.replication.factor',
  'checkpoints.topic.replication.factor',
  'sync.topic.acls.enabled',
  'sync.topic.configs.enabled',
  'sync.group.offsets.enabled',
  'transforms',
  'predicates',
  'tasks.max',
  'heartbeats.replication.enabled',
  'source.cluster.alias',
  'target.cluster.alias',
]);

/** Settings that people write without a prefix and that then do nothing, and whose prefix they want. */
const NEEDS_PREFIX: readonly (readonly [string, 'source' | 'target' | 'pair'])[] = [
  ['consumer.auto.offset.reset', 'source'],
  ['source.consumer.auto.offset.reset', 'source'],
  ['auto.offset.reset', 'source'],
  ['consumer.isolation.level', 'source'],
  ['offset.flush.interval.ms', 'target'],
  ['exactly.once.source.support', 'target'],
  ['offsets.storage.topic', 'pair'],
];

const startsWithAny = (key: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => key.startsWith(prefix));

const stripped = (properties: Settings, prefix: string): readonly (readonly [string, Written])[] =>
  [...properties].flatMap(([key, written]) =>
    key.startsWith(prefix) && key.length > prefix.length ? [[key.slice(prefix.length), written] as const] : [],
  );

const isClientSetting = (name: string): boolean => /^(consumer|producer|admin)/.test(name);

/** What every client of a cluster takes from a key without an alias, too (MirrorMakerConfig#clusterProps). */
const isConnectionSetting = (name: string): boolean =>
  /^(bootstrap\.servers|security\.protocol|(ssl|sasl)\..+)$/.test(name);

/**
 * A cluster's settings as its connectors get them. What all clients of the cluster have, each of them has by itself, too,
 * unless it has its own (MirrorMakerConfig#clusterProps); so it wins over what the direction says of clients.
 */
const clusterSettings = (
  properties: Settings,
  alias: string,
  cluster: 'source' | 'target',
): readonly (readonly [string, Written])[] => {
  const own = stripped(properties, `${alias}.`);
  const ofClients = [...properties, ...own].filter(([name]) => isConnectionSetting(name));
  return [
    ...ofClients.flatMap(([name, written]) => [
      [`${cluster}.cluster.${name}`, written] as const,
      [`${cluster}.consumer.${name}`, written] as const,
    ]),
    ...own.map(([name, written]) => [`${cluster}.${isClientSetting(name) ? '' : 'cluster.'}${name}`, written] as const),
  ];
};

/** Later entries win, as they do in the Java code. */
const connectorSettings = (properties: Settings, source: string, target: string): Settings =>
  new Map([
    ...[...properties].filter(([key]) => CONNECTOR_NAMES.has(key) || key.startsWith('replication.policy')),
    ...clusterSettings(properties, source, 'source'),
    ...clusterSettings(properties, target, 'target'),
    ...stripped(properties, `${source}->${target}.`),
  ]);

const workerSettings = (properties: Settings, target: string): Settings =>
  new Map([
    ...stripped(properties, `${target}.`),
    ...[...properties].filter(([key]) => startsWithAny(key, WORKER_PREFIXES)),
  ]);

const connectorKey = (name: string, source: string, target: string): string =>
  name.startsWith('consumer.') ? `${source}.${name}` : `${source}->${target}.${name}`;

const workerKey = (name: string, target: string): string =>
  startsWithAny(name, WORKER_PREFIXES) ? name : `${target}.${name}`;

const flowOf = (file: string, properties: Settings, source: string, target: string): Mm2Flow => {
  const place = (key: string): Place => ({ file, form: 'properties', key });
  const clusters = properties.get('clusters')?.place ?? place('clusters');
  const connector = settingReader(connectorSettings(properties, source, target), (name) =>
    place(connectorKey(name, source, target)),
  );
  return mm2FlowOf({
    connector,
    checkpoint: connector,
    worker: {
      kind: 'told',
      settings: settingReader(workerSettings(properties, target), (name) => place(workerKey(name, target))),
      offsetsTopicDefault: `mm2-offsets.${source}.internal`,
    },
    connectorName: known(DEDICATED_CONNECTOR, clusters),
    sourceAlias: connector.settings.has('source.cluster.alias')
      ? connector.text('source.cluster.alias', source)
      : known(source, clusters),
    targetAlias: connector.settings.has('target.cluster.alias')
      ? connector.text('target.cluster.alias', target)
      : known(target, clusters),
    enabledByDefault: false,
  });
};

const ignoredSettings = (properties: Settings, aliases: readonly string[]): readonly IgnoredSetting[] => {
  const [source = 'source', target = 'target'] = aliases;
  const prefixes = { source: `${source}.`, target: `${target}.`, pair: `${source}->${target}.` };
  return NEEDS_PREFIX.flatMap(([key, kind]) => {
    const written = properties.get(key);
    const name = kind === 'source' ? key.replace(/^(source\.)?(consumer\.)?/, 'consumer.') : key;
    return written ? [{ place: written.place, value: written.value, insteadKey: `${prefixes[kind]}${name}` }] : [];
  });
};

/**
 * Reads a dedicated MM2's properties: every direction between two of its `clusters`.
 *
 * @throws ConfigurationError when the file names fewer than two clusters
 */
export const dedicatedMm2 = (file: string, properties: Settings): ParsedMm2 => {
  const aliases = splitList(properties.get('clusters')?.value ?? '');
  if (new Set(aliases).size < 2) {
    throw new ConfigurationError(
      `${file}: clusters is ${JSON.stringify(aliases.join(', '))}; name the aliases of both clusters, ` +
        'for example clusters=primary, backup',
    );
  }
  const pairs = aliases.flatMap((source) =>
    aliases.filter((target) => target !== source).map((target) => [source, target] as const),
  );
  return {
    file,
    form: 'dedicated',
    flows: pairs.map(([source, target]) => flowOf(file, properties, source, target)),
    ignored: ignoredSettings(properties, aliases),
  };
};
