import { expect, test } from '@jest/globals';
import {
  mirrorConnectorConfig,
  mirrorMakerProperties,
  topicPattern,
} from '../../../../local/world/mirror-maker/mirror-maker-properties.ts';

const source = { bootstrapServers: '127.0.0.1:1' };
const target = { bootstrapServers: '127.0.0.1:2' };

test('one flow is enabled, from the source to the target, and none back', () => {
  const properties = mirrorMakerProperties({ source, target, topics: ['foo'] });

  expect(properties).toMatchObject({
    clusters: 'primary, backup',
    'primary.bootstrap.servers': '127.0.0.1:1',
    'backup.bootstrap.servers': '127.0.0.1:2',
    'primary->backup.enabled': 'true',
    'primary->backup.topics': 'foo',
  });
  expect(Object.keys(properties).filter((name) => name.startsWith('backup->primary'))).toEqual([]);
});

test('the aliases stand in front of what belongs to a cluster, a flow or the worker', () => {
  const properties = mirrorMakerProperties({ source, target, sourceAlias: 'old', targetAlias: 'new', topics: ['foo'] });

  expect(properties).toMatchObject({
    clusters: 'old, new',
    'old->new.topics': 'foo',
    'new.offset.flush.interval.ms': '1000',
  });
  expect(Object.keys(properties).filter((name) => /primary|backup/.test(name))).toEqual([]);
});

test("where a consumer without an offset begins stays MM2's own choice", () => {
  expect(JSON.stringify(mirrorMakerProperties({ source, target, topics: ['foo'] }))).not.toContain('auto.offset.reset');
});

test('given settings win', () => {
  const properties = mirrorMakerProperties({ source, target, topics: ['foo'], properties: { 'tasks.max': '7' } });
  expect(properties['tasks.max']).toBe('7');
});

test("a topic's dots are no wildcards, and its name matches in full", () => {
  expect(topicPattern('orders.eu-1_a')).toBe('orders\\.eu-1_a');
  expect(mirrorMakerProperties({ source, target, topics: ['foo', 'a.b'] })['primary->backup.topics']).toBe('foo,a\\.b');
});

test.each(['', 'a b', 'a,b', '.*', 'ü'])('%j is refused as the name of a topic', (topic) => {
  expect(() => mirrorMakerProperties({ source, target, topics: [topic] })).toThrow(`'${topic}' is no topic name`);
});

test('a name of 250 letters is refused, one too many', () => {
  expect(topicPattern('x'.repeat(249))).toHaveLength(249);
  expect(() => topicPattern('x'.repeat(250))).toThrow('is no topic name');
});

test('no topics at all are refused, for an empty list copies nothing', () => {
  expect(() => mirrorMakerProperties({ source, target, topics: [] })).toThrow('no topics to copy');
});

test('as a connector it names both clusters, and copies as the dedicated one does', () => {
  const connector = mirrorConnectorConfig({ source, target, sourceAlias: 'old', topics: ['a.b'] });
  const dedicated = mirrorMakerProperties({ source, target, sourceAlias: 'old', topics: ['a.b'] });

  expect(connector).toMatchObject({
    'connector.class': 'org.apache.kafka.connect.mirror.MirrorSourceConnector',
    'source.cluster.alias': 'old',
    'source.cluster.bootstrap.servers': '127.0.0.1:1',
    'target.cluster.bootstrap.servers': '127.0.0.1:2',
    topics: 'a\\.b',
  });
  for (const name of ['replication.policy.class', 'tasks.max', 'replication.factor', 'sync.topic.acls.enabled']) {
    expect([name, connector[name]]).toEqual([name, dedicated[name]]);
  }
  expect(() => mirrorConnectorConfig({ source, target, topics: [] })).toThrow('no topics to copy');
});
