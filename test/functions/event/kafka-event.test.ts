import { describe, expect, test } from '@jest/globals';
import { EventError } from '../../../functions/errors.ts';
import { parseKafkaEvent } from '../../../functions/event/kafka-event.ts';
import { anEvent, aRecord, asDelivered, EVENT_SOURCE, inOnePartition } from './an-event.ts';

const parse = (event: unknown) => parseKafkaEvent(event, 'connect-offsets');

const delivered = asDelivered(anEvent(aRecord()));
const deliveredRecord = {
  topic: 'connect-offsets',
  partition: 0,
  offset: 15,
  timestamp: 1_545_084_650_987,
  timestampType: 'CREATE_TIME',
  key: 'YWJj',
  value: 'aGVsbG8=',
  headers: [{ headerKey: [104, 101] }],
};
const withRecord = (changes: Readonly<Record<string, unknown>>) => ({
  ...delivered,
  records: { 'connect-offsets-0': [{ ...deliveredRecord, ...changes }] },
});
const deeply = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('an event of the MSK event source', () => {
  test('is read with all its records, partition by partition', () => {
    const event = anEvent(...inOnePartition({}, { value: null }, { key: null }), ...inOnePartition({ partition: 7 }));

    expect(parse(asDelivered(event))).toEqual(event);
  });

  test('may have more fields than are needed', () => {
    expect(parse({ ...withRecord({ leaderEpoch: 1 }), more: true })).toEqual({
      eventSourceArn: EVENT_SOURCE,
      bootstrapServers: ['b-1:9092'],
      partitions: [
        [
          {
            topic: 'connect-offsets',
            partition: 0,
            offset: 15n,
            timestamp: 1_545_084_650_987,
            key: 'YWJj',
            value: 'aGVsbG8=',
          },
        ],
      ],
    });
  });

  test('names the brokers one by one', () => {
    expect(parse({ ...delivered, bootstrapServers: 'b-1:9092,b-2:9092' }).bootstrapServers).toEqual([
      'b-1:9092',
      'b-2:9092',
    ]);
    expect(parse({ ...delivered, bootstrapServers: '' }).bootstrapServers).toEqual([]);
  });

  test('may hold no records', () => {
    expect(parse({ ...delivered, records: {} }).partitions).toEqual([]);
    expect(parse({ ...delivered, records: { 'connect-offsets-0': [] } }).partitions).toEqual([]);
  });

  test('is grouped by the partitions of its records, whatever the lists are named', () => {
    const [first, second, third] = [15, 16, 17].map((offset) => ({ ...deliveredRecord, offset }));
    const other = { ...deliveredRecord, partition: 7 };

    const { partitions } = parse({
      ...delivered,
      records: { a: [first, other], b: [], 'connect-offsets-7': [second, third] },
    });

    expect(partitions.map((records) => records.map(({ partition, offset }) => [partition, offset]))).toEqual([
      [
        [0, 15n],
        [0, 16n],
        [0, 17n],
      ],
      [[7, 15n]],
    ]);
  });

  test.each([-1, 0, Number.MAX_SAFE_INTEGER])('may hold a timestamp of %d', (timestamp) => {
    expect(parse(withRecord({ timestamp })).partitions[0]?.[0]?.timestamp).toBe(timestamp);
  });

  test.each([
    ['absent', undefined, null],
    ['null', null, null],
    ['of no bytes, which is no tombstone', '', ''],
  ])('may hold a value that is %s', (_what, value, expected) => {
    expect(parse(withRecord({ value })).partitions[0]?.[0]?.value).toBe(expected);
    expect(parse(withRecord({ key: value })).partitions[0]?.[0]?.key).toBe(expected);
  });
});

