import { expect, test } from '@jest/globals';
import { workerProperties } from '../../../../local/world/connect/worker-properties.ts';

const bootstrapServers = '127.0.0.1:1';

test('records pass a worker byte for byte, whatever connector it runs', () => {
  const converters = Object.entries(workerProperties({ bootstrapServers })).filter(([name]) => /converter$/.test(name));

  expect(converters.map(([name]) => name)).toEqual(['key.converter', 'value.converter', 'header.converter']);
  for (const [, converter] of converters) {
    expect(converter).toBe('org.apache.kafka.connect.converters.ByteArrayConverter');
  }
});

test('two Connect clusters on one Kafka cluster may share the offsets topic, and nothing else', () => {
  const one = workerProperties({ bootstrapServers, groupId: 'one' });
  const two = workerProperties({ bootstrapServers, groupId: 'two' });

  const same = Object.entries(one).filter(([name, value]) => two[name] === value && /topic$|group/.test(name));
  expect(same).toEqual([['offset.storage.topic', 'connect-offsets']]);
});

test('every broker has a replica of the topics', () => {
  const factors = Object.entries(workerProperties({ bootstrapServers, brokers: 3 })).filter(([name]) =>
    name.endsWith('.replication.factor'),
  );
  expect(factors.map(([, value]) => value)).toEqual(['3', '3', '3']);
});

test('given settings win', () => {
  const properties = workerProperties({
    bootstrapServers,
    offsetsTopic: 'offsets',
    properties: { 'offset.flush.interval.ms': '60000' },
  });
  expect(properties).toMatchObject({ 'offset.storage.topic': 'offsets', 'offset.flush.interval.ms': '60000' });
});
