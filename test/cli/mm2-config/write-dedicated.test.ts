import { expect, test } from '@jest/globals';
import { readProperties } from '../../../cli/configurations/properties.ts';
import { planMm2 } from '../../../cli/mm2-config/plan.ts';
import { writeDedicated } from '../../../cli/mm2-config/write-dedicated.ts';
import { aFlow } from '../../functions/a-flow.ts';
import { aPlanInput } from './a-plan.ts';

const written = (...input: Parameters<typeof aPlanInput>): ReadonlyMap<string, string> => {
  const text = writeDedicated(planMm2(aPlanInput(...input)));
  return new Map([...readProperties({ file: 'f', bytes: Buffer.from(text) })].map(([key, { value }]) => [key, value]));
};

test('every key has the prefix under which a dedicated MM2 takes it', () => {
  expect(Object.fromEntries(written('dedicated', {}, { replicationFactor: 1 }))).toEqual({
    clusters: 'primary, backup',
    'primary->backup.enabled': 'true',
    'primary.bootstrap.servers': 'source-1:9092',
    'backup.bootstrap.servers': 'target-1:9092',
    // Clients that find MM2's topics by this file read it without a prefix.
    'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
    'primary->backup.topics': 'orders,payments',
    'primary->backup.topics.exclude': '',
    'primary->backup.heartbeats.replication.enabled': 'false',
    'primary.consumer.auto.offset.reset': 'earliest',
    'primary->backup.tasks.max': '1',
    'primary->backup.replication.factor': '1',
    'primary->backup.offset-syncs.topic.replication.factor': '1',
    'primary->backup.checkpoints.topic.replication.factor': '1',
    'heartbeats.topic.replication.factor': '1',
    'config.storage.replication.factor': '1',
    'offset.storage.replication.factor': '1',
    'status.storage.replication.factor': '1',
    'primary->backup.refresh.topics.interval.seconds': '120',
    'primary->backup.sync.topic.acls.enabled': 'false',
    'primary->backup.sync.topic.configs.enabled': 'true',
    'primary->backup.sync.topic.configs.interval.seconds': '120',
    'primary->backup.offset-syncs.topic.location': 'target',
    'primary->backup.sync.group.offsets.enabled': 'false',
    'emit.heartbeats.enabled': 'false',
  });
});

test("another offsets topic than the alias's own is named", () => {
  expect(written().has('offset.storage.topic')).toBe(false);
  expect(written('dedicated', {}, { flow: aFlow({ offsetsTopic: 'o' }) }).get('offset.storage.topic')).toBe('o');
});

test('references get the provider that resolves them', () => {
  const secret = { 'src.kafka.sasl.jaas.config': 'a.B required password="x";' };

  expect(written().has('config.providers')).toBe(false);
  expect(written('dedicated', secret).get('config.providers')).toBe('file');
});
