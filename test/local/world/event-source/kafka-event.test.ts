import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  EventBatch,
  MAX_BATCH_SIZE,
  type PolledRecord,
  RecordTooLargeError,
} from '../../../../local/world/event-source/kafka-event.ts';

const origin = { eventSourceArn: 'arn:aws:kafka:eu-west-1:123456789012:cluster/demo/1', bootstrapServers: 'b-1:9092' };

const record = (changes: Partial<PolledRecord> = {}): PolledRecord => ({
  topic: 'connect-offsets',
  partition: 0,
  offset: 15n,
  timestamp: 1545084650987n,
  timestampType: 'CREATE_TIME',
  key: Buffer.from('abc'),
  value: Buffer.from('hello'),
  headers: [],
  ...changes,
});

const eventOf = (...records: PolledRecord[]): string => {
  const batch = new EventBatch(origin);
  for (const each of records) {
    expect(batch.offer(each)).toBe(true);
  }
  return batch.toJson();
};

/** Cuts a log into batches as the event source does: the records in turn, a new batch when one is refused. */
const cut = (records: readonly PolledRecord[], limits: { records?: number; bytes?: number }): EventBatch[] => {
  const batches: EventBatch[] = [];
  for (const each of records) {
    if (!batches.at(-1)?.offer(each)) {
      const batch = new EventBatch(origin, limits);
      batch.offer(each);
      batches.push(batch);
    }
  }
  return batches;
};

describe('the event', () => {
  test('is the JSON that the MSK event source sends', () => {
    const json = eventOf(record({ headers: [{ name: 'headerKey', value: Buffer.from([104, 0, 127, 128, 255]) }] }));

    expect(json).toBe(
      '{"eventSource":"aws:kafka","eventSourceArn":"arn:aws:kafka:eu-west-1:123456789012:cluster/demo/1",' +
        '"bootstrapServers":"b-1:9092","records":{"connect-offsets-0":[{"topic":"connect-offsets","partition":0,' +
        '"offset":15,"timestamp":1545084650987,"timestampType":"CREATE_TIME","key":"YWJj","value":"aGVsbG8=",' +
        '"headers":[{"headerKey":[104,0,127,-128,-1]}]}]}}',
    );
  });

  test('has no value field for a tombstone, and no key field for a record without a key', () => {
    const json = eventOf(record({ key: null, value: null }));

    const [only] = JSON.parse(json).records['connect-offsets-0'];
    expect(Object.keys(only)).toEqual(['topic', 'partition', 'offset', 'timestamp', 'timestampType', 'headers']);
  });

  test('has an empty string for a value of no bytes, which is not a tombstone', () => {
    const json = eventOf(record({ value: Buffer.alloc(0) }));

    expect(JSON.parse(json).records['connect-offsets-0'][0].value).toBe('');
  });

  test('holds a 64-bit offset exactly, as a number', () => {
    const json = eventOf(record({ offset: 9223372036854775807n }));

    expect(json).toContain('"offset":9223372036854775807,');
  });

  test('holds the records of several partitions, each under its own name', () => {
    const json = eventOf(record({ partition: 3 }), record({ partition: 11 }), record({ partition: 3, offset: 16n }));

    const { records } = JSON.parse(json);
    expect(Object.keys(records)).toEqual(['connect-offsets-3', 'connect-offsets-11']);
    expect(records['connect-offsets-3'].map(({ offset }: { offset: number }) => offset)).toEqual([15, 16]);
  });
});

