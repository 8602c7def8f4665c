import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Flow } from '../../../functions/offsets/flow.ts';
import { decide, needsEnd } from '../../../functions/offsets/guard.ts';
import type { LastRecord } from '../../../functions/offsets/last-records.ts';
import type { Place } from '../../../functions/offsets/place.ts';
import type { Translation } from '../../../functions/offsets/translate.ts';
import { aFlow } from '../a-flow.ts';
import { decideBefore } from './deployed-before.ts';

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

const translation = (changes: Partial<Translation> = {}, flow: Partial<Flow> = {}): Translation => ({
  flow: aFlow(flow),
  key: '["MirrorSourceConnector",{"cluster":"primary","partition":2,"topic":"foo"}]',
  value: '{"offset":7}',
  place: place(),
  ...changes,
});

const ours = (changes: Partial<Place> = {}, value: string | null = '{"offset":7}'): LastRecord => ({
  kind: 'ours',
  place: place(changes),
  value: value === null ? null : Buffer.from(value),
  timestamp: NOON,
});

const theirs = (timestamp = NOON, value: string | null = '{"offset":5}'): LastRecord => ({
  kind: 'theirs',
  value: value === null ? null : Buffer.from(value),
  timestamp,
});

const WRITE = { kind: 'write', recreated: false, ambiguous: false };
const RECREATED = { kind: 'write', recreated: true, ambiguous: false };
const REPEAT = { kind: 'repeat', ambiguous: false, stale: false };
const STALE = { kind: 'repeat', ambiguous: false, stale: true };
const TAKEN_OVER = { kind: 'taken-over' };

describe('the guard, by the last record of the key', () => {
  test.each<[string, LastRecord | undefined, object]>([
    ['none', undefined, WRITE],
    ['ours from an earlier place', ours({ offset: 99n }), WRITE],
    ['ours from an earlier place, of a higher offset', ours({ offset: 99n }, '{"offset":9999}'), WRITE],
    [
      'ours from an earlier place, by a clock 5 minutes ahead',
      ours({ offset: 99n, timestamp: NOON + 5 * MINUTE }),
      WRITE,
    ],
    ['our tombstone from an earlier place', ours({ offset: 99n }, null), WRITE],
    ['ours from the same place', ours(), REPEAT],
    ['ours from the same place, with another value', ours({}, '{"offset":8}'), WRITE],
    ['our tombstone from the same place', ours({}, null), WRITE],
    ['ours from a later place', ours({ offset: 101n, timestamp: NOON + 1 }), REPEAT],
    ['ours from a later place, with another value', ours({ offset: 101n }, '{"offset":1}'), REPEAT],
    [
      'ours from a later place, by a clock 5 minutes behind',
      ours({ offset: 101n, timestamp: NOON - 5 * MINUTE }),
      REPEAT,
    ],
    ['our tombstone from a later place', ours({ offset: 101n }, null), REPEAT],
    [
      'ours from a place later by offset, an hour older',
      ours({ offset: 101n, timestamp: NOON - 60 * MINUTE }),
      RECREATED,
    ],
    ['ours from another partition, older', ours({ partition: 4, timestamp: NOON - 1 }), { ...WRITE, ambiguous: true }],
    ['ours from another partition, newer', ours({ partition: 4, timestamp: NOON + 1 }), { ...REPEAT, ambiguous: true }],
    ['ours of another topic', ours({ topic: 'other-offsets', offset: 1n }), TAKEN_OVER],
    ['ours of another event source', ours({ eventSource: 'arn:other', offset: 1n }), TAKEN_OVER],
    ["somebody else's value", theirs(), TAKEN_OVER],
    ["somebody else's tombstone", theirs(NOON, null), TAKEN_OVER],
    ["somebody else's value, the same as ours", theirs(NOON, '{"offset":7}'), TAKEN_OVER],
    ["somebody else's value of long ago", theirs(0), TAKEN_OVER],
    ['one in an open transaction', { kind: 'undecided' }, { kind: 'undecided' }],
  ])('%s', (_what, last, expected) => {
    expect(decide(translation(), last, 1_000n)).toEqual(expected);
  });

  test('a tombstone is guarded as a value is', () => {
    const tombstone = translation({ value: null }, { tombstones: 'propagate' });

    expect(decide(tombstone, undefined)).toEqual(WRITE);
    expect(decide(tombstone, ours({ offset: 99n }))).toEqual(WRITE);
    expect(decide(tombstone, ours({}, null))).toEqual(REPEAT);
    expect(decide(tombstone, ours({ offset: 101n }), 102n)).toEqual(REPEAT);
    expect(decide(tombstone, theirs())).toEqual(TAKEN_OVER);
  });

  test('a topic that ends at or below the stored place was created anew, so what comes from it is later', () => {
    const last = ours({ offset: 500n, timestamp: NOON - 1 });

    expect(decide(translation(), last, 101n)).toEqual(RECREATED);
    expect(decide(translation(), last, 500n)).toEqual(RECREATED);
    expect(decide(translation(), last, 501n)).toEqual(REPEAT);
    expect(decide(translation(), last)).toEqual(REPEAT);
  });

  test('a late record of a topic that was created anew never rewinds', () => {
    // Older than what stands, or of a place that the present topic has not reached.
    expect(decide(translation(), ours({ offset: 500n, timestamp: NOON + 1 }), 101n)).toEqual(REPEAT);
    expect(decide(translation(), ours({ offset: 500n, timestamp: NOON - 1 }), 100n)).toEqual(REPEAT);
    // What stands is of the present topic already.
    expect(decide(translation(), ours({ offset: 3n, timestamp: NOON + 1 }), 10n)).toEqual(STALE);
    expect(decide(translation(), ours({ offset: 3n, timestamp: NOON + 11 * MINUTE }), 1_000n)).toEqual(STALE);
  });
});

