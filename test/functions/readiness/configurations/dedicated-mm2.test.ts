import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { dedicatedMm2 } from '../../../../functions/readiness/configurations/dedicated-mm2.ts';
import type { Mm2Flow } from '../../../../functions/readiness/configurations/mm2-configuration.ts';
import { knownValue, type Setting } from '../../../../functions/readiness/configurations/setting.ts';
import { mm2Selection } from '../../../../functions/readiness/configurations/topic-selection.ts';
import { aDedicatedMm2, type SomeSettings, someSettings } from './a-configuration.ts';

const flowOf = (settings: SomeSettings): Mm2Flow => {
  const [flow] = aDedicatedMm2(settings).flows;
  if (flow === undefined) {
    throw new Error('no direction');
  }
  return flow;
};

/** What overrides what, from MirrorMakerConfig#connectorBaseConfig and #workerConfig. */
test.each<[string, SomeSettings, (flow: Mm2Flow) => Setting<unknown>, unknown]>([
  ['a setting without a prefix reaches connectors', { 'tasks.max': '4' }, (flow) => flow.tasksMax, 4],
  ["the direction's own wins", { 'tasks.max': '4', 'primary->backup.tasks.max': '5' }, (flow) => flow.tasksMax, 5],
  ["another direction's does nothing", { 'backup->primary.tasks.max': '5' }, (flow) => flow.tasksMax, 1],
  [
    "a worker's without a prefix wins over the target's",
    { 'backup.offset.storage.topic': 'a', 'offset.storage.topic': 'b' },
    (flow) => flow.offsetsTopic,
    'b',
  ],
  [
    "the source's worker settings do nothing",
    { 'primary.offset.storage.topic': 'a' },
    (flow) => flow.offsetsTopic,
    'mm2-offsets.primary.internal',
  ],
  [
    'exactly once takes the alias of the target',
    { 'backup.exactly.once.source.support': 'enabled' },
    (flow) => flow.exactlyOnce,
    'enabled',
  ],
  ['and does nothing without', { 'exactly.once.source.support': 'enabled' }, (flow) => flow.exactlyOnce, 'disabled'],
  ['values are trimmed', { 'primary->backup.offsets.storage.topic': ' own ' }, (flow) => flow.offsetsTopic, 'own'],
  [
    'a name does nothing',
    { 'primary->backup.name': 'x', name: 'y' },
    (flow) => flow.connectorName,
    'MirrorSourceConnector',
  ],
  ['lists are trimmed', { 'primary->backup.topics': ' a ,b , c' }, (flow) => flow.topics, ['a', 'b', 'c']],
  ['an empty list is one', { 'primary->backup.topics': '' }, (flow) => flow.topics, []],
  ['a default list', {}, (flow) => flow.topicsExclude, ['mm2.*\\.internal', '.*\\.replica', '__.*']],
])('%s', (_, settings, fieldOf, expected) => {
  expect(knownValue(fieldOf(flowOf(settings)))).toEqual(expected);
});

test('every direction between the clusters is there, switched off ones included', () => {
  const { flows } = aDedicatedMm2({ clusters: 'primary, backup, eu' });
  expect(flows).toHaveLength(6);
  expect(flows.filter(({ enabled }) => knownValue(enabled))).toHaveLength(1);
});

test.each([[''], ['primary'], ['primary, primary']])('clusters=%s is refused', (clusters) => {
  expect(() => dedicatedMm2('mm2.properties', someSettings('mm2.properties', { clusters }))).toThrow(
    /^mm2.properties: clusters is ".*"; name the aliases of both clusters/,
  );
});

interface Vectors {
  readonly topics: readonly string[];
  readonly cases: readonly {
    readonly properties: Readonly<Record<string, string>>;
    readonly effective: Readonly<Record<string, string>>;
    readonly copied: readonly string[];
  }[];
}

/** What the classes MirrorMakerConfig, MirrorSourceConfig and MirrorSourceConnector of Kafka 4.3.1 made of properties. */
const vectors: Vectors = JSON.parse(readFileSync(new URL('dedicated-by-mm2.json', import.meta.url), 'utf8'));

const effectiveOf = (flow: Mm2Flow): Readonly<Record<string, string>> => {
  const { converters } = flow;
  const settings: Readonly<Record<string, Setting<unknown>>> = {
    enabled: flow.enabled,
    sourceAlias: flow.sourceAlias,
    targetAlias: flow.targetAlias,
    connectorName: flow.connectorName,
    offsetsTopic: flow.offsetsTopic,
    topics: flow.topics,
    topicsExclude: flow.topicsExclude,
    keyConverter: converters.key,
    valueConverter: converters.value,
    headerConverter: converters.header,
    autoOffsetReset: flow.autoOffsetReset,
    replicationFactor: flow.replicationFactor,
    syncTopicAcls: flow.syncTopicAcls,
    syncTopicConfigs: flow.syncTopicConfigs,
    syncGroupOffsets: flow.syncGroupOffsets,
    tasksMax: flow.tasksMax,
    exactlyOnce: flow.exactlyOnce,
  };
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, String(knownValue(setting))]));
};

describe('as MM2 itself reads them', () => {
  test.each(vectors.cases.map((one, index) => [index, one] as const))(
    'case %i',
    (_, { properties, effective, copied }) => {
      const [flow] = dedicatedMm2('mm2.properties', someSettings('mm2.properties', properties)).flows;
      const selection = flow && mm2Selection(flow);
      const told = vectors.topics.filter((topic) => selection?.(topic).kind !== 'unknown');
      // The classes hand `name` on, and MirrorHerder then goes by the class.
      expect(flow && effectiveOf(flow)).toEqual({ ...effective, connectorName: 'MirrorSourceConnector' });
      expect(told.filter((topic) => selection?.(topic).kind === 'copied')).toEqual(
        told.filter((topic) => copied.includes(topic)),
      );
      expect(told.length).toBeGreaterThanOrEqual(vectors.topics.length - 3);
    },
  );
});
