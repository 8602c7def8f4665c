import { expect, test } from '@jest/globals';
import type { FirstCopy } from '../../../functions/cutover/first-copies.ts';
import { judgeTakeover, type PartitionTakeover } from '../../../functions/cutover/takeover.ts';

const took = (partition: number, copy: FirstCopy, isTakenOver = true): PartitionTakeover => ({
  flow: 'replicator',
  topic: 'orders',
  partition,
  resumedAt: 5n,
  storedNext: isTakenOver ? 8n : 5n,
  copy,
  isTakenOver,
  compared: 3,
  duplicated: 0,
  lost: 0,
  sinceBoundary: { duplicated: 0, lost: 0 },
});
const right = { kind: 'right', first: 5n } as const;
const quiet = { kind: 'no-traffic' } as const;

test('is right where every partition with traffic is, and counts the quiet ones', () => {
  expect(judgeTakeover([took(0, right), took(1, quiet), took(2, right)])).toEqual({
    kind: 'right',
    resumed: 2,
    quiet: 1,
    older: 0,
  });
});

test('waits for a first copy and for an offset of MM2’s own everywhere, and for any traffic at all', () => {
  expect(judgeTakeover([took(0, right), took(1, { kind: 'not-yet' }), took(2, right, false)])).toEqual({
    kind: 'waiting',
    partitions: ['orders-1', 'orders-2'],
  });
  expect(judgeTakeover([took(0, quiet), took(1, quiet)])).toEqual({ kind: 'waiting', partitions: [] });
});

test('is wrong at once where MM2 has stored an offset before the boundary, or copies something else', () => {
  const before = { ...took(0, { kind: 'not-yet' }), storedNext: 4n };
  const strange = took(1, { kind: 'something-else', records: 7 }, false);

  expect(judgeTakeover([before, strange])).toEqual({
    kind: 'wrong',
    reasons: [
      expect.stringMatching(/^orders-0: .*goes on at offset 4, which is before 5: .*Stop MM2$/),
      expect.stringMatching(/^orders-1: the first 7 records .*Stop MM2$/),
    ],
  });
  // Somebody else's offset is no sign of MM2.
  expect(judgeTakeover([{ ...took(0, { kind: 'not-yet' }, false), storedNext: 4n }]).kind).toBe('waiting');
  // The sync's own is none of having copied.
  expect(judgeTakeover([{ ...took(0, right), storedNext: 5n }]).kind).toBe('waiting');
});

test('is wrong where something came twice or was left out after the boundary, and tells what is older', () => {
  const counted = (duplicated: number, lost: number, since: { duplicated: number; lost: number }) => ({
    ...took(0, right),
    duplicated,
    lost,
    sinceBoundary: since,
  });

  expect(judgeTakeover([counted(3, 1, { duplicated: 2, lost: 0 })])).toEqual({
    kind: 'wrong',
    reasons: [
      expect.stringContaining('orders-0: of what came after offset 5, 2 records stand in the target more than'),
    ],
  });
  expect(judgeTakeover([counted(0, 1, { duplicated: 0, lost: 1 })]).kind).toBe('wrong');
  expect(judgeTakeover([counted(3, 1, { duplicated: 0, lost: 0 })])).toEqual({
    kind: 'right',
    resumed: 1,
    quiet: 0,
    older: 4,
  });
  // By whom, nobody can tell.
  const doubtful = { kind: 'cannot-tell', reason: 'twice' } as const;
  expect(judgeTakeover([{ ...took(0, doubtful), sinceBoundary: { duplicated: 1, lost: 0 } }]).kind).toBe('cannot-tell');
});

test('names what was repeated or skipped before anything that is only doubtful or missing', () => {
  const doubtful = { kind: 'cannot-tell', reason: 'the same contents' } as const;

  expect(
    judgeTakeover([
      took(0, doubtful),
      took(1, { kind: 'not-yet' }),
      took(2, { kind: 'repeated', first: 2n, records: 3 }),
      took(3, { kind: 'skipped', first: 7n, records: 2 }),
    ]),
  ).toEqual({
    kind: 'wrong',
    reasons: [
      'orders-2: MM2 went on at offset 2 and not at 5: 3 records were copied again',
      'orders-3: MM2 went on at offset 7 and not at 5: 2 records were skipped',
    ],
  });
  expect(judgeTakeover([took(0, doubtful), took(1, { kind: 'not-yet' })])).toEqual({
    kind: 'cannot-tell',
    reasons: ['orders-0: the same contents'],
  });
});
