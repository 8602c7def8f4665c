import { isMap, isSeq, LineCounter, parseAllDocuments, visit, type YAMLMap } from 'yaml';
import { ConfigurationError } from '../../functions/errors.ts';
import type { Mm2Flow, ParsedMm2 } from '../../functions/readiness/configurations/mm2-configuration.ts';
import { mm2FlowOf } from '../../functions/readiness/configurations/mm2-flow.ts';
import {
  known,
  type Place,
  type SettingReader,
  type Settings,
  settingReader,
  type Written,
} from '../../functions/readiness/configurations/setting.ts';
import { type ConfigurationText, utf8 } from './configuration-text.ts';
import { placeInMap, settingsOfMap } from './yaml-settings.ts';

/** Strimzi's own default (KafkaMirrorMaker2Configuration). */
const OFFSETS_TOPIC = 'mirrormaker2-cluster-offsets';

/** A map of the resource with where it stands. */
interface Part {
  readonly map: YAMLMap | undefined;
  readonly within: string;
}

/**
 * Fields of a mirror that become settings of its connectors, over what their `config` says
 * (KafkaMirrorMaker2Connectors#prepareMirrorMaker2ConnectorConfig).
 */
const MIRROR_FIELDS: readonly (readonly [string, string])[] = [
  ['topics.exclude', 'topicsBlacklistPattern'],
  ['topics', 'topicsPattern'],
  ['topics.exclude', 'topicsExcludePattern'],
];

const reader = (file: string, lines: LineCounter) => {
  const base = (within: string): Omit<Place, 'key' | 'line'> => ({ file, form: 'yaml', within });
  const part = (parent: Part, key: string): Part => {
    const child: unknown = parent.map?.get(key);
    return { map: isMap(child) ? child : undefined, within: parent.within === '' ? key : `${parent.within}.${key}` };
  };
  const parts = (parent: Part, key: string): readonly Part[] => {
    const list: unknown = parent.map?.get(key);
    return isSeq(list)
      ? list.items.map((item, index) => ({
          map: isMap(item) ? item : undefined,
          within: `${parent.within}.${key}[${index}]`,
        }))
      : [];
  };
  const field = ({ map, within }: Part, key: string): Written | undefined => {
    const value: unknown = map?.get(key);
    return typeof value === 'string' || typeof value === 'number'
      ? { value: String(value), place: placeInMap(base(within), key, map, lines) }
      : undefined;
  };
  /** A field that there must be. */
  const required = (parent: Part, key: string): Written => {
    const written = field(parent, key);
    if (written === undefined) {
      throw new ConfigurationError(`${file}: ${parent.within}.${key} is missing; give it as a text`);
    }
    return written;
  };
  const settings = ({ map, within }: Part): Settings => settingsOfMap(base(within), map, lines);
  return { file, base, part, parts, field, required, settings };
};

type Reader = ReturnType<typeof reader>;

/** A mirror's clusters: beside it in the API version v1, by their aliases in `spec.clusters` before. */
interface Direction {
  readonly mirror: Part;
  readonly source: Written;
  readonly target: Written;
  /** What configures the Connect workers. */
  readonly worker: Part;
  readonly workerSettings: Settings;
}

const directionsOf = (read: Reader, spec: Part): readonly Direction[] => {
  const target = read.part(spec, 'target');
  const mirrors = read.parts(spec, 'mirrors');
  if (target.map) {
    const alias = read.required(target, 'alias');
    const offsetsTopic = read.field(target, 'offsetStorageTopic');
    const worker = read.part(target, 'config');
    const workerSettings = new Map([
      ...read.settings(worker),
      ...(offsetsTopic ? [['offset.storage.topic', offsetsTopic] as const] : []),
    ]);
    return mirrors.map((mirror) => ({
      mirror,
      source: read.required(read.part(mirror, 'source'), 'alias'),
      target: alias,
      worker,
      workerSettings,
    }));
  }
  const connectCluster = read.required(spec, 'connectCluster').value;
  const cluster = read
    .parts(spec, 'clusters')
    .find((candidate) => read.field(candidate, 'alias')?.value === connectCluster);
  if (cluster === undefined) {
    throw new ConfigurationError(
      `${read.file}: spec.connectCluster is "${connectCluster}", which no alias in spec.clusters is; name the target's alias`,
    );
  }
  const worker = read.part(cluster, 'config');
  return mirrors.map((mirror) => ({
    mirror,
    source: read.required(mirror, 'sourceCluster'),
    target: read.required(mirror, 'targetCluster'),
    worker,
    workerSettings: read.settings(worker),
  }));
};

