import { expect, test } from '@jest/globals';
import { parseKafkaEvent } from '../../../../functions/event/kafka-event.ts';
import { eventOf } from '../../../../local/world/sync/event-of-records.ts';
import { offsetEntry, placedAt } from '../../chaos/placed.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('an event holds exactly the records that it is to hold, each with its place', () => {
  const tombstone = { ...placedAt(offsetEntry(1n), 3, 8n), value: null };
  const records = [placedAt(offsetEntry(7n), 3, 7n), tombstone, placedAt(offsetEntry(9n, 1), 4, 0n)];

  const event = parseKafkaEvent(JSON.parse(eventOf('connect-offsets', ['a:1', 'b:2'], records)), 'connect-offsets');

  expect(event.bootstrapServers).toEqual(['a:1', 'b:2']);
  expect(event.partitions.flat()).toEqual(
    records.map(({ key, value, partition, offset, timestamp }) => ({
      topic: 'connect-offsets',
      partition,
      offset,
      timestamp: Number(timestamp),
      key: base64(key ?? ''),
      value: value === null ? null : base64(value),
    })),
  );
});

test('records that are too many for one event are refused', () => {
  const many = Array.from({ length: 40_000 }, (_, index) => placedAt(offsetEntry(1n), 0, BigInt(index)));

  expect(() => eventOf('connect-offsets', ['a:1'], many)).toThrow('40000 records do not fit into one event');
});
