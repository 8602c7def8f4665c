import { expect, test } from '@jest/globals';
import { dedicatedMm2 } from '../../../../functions/readiness/configurations/dedicated-mm2.ts';
import type { Mm2Flow } from '../../../../functions/readiness/configurations/mm2-configuration.ts';
import { knownValue, type Setting } from '../../../../functions/readiness/configurations/setting.ts';
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
  ['values are trimmed', { 'primary->backup.name': ' mine ' }, (flow) => flow.connectorName, 'mine'],
  ['lists are trimmed', { 'primary->backup.topics': ' a ,b , c' }, (flow) => flow.topics, ['a', 'b', 'c']],
  ['an empty list is one', { 'primary->backup.topics': '' }, (flow) => flow.topics, []],
  ['a default list', {}, (flow) => flow.topicsExclude, ['.*[\\-\\.]internal', '.*\\.replica', '__.*']],
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