describe('a proof', () => {
  const proof: Partial<Place> = { isProof: true };

  test.each<[string, Partial<Place>, LastRecord | undefined, object]>([
    ['that stands is left by a repeat of its record', {}, ours(proof, '{"offset":9}'), REPEAT],
    ['that stands is left by an earlier record', { offset: 99n, timestamp: NOON - 1 }, ours(proof), REPEAT],
    ['that stands is left by one with a clock ahead', { offset: 99n, timestamp: NOON + MINUTE }, ours(proof), REPEAT],
    ['that stands is replaced by a later record', { offset: 101n, timestamp: NOON + 1 }, ours(proof), WRITE],
    ['that stands is replaced by one of the same moment', { offset: 101n }, ours(proof), WRITE],
    ['that stands is replaced by one with a clock behind', { offset: 101n, timestamp: NOON - 1 }, ours(proof), WRITE],
    ['of another topic is left alone', { topic: 'other-offsets' }, ours(proof), TAKEN_OVER],
    ['is written over its record', proof, ours({}, '{"offset":3}'), WRITE],
    ['is written over an earlier record', proof, ours({ offset: 99n, timestamp: NOON - 1 }), WRITE],
    ['is written where nothing stands', proof, undefined, WRITE],
    ['is written over an older proof that says something else', proof, ours(proof, '{"offset":3}'), WRITE],
    ['is not written twice', proof, ours(proof), REPEAT],
    ['is not written over a later record', proof, ours({ offset: 101n, timestamp: NOON + 1 }), REPEAT],
    ["is not written over somebody else's", proof, theirs(), TAKEN_OVER],
    ['waits for an open transaction', proof, { kind: 'undecided' }, { kind: 'undecided' }],
  ])('%s', (_what, from, last, expected) => {
    expect(decide(translation({ place: place(from) }), last, 1_000n)).toEqual(expected);
  });
});

describe('a function that was deployed before there were proofs', () => {
  const END = 200n;
  /** Moments apart, and apart from the clocks' tolerance, by more than the millisecond that a proof's header is later. */
  const moments = fc.integer({ min: -130, max: 130 }).map((steps) => NOON + steps * 7_000);
  const places = fc.record({
    partition: fc.integer({ min: 2, max: 4 }),
    offset: fc.bigInt({ min: 95n, max: 105n }),
    timestamp: moments,
  });
  const outcome = (one: Translation, last: LastRecord, end: bigint) => decide(one, last, end).kind;

  test('decides of what is no proof as the guard does now', () => {
    fc.assert(
      fc.property(places, places, fc.constantFrom(98n, 101n, END), (one, other, end) => {
        const [delivered, last] = [translation({ place: place(one), value: '{"offset":8}' }), ours(other)];

        expect(decideBefore(delivered, last, end)).toBe(outcome(delivered, last, end));
      }),
      { numRuns: 1_000 },
    );
  });

  test('leaves a proof to the very same records as the guard does, and replaces it by the very same', () => {
    fc.assert(
      fc.property(places, places, fc.constantFrom(98n, 101n, END), (one, other, end) => {
        // Within the proof's millisecond neither a topic that was created anew nor another partition is told from it.
        fc.pre(one.timestamp !== other.timestamp || (one.partition === other.partition && one.offset >= other.offset));
        const delivered = translation({ place: place(one), value: '{"offset":8}' });
        const last = ours({ ...other, isProof: true }, '{"offset":11}');

        expect(decideBefore(delivered, last, end)).toBe(outcome(delivered, last, end));
      }),
      { numRuns: 1_000 },
    );
  });

  test('leaves a proof where the record that it departs from is delivered once more', () => {
    fc.assert(
      fc.property(places, (one) => {
        const last = ours({ ...one, isProof: true }, '{"offset":11}');

        expect(decideBefore(translation({ place: place(one) }), last, END)).toBe('repeat');
      }),
    );
  });
});

describe('overwriteBefore', () => {
  // What is older than it never gets here: createLastRecords drops it.
  test.each<[string, LastRecord | undefined, object]>([
    ['of the flow does not matter any more to what stands', theirs(NOON - 1), TAKEN_OVER],
    ["of the flow leaves another deployment's older value alone", ours({ topic: 'other', timestamp: 1 }), TAKEN_OVER],
    ['of the flow makes ours from the same place no less a repeat', ours(), REPEAT],
    ['of the flow lets what is absent be written', undefined, WRITE],
  ])('%s', (_what, last, expected) => {
    expect(decide(translation({}, { overwriteBefore: NOON }), last)).toEqual(expected);
  });
});

describe('the end of the source partition', () => {
  test.each<[string, LastRecord | undefined, boolean]>([
    ['none', undefined, false],
    ["somebody else's", theirs(), false],
    ['one in an open transaction', { kind: 'undecided' }, false],
    ['ours from an earlier place', ours({ offset: 99n, timestamp: NOON - 1 }), false],
    ['ours from the same place', ours(), false],
    ['ours from an earlier place, newer', ours({ offset: 99n, timestamp: NOON + 1 }), true],
    ['ours from a later place, not newer', ours({ offset: 101n }), true],
    ['ours from a later place, newer', ours({ offset: 101n, timestamp: NOON + 1 }), false],
    ['ours from the same offset at another time', ours({ timestamp: NOON - 1 }), false],
    ['ours from another partition', ours({ partition: 4, offset: 101n }), false],
  ])('is asked for only where it can matter: %s', (_what, last, needed) => {
    expect(needsEnd(translation(), last)).toBe(needed);
  });
});
