import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  comparePlaces,
  decodePlace,
  encodePlace,
  needsPartitionEnd,
  type Place,
} from '../../../functions/offsets/place.ts';

const MINUTE = 60_000;
const NOON = 1_700_000_000_000;

const place = (changes: Partial<Place> = {}): Place => ({
  eventSource: 'arn:aws:kafka:eu-west-1:123456789012:cluster/source/1',
  topic: 'connect-offsets',
  partition: 3,
  offset: 100n,
  timestamp: NOON,
  ...changes,
});

const anyPlace = fc.record({
  eventSource: fc.string({ unit: 'binary' }),
  topic: fc.string(),
  partition: fc.nat(),
  offset: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  timestamp: fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }),
});

describe('a place, seen from another', () => {
  const order = (kind: 'earlier' | 'later', changes: object = {}) => ({
    kind,
    ambiguous: false,
    recreated: false,
    ...changes,
  });
  const LATER = order('later');
  const EARLIER = order('earlier');
  /** It is of the present topic, the other one of a deleted one. */
  const RECREATED = order('later', { recreated: true });
  /** It is of a deleted topic, the other one of the present one. */
  const STALE = order('earlier', { recreated: true });

  test.each<[string, Partial<Place>, bigint | undefined, object]>([
    ['of another event source', { eventSource: 'arn:other', offset: 200n }, undefined, { kind: 'unrelated' }],
    ['of another topic', { topic: 'other-offsets', offset: 200n }, undefined, { kind: 'unrelated' }],
    ['of another topic and partition', { topic: 'other-offsets', partition: 4 }, undefined, { kind: 'unrelated' }],
    ['of a higher offset', { offset: 101n, timestamp: NOON + 1 }, undefined, LATER],
    ['of a higher offset beyond the end, newer', { offset: 101n, timestamp: NOON + 1 }, 5n, LATER],
    ['of a higher offset, as old', { offset: 101n }, 102n, LATER],
    ['of a higher offset, by a clock 5 minutes behind', { offset: 101n, timestamp: NOON - 5 * MINUTE }, 102n, LATER],
    ['of a higher offset, by a clock 10 minutes behind', { offset: 101n, timestamp: NOON - 10 * MINUTE }, 102n, LATER],
    ['of a higher offset, older by more than that', { offset: 101n, timestamp: NOON - 10 * MINUTE - 1 }, 102n, STALE],
    ['of a higher offset beyond the end, older, the other not', { offset: 200n, timestamp: NOON - 1 }, 101n, STALE],
    ['of a higher offset beyond the end, as old, the other not', { offset: 200n }, 101n, STALE],
    ['of a higher offset beyond the end, older, the other too', { offset: 200n, timestamp: NOON - 1 }, 100n, LATER],
    ['the very same', {}, 101n, { kind: 'same' }],
    ['the very same, though the end lies below', {}, 50n, { kind: 'same' }],
    ['of the same offset, older', { timestamp: NOON - 1 }, undefined, STALE],
    ['of the same offset, newer', { timestamp: NOON + 1 }, undefined, RECREATED],
    ['of a lower offset', { offset: 99n, timestamp: NOON - 1 }, undefined, EARLIER],
    ['of a lower offset, older, the end between', { offset: 5n, timestamp: NOON - 1 }, 6n, EARLIER],
    ['of a lower offset, by a clock 5 minutes ahead', { offset: 99n, timestamp: NOON + 5 * MINUTE }, 101n, EARLIER],
    ['of a lower offset, newer by 10 minutes', { offset: 99n, timestamp: NOON + 10 * MINUTE }, 101n, EARLIER],
    ['of a lower offset, newer by more than that', { offset: 99n, timestamp: NOON + 10 * MINUTE + 1 }, 101n, RECREATED],
    [
      'of a lower offset, newer by more, beyond the end',
      { offset: 99n, timestamp: NOON + 60 * MINUTE },
      99n,
      RECREATED,
    ],
    [
      'of a lower offset, newer by more, no end known',
      { offset: 0n, timestamp: NOON + 60 * MINUTE },
      undefined,
      RECREATED,
    ],
    ['of a lower offset, newer, the end between', { offset: 5n, timestamp: NOON + 1 }, 6n, RECREATED],
    ['of a lower offset, as old, the end between', { offset: 5n }, 6n, RECREATED],
    ['of a lower offset, newer, the end at the other', { offset: 5n, timestamp: NOON + 1 }, 100n, RECREATED],
    ['of a lower offset, newer, the end above the other', { offset: 5n, timestamp: NOON + 1 }, 101n, EARLIER],
    ['of a lower offset, newer, the end at it', { offset: 5n, timestamp: NOON + 1 }, 5n, EARLIER],
    ['of a lower offset, no end known', { offset: 5n }, undefined, EARLIER],
    [
      'of another partition, newer',
      { partition: 1, offset: 1n, timestamp: NOON + 1 },
      undefined,
      order('later', { ambiguous: true }),
    ],
    [
      'of another partition, older',
      { partition: 9, offset: 999n, timestamp: NOON - 1 },
      undefined,
      order('earlier', { ambiguous: true }),
    ],
    ['of a higher partition, as old', { partition: 9, offset: 1n }, undefined, order('later', { ambiguous: true })],
    ['of a lower partition, as old', { partition: 1, offset: 999n }, undefined, order('earlier', { ambiguous: true })],
  ])('%s', (_what, changes, end, expected) => {
    expect(comparePlaces(place(changes), place(), end)).toEqual(expected);
  });

  test('is ordered the same way round from either side, in one partition with any end', () => {
    const nearby = fc.record({ offset: fc.bigInt({ min: 0n, max: 9n }), timestamp: fc.nat(25 * MINUTE) });

    fc.assert(
      fc.property(nearby, nearby, fc.bigInt({ min: 0n, max: 10n }), (one, other, end) => {
        const [a, b] = [place(one), place(other)];
        const kinds = [comparePlaces(a, b, end).kind, comparePlaces(b, a, end).kind];

        expect(kinds.toSorted()).toEqual(kinds.includes('same') ? ['same', 'same'] : ['earlier', 'later']);
      }),
      { numRuns: 1_000 },
    );
  });

  test('two partitions are ordered the same way round from either side', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, (one, other) => {
        const here = { ...one, eventSource: '', topic: '', partition: 0 };
        const there = { ...other, eventSource: '', topic: '', partition: 1 };

        expect(comparePlaces(here, there).kind).not.toBe(comparePlaces(there, here).kind);
      }),
    );
  });
});