describe('the batch', () => {
  const payload = fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
  const polled = fc.record({
    partition: fc.nat(3),
    timestamp: fc.bigInt({ min: 0n, max: 4102444800000n }),
    timestampType: fc.constantFrom('CREATE_TIME' as const, 'LOG_APPEND_TIME' as const),
    key: payload,
    value: payload,
    headers: fc.array(fc.record({ name: fc.string({ unit: 'grapheme', maxLength: 5 }), value: payload }), {
      maxLength: 2,
    }),
  });
  const log = fc
    .array(polled, { maxLength: 60 })
    .map((records) => records.map((each, index) => ({ ...each, topic: 'connect-offsets', offset: BigInt(index) })));
  const limits = fc.record({ records: fc.integer({ min: 1, max: 20 }), bytes: fc.integer({ min: 1_000, max: 4_000 }) });

  test('keeps its limits, and knows the length of its JSON', () => {
    fc.assert(
      fc.property(log, limits, (records, limit) => {
        for (const batch of cut(records, limit)) {
          expect(batch.recordCount).toBeGreaterThan(0);
          expect(batch.recordCount).toBeLessThanOrEqual(limit.records);
          expect(batch.bytes).toBeLessThanOrEqual(limit.bytes);
          expect(Buffer.byteLength(batch.toJson())).toBe(batch.bytes);
        }
      }),
    );
  });

  test('loses no record, changes none and keeps the order within each partition', () => {
    fc.assert(
      fc.property(log, limits, (records, limit) => {
        const delivered = new Map<number, unknown[]>();
        for (const batch of cut(records, limit)) {
          for (const list of Object.values<{ partition: number }[]>(JSON.parse(batch.toJson()).records)) {
            for (const each of list) {
              delivered.set(each.partition, [...(delivered.get(each.partition) ?? []), each]);
            }
          }
        }

        for (const partition of new Set([...delivered.keys(), ...records.map((each) => each.partition)])) {
          const sent = records.filter((each) => each.partition === partition).map(asDelivered);
          expect(delivered.get(partition)).toEqual(sent);
        }
      }),
    );
  });

  test('names for every partition the offset after its last record', () => {
    const [batch] = cut(
      [
        record({ partition: 1, offset: 7n }),
        record({ partition: 2, offset: 3n }),
        record({ partition: 1, offset: 9n }),
      ],
      {},
    );

    expect(batch?.nextOffsets()).toEqual([
      { topic: 'connect-offsets', partition: 1, offset: 10n },
      { topic: 'connect-offsets', partition: 2, offset: 4n },
    ]);
  });

  test("holds Lambda's 10,000 records and 6 MB at most, unless told otherwise", () => {
    const small = Array.from({ length: 10_001 }, (_, index) => record({ offset: BigInt(index) }));
    const large = Array.from({ length: 7 }, (_, index) =>
      record({ offset: BigInt(index), value: Buffer.alloc(1_000_000) }),
    );

    expect(cut(small, {}).map((batch) => batch.recordCount)).toEqual([MAX_BATCH_SIZE, 1]);
    expect(cut(large, {}).map((batch) => batch.recordCount)).toEqual([4, 3]);
  });

  test('takes a record that fills it to the last byte, and refuses one of a byte more, saying where it stands', () => {
    const large = record({ value: Buffer.alloc(4_000_000) });
    const bytes = eventOf(large).length;

    expect(new EventBatch(origin, { bytes }).offer(large)).toBe(true);
    expect(() => new EventBatch(origin, { bytes: bytes - 1 }).offer(large)).toThrow(
      new RecordTooLargeError(
        `the record at offset 15 of connect-offsets, partition 0, makes an event of ${bytes} bytes, and Lambda takes ` +
          `no more than ${bytes - 1}: remove the record from the topic, or give the topic a max.message.bytes that ` +
          'keeps such records out',
      ),
    );
  });
});

/** A record as the function should read it, computed apart from the code under test. */
const asDelivered = ({ key, value, headers, offset, timestamp, ...rest }: PolledRecord): unknown => {
  return {
    ...rest,
    offset: Number(offset),
    timestamp: Number(timestamp),
    ...(key && { key: key.toString('base64') }),
    ...(value && { value: value.toString('base64') }),
    headers: headers.map((header) => ({
      [header.name]: header.value && Array.from(header.value, (byte) => (byte > 127 ? byte - 256 : byte)),
    })),
  };
};
