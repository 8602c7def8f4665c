import { expect, test } from '@jest/globals';
import { planMm2 } from '../../../cli/mm2-config/plan.ts';
import type { SomeSettings } from '../../functions/readiness/configurations/a-configuration.ts';
import { aPlanInput } from './a-plan.ts';

const settingOf = (name: string, settings: SomeSettings): string | undefined =>
  planMm2(aPlanInput('dedicated', settings)).settings.find((setting) => setting.name === name)?.value;

test.each<[string, SomeSettings, string | undefined]>([
  ['refresh.topics.interval.seconds', {}, '120'],
  ['refresh.topics.interval.seconds', { 'topic.poll.interval.ms': '1500' }, '2'],
  ['refresh.topics.interval.seconds', { 'topic.poll.interval.ms': '0' }, '120'],
  ['sync.topic.configs.enabled', {}, 'true'],
  ['sync.topic.configs.enabled', { 'topic.config.sync': 'false' }, 'false'],
  ['sync.topic.configs.interval.seconds', { 'topic.config.sync': 'false' }, undefined],
  ['sync.topic.configs.interval.seconds', { 'topic.config.sync.interval.ms': '60000' }, '60'],
  ['sync.topic.acls.enabled', {}, 'false'],
  ['sync.group.offsets.enabled', {}, 'false'],
  ['auto.offset.reset', { 'src.consumer.auto.offset.reset': 'latest' }, 'earliest'],
  ['isolation.level', {}, undefined],
  ['isolation.level', { 'src.consumer.isolation.level': 'read_committed' }, 'read_committed'],
  ['max.poll.records', { 'src.consumer.max.poll.records': '100' }, '100'],
  ['max.poll.records', { 'src.consumer.max.poll.records': 'many' }, undefined],
  ['tasks.max', { 'tasks.max': '8' }, '8'],
  ['replication.factor', {}, '3'],
  ['replication.factor', { 'dest.topic.replication.factor': '1' }, '3'],
  ['replication.factor', { 'dest.topic.replication.factor': '5' }, '5'],
  ['offset-syncs.topic.replication.factor', {}, undefined],
  ['offset-syncs.topic.location', {}, 'target'],
  ['emit.heartbeats.enabled', {}, 'false'],
  ['emit.checkpoints.enabled', {}, undefined],
  // A dedicated MM2 gives its transforms to the connector of checkpoints as well.
  ['emit.checkpoints.enabled', { transforms: 'a', 'transforms.a.type': 'b.C' }, 'false'],
  ['transforms.a.type', { transforms: 'a', 'transforms.a.type': 'b.C' }, 'b.C'],
  // It has no telling name, and is a secret all the same.
  [
    'transforms.a.client',
    { transforms: 'a', 'transforms.a.client': 'b.C required password="x";' },
    `\${file:/etc/kafka/mm2-secrets.properties:source.transforms.a.client}`,
  ],
])('%s of a Replicator with %j is %s', (name, settings, expected) => {
  expect(settingOf(name, settings)).toBe(expected);
});

test('a replication factor that is given is that of every topic', () => {
  const { settings } = planMm2(aPlanInput('dedicated', {}, { replicationFactor: 1 }));

  const factors = settings.filter(({ name }) => name.endsWith('replication.factor'));
  expect(factors.map(({ value }) => value)).toEqual(factors.map(() => '1'));
  expect(factors).toHaveLength(7);
});

test.each<[SomeSettings, RegExp]>([
  [{ 'schema.registry.topic': 'x' }, /^schema\.registry\.topic: Replicator copies schemas/],
  [{ 'offset.timestamps.commit': 'true' }, /^offset\.timestamps\.commit: Replicator translates/],
  [{ 'topic.auto.create': 'false' }, /^topic\.auto\.create: MM2 always creates/],
  [{ 'confluent.license': 'x', 'confluent.topic': 'y' }, /^confluent\.license, confluent\.topic: of Replicator's own/],
  [{ 'producer.override.linger.ms': '5' }, /^producer\.override\.linger\.ms: an override/],
])('what Replicator has and MM2 has not is said: %j', (settings, note) => {
  expect(planMm2(aPlanInput('dedicated', settings)).notes).toContainEqual(expect.stringMatching(note));
});

test('every form says how MM2 is kept from copying twice when it is killed', () => {
  for (const form of ['dedicated', 'strimzi', 'connect', 'msk-connect'] as const) {
    expect(planMm2(aPlanInput(form)).notes.at(-1)).toContain('exactly.once.source.support=enabled');
  }
});