describe('a proof', () => {
  const LATER = { kind: 'later', ambiguous: false, recreated: false };
  const EARLIER = { kind: 'earlier', ambiguous: false, recreated: false };
  const proof = (changes: Partial<Place> = {}) => place({ ...changes, isProof: true });

  test('lies right after the record that it departs from, and is the same as another proof from there', () => {
    expect(comparePlaces(proof(), place(), 101n)).toEqual(LATER);
    expect(comparePlaces(place(), proof(), 101n)).toEqual(EARLIER);
    expect(comparePlaces(proof(), proof(), 101n)).toEqual({ kind: 'same' });
  });

  test('compares to every other place as the record does that it departs from', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, fc.boolean(), fc.bigInt({ min: 0n, max: 2n ** 63n }), (one, other, near, end) => {
        const to = near ? { ...one, offset: other.offset, timestamp: other.timestamp } : other;
        fc.pre(one.offset !== to.offset || one.timestamp !== to.timestamp);

        expect(comparePlaces({ ...one, isProof: true }, to, end)).toEqual(comparePlaces(one, to, end));
        expect(comparePlaces(to, { ...one, isProof: true }, end)).toEqual(comparePlaces(to, one, end));
      }),
    );
  });
});

describe('the end of the partition', () => {
  test.each<[string, Partial<Place>, boolean]>([
    ['a higher offset, newer', { offset: 101n, timestamp: NOON + 1 }, false],
    ['a higher offset, not newer', { offset: 101n }, true],
    ['the same place', {}, false],
    ['the same offset at another time', { timestamp: NOON + 1 }, false],
    ['a lower offset, older', { offset: 99n, timestamp: NOON - 1 }, false],
    ['a lower offset, not older', { offset: 99n }, true],
    ['another partition', { partition: 4, offset: 1n }, false],
    ['another topic', { topic: 'other-offsets', offset: 1n }, false],
    ['another event source', { eventSource: 'arn:other', offset: 1n }, false],
  ])('for %s is needed: %s %s', (_what, changes, needed) => {
    expect(needsPartitionEnd(place(changes), place())).toBe(needed);
  });

  test('changes no decision that does not ask for it', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, fc.bigInt({ min: 0n, max: 2n ** 63n }), fc.boolean(), (one, other, end, near) => {
        const to = near
          ? { ...other, eventSource: one.eventSource, topic: one.topic, partition: one.partition }
          : other;
        fc.pre(!needsPartitionEnd(one, to));

        expect(comparePlaces(one, to, end)).toEqual(comparePlaces(one, to));
      }),
    );
  });
});

