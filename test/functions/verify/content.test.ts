import { describe, expect, test } from '@jest/globals';
import { contentOf, type RecordContent } from '../../../functions/verify/content.ts';

const TIMED = { timestamps: true };

const record = (more: Partial<RecordContent> = {}): RecordContent => ({
  timestamp: 1_700_000_000_000,
  key: Buffer.from('key'),
  value: Buffer.from('value'),
  headers: { trace: Buffer.from('1'), list: [Buffer.from('a'), null] },
  ...more,
});

describe("a record's content", () => {
  test('is the same for a copy, whatever the order of its headers and its provenance', () => {
    const copy = record({
      headers: { __replicator_id: Buffer.from('origin'), list: [Buffer.from('a'), null], trace: Buffer.from('1') },
    });

    expect(contentOf(copy, TIMED)).toBe(contentOf(record(), TIMED));
  });

  test.each<[string, Partial<RecordContent>]>([
    ['key', { key: Buffer.from('other') }],
    ['key, null instead of empty', { key: null }],
    ['value', { value: Buffer.from('other') }],
    ['value, a tombstone', { value: null }],
    ['timestamp', { timestamp: 1_700_000_000_001 }],
    ['header', { headers: { trace: Buffer.from('2'), list: [Buffer.from('a'), null] } }],
    ['headers, null instead of empty', { headers: { trace: Buffer.from('1'), list: [Buffer.from('a'), Buffer.of()] } }],
    ['headers, in another order of one name', { headers: { trace: Buffer.from('1'), list: [null, Buffer.from('a')] } }],
    ['headers, without any', { headers: {} }],
    ['border between key and value', { key: Buffer.from('keyv'), value: Buffer.from('alue') }],
  ])('differs by its %s', (_name, more) => {
    const empty = record({ key: Buffer.of() });
    const original = more.key === null ? empty : record();

    expect(contentOf(record(more), TIMED)).not.toBe(contentOf(original, TIMED));
  });

  test('does not differ by its timestamp where the target stamps its own', () => {
    const options = { timestamps: false };

    expect(contentOf(record({ timestamp: 1 }), options)).toBe(contentOf(record(), options));
  });

  test('holds for records of any size, one after the other', () => {
    const large = record({ value: Buffer.alloc(1_000_000, 'x') });
    const before = contentOf(record(), TIMED);

    expect(contentOf(large, TIMED)).not.toBe(before);
    expect(contentOf(record(), TIMED)).toBe(before);
  });
});