const connectorOf = (read: Reader, { mirror, source, target }: Direction, kind: string): SettingReader => {
  const connector = read.part(mirror, kind);
  const config = read.part(connector, 'config');
  const fields = MIRROR_FIELDS.flatMap(([name, key]) => {
    const written = read.field(mirror, key);
    return written ? [[name, written] as const] : [];
  });
  const tasksMax = read.field(connector, 'tasksMax');
  const settings: Settings = new Map([
    ['source.cluster.alias', source],
    ['target.cluster.alias', target],
    ...read.settings(config),
    ...fields,
    ...(tasksMax ? [['tasks.max', tasksMax] as const] : []),
  ]);
  return settingReader(settings, (name) => {
    const key = MIRROR_FIELDS.findLast(([setting]) => setting === name)?.[1];
    if (key !== undefined) {
      return { ...read.base(mirror.within), key };
    }
    return name === 'tasks.max'
      ? { ...read.base(connector.within), key: 'tasksMax' }
      : { ...read.base(config.within), key: name };
  });
};

const flowOf = (read: Reader, direction: Direction): Mm2Flow => {
  const { mirror, source, target, worker, workerSettings } = direction;
  const connector = connectorOf(read, direction, 'sourceConnector');
  const isConfigured = read.part(mirror, 'checkpointConnector').map !== undefined;
  return mm2FlowOf({
    connector,
    ...(isConfigured && { checkpoint: connectorOf(read, direction, 'checkpointConnector') }),
    worker: {
      kind: 'told',
      settings: settingReader(workerSettings, (name) => ({ ...read.base(worker.within), key: name })),
      offsetsTopicDefault: OFFSETS_TOPIC,
    },
    connectorName: known(`${source.value}->${target.value}.MirrorSourceConnector`, source.place),
    sourceAlias: connector.text('source.cluster.alias', source.value),
    targetAlias: connector.text('target.cluster.alias', target.value),
    enabledByDefault: true,
  });
};

/**
 * Reads a KafkaMirrorMaker2 resource of Strimzi, of the API versions v1 (`spec.target`) and v1beta2 (`spec.clusters`).
 *
 * @throws ConfigurationError that names the file, what is wrong and what to do; never a value
 */
export const readStrimzi = (text: ConfigurationText): ParsedMm2 => {
  const { file } = text;
  const lines = new LineCounter();
  const documents = parseAllDocuments(utf8(text), {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const fault = [...documents].flatMap(({ errors }) => errors)[0];
  if (fault) {
    // Without the message, which may quote the text.
    throw new ConfigurationError(
      `${file} is not YAML: look at line ${lines.linePos(fault.pos[0]).line} (${fault.code})`,
    );
  }
  const resources = [...documents].flatMap(({ contents }) => {
    const kind: unknown = isMap(contents) ? contents.get('kind') : undefined;
    return isMap(contents) && kind === 'KafkaMirrorMaker2' ? [contents] : [];
  });
  const [resource] = resources;
  if (resource === undefined || resources.length > 1) {
    throw new ConfigurationError(
      `${file} holds ${resources.length} resources of kind KafkaMirrorMaker2; give a file with one`,
    );
  }
  visit(resource, {
    Alias: () => {
      throw new ConfigurationError(
        `${file} uses anchors; give the resource as kubectl shows it: kubectl get kafkamirrormaker2 NAME -o yaml`,
      );
    },
  });
  const read = reader(file, lines);
  const spec = read.part({ map: resource, within: '' }, 'spec');
  const directions = directionsOf(read, spec);
  if (directions.length === 0) {
    throw new ConfigurationError(`${file}: spec.mirrors is empty; give a mirror of the source cluster`);
  }
  return { file, form: 'strimzi', flows: directions.map((direction) => flowOf(read, direction)), ignored: [] };
};