describe('the header', () => {
  test('has this form', () => {
    expect(encodePlace(place())).toBe(
      '{"eventSource":"arn:aws:kafka:eu-west-1:123456789012:cluster/source/1","topic":"connect-offsets",' +
        '"partition":3,"offset":100,"timestamp":1700000000000}',
    );
  });

  test('of a proof says so, and is later by a millisecond to who does not know proofs', () => {
    expect(encodePlace(place({ isProof: true }))).toBe(
      '{"eventSource":"arn:aws:kafka:eu-west-1:123456789012:cluster/source/1","topic":"connect-offsets",' +
        '"partition":3,"offset":100,"timestamp":1700000000001,"proof":true}',
    );
  });

  test.each(['false', '"true"', '1', 'null'])('with "proof":%s is a plain place', (proof) => {
    const header = encodePlace(place({ isProof: true })).replace('"proof":true', `"proof":${proof}`);

    expect(decodePlace(Buffer.from(header))).toEqual(place({ timestamp: NOON + 1 }));
  });

  test('brings every place back', () => {
    fc.assert(
      fc.property(anyPlace, (one) => {
        expect(decodePlace(Buffer.from(encodePlace(one)))).toEqual(one);
        expect(decodePlace(Buffer.from(encodePlace({ ...one, isProof: true })))).toEqual({ ...one, isProof: true });
      }),
    );
  });

  test.each([
    '',
    'x',
    'null',
    '[]',
    '{}',
    '"returned"',
    '{"eventSource":"a","topic":"t","partition":0,"offset":1}',
    '{"eventSource":"a","topic":"t","partition":0,"offset":"1","timestamp":2}',
    '{"eventSource":"a","topic":"t","partition":0,"offset":1.5,"timestamp":2}',
    '{"eventSource":"a","topic":"t","partition":"0","offset":1,"timestamp":2}',
    '{"eventSource":"a","topic":"t","partition":0,"offset":1,"timestamp":null}',
    '{"eventSource":1,"topic":"t","partition":0,"offset":1,"timestamp":2}',
    '{"eventSource":"a","topic":null,"partition":0,"offset":1,"timestamp":2}',
    '{"eventSource":"a","topic":"t","partition":0,"offset":1,"timestamp":2}}',
    '['.repeat(200_000),
  ])('%j holds no place', (text) => {
    expect(decodePlace(Buffer.from(text))).toBeUndefined();
  });

  test('of any bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodePlace(bytes)).toBeUndefined();
      }),
    );
  });
});