describe('an event of another kind is refused, because one that is waved through is lost', () => {
  test.each([
    ['nothing', undefined, /^The event's eventSource is undefined, not "aws:kafka": subscribe this function to an MSK/],
    ['null', null, /eventSource is null, not/],
    ['a text', 'aws:kafka', /eventSource is "aws:kafka", not/],
    ['a list', [], /eventSource is an object or a list, not/],
    ['an event of S3', { Records: [{ eventSource: 'aws:s3' }] }, /eventSource is undefined, not/],
    ['an event of SQS', { eventSource: 'aws:sqs' }, /eventSource is "aws:sqs", not/],
    ['self-managed Kafka', { ...delivered, eventSource: 'SelfManagedKafka' }, /eventSource is "SelfManagedKafka", not/],
    ['no ARN', { ...delivered, eventSourceArn: undefined }, /eventSourceArn is undefined, not the cluster's ARN/],
    [
      'no brokers',
      { ...delivered, bootstrapServers: ['b-1:9092'] },
      /bootstrapServers is an object or a list, not a list of host:port: /,
    ],
    ['no records', { ...delivered, records: undefined }, /records is undefined, not an object of lists/],
    ['a list of records', { ...delivered, records: [] }, /records is an object or a list, not an object of lists: /],
    [
      'records that are no list',
      { ...delivered, records: { 'connect-offsets-0': {} } },
      /records\["connect-offsets-0"\] is an object or a list, not a list of records: /,
    ],
    [
      'a record that is none',
      { ...delivered, records: { 'connect-offsets-0': [deliveredRecord, 7] } },
      /records\["connect-offsets-0"\]\[1\] is 7, not a record/,
    ],
    ['a negative partition', withRecord({ partition: -1 }), /\[0\]\.partition is -1, not a partition number/],
    ['a partition in a string', withRecord({ partition: '0' }), /\.partition is "0", not a partition number/],
    ['no offset', withRecord({ offset: undefined }), /\.offset is undefined, not an offset/],
    ['a fraction for an offset', withRecord({ offset: 1.5 }), /\.offset is 1.5, not an offset/],
    [
      'an offset that a double cannot hold',
      withRecord({ offset: 2 ** 53 }),
      /\.offset is 9007199254740992, not an offset/,
    ],
    ['no timestamp', withRecord({ timestamp: null }), /\.timestamp is null, not milliseconds/],
    ['a timestamp in a string', withRecord({ timestamp: '5' }), /\.timestamp is "5", not milliseconds/],
    ['a key that is no text', withRecord({ key: 5 }), /\.key is 5, not base64/],
    [
      'a value that is no text',
      withRecord({ value: { offset: 1 } }),
      /records\["connect-offsets-0"\]\[0\]\.value is an object or a list, not base64: /,
    ],
    ['a key in bytes', withRecord({ key: [97] }), /\.key is an object or a list, not base64/],
  ])('%s', (_what, event, message) => {
    expect(() => parse(event)).toThrow(EventError);
    expect(() => parse(event)).toThrow(message);
  });

  test('and so is one of another topic, with both names and the fix', () => {
    expect(() => parse(withRecord({ topic: 'my-offsets' }))).toThrow(
      new EventError(
        'The event\'s records["connect-offsets-0"][0].topic is "my-offsets", but Replicator\'s offsets topic is ' +
          'configured as "connect-offsets": subscribe the function to that topic, or configure "replicatorOffsetsTopic"',
      ),
    );
  });

  test('and a value at fault is shown by its start alone', () => {
    expect(() => parse({ eventSource: 'x'.repeat(10_000) })).toThrow(
      /^The event's eventSource is "x{120}", not "aws:kafka": subscribe/,
    );
    expect(() => parse(withRecord({ topic: 'x'.repeat(10_000) }))).toThrow(
      /^The event's records\["connect-offsets-0"\]\[0\]\.topic is "x{120}", but Replicator's offsets topic is/,
    );
  });

  test.each([
    ['event source', { eventSource: deeply(100_000) }, /eventSource is an object or a list, not "aws:kafka"/],
    [
      'partition',
      withRecord({ partition: deeply(100_000) }),
      /\.partition is an object or a list, not a partition number/,
    ],
    [
      'topic',
      withRecord({ topic: deeply(100_000) }),
      /\.topic is an object or a list, but Replicator's offsets topic is/,
    ],
  ])('and a %s nested too deeply to show is refused with an EventError, too', (_what, event, message) => {
    expect(() => parse(event)).toThrow(EventError);
    expect(() => parse(event)).toThrow(message);
  });

  test.each([[0.5], [1e21], [2 ** 53], [Number.POSITIVE_INFINITY]])(
    'and so is a timestamp of %p, which is no whole number of milliseconds',
    (timestamp) => {
      expect(() => parse(withRecord({ timestamp }))).toThrow(EventError);
      expect(() => parse(withRecord({ timestamp }))).toThrow(`.timestamp is ${timestamp}, not milliseconds: `);
    },
  );
});
