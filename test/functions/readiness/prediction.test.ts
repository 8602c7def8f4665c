import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Prediction, predict, type StoredOffset } from '../../../functions/readiness/prediction.ts';

const usable = (offset: bigint): StoredOffset => ({ kind: 'usable', offset });
const SOURCE = { start: 100n, end: 200n };
const NONE: StoredOffset = { kind: 'none' };
const IGNORED: StoredOffset = { kind: 'ignored', reason: 'it is no JSON' };

describe('predict', () => {
  test.each<[string, StoredOffset, Partial<Extract<Prediction, { kind: 'starts' }>>]>([
    ['within the log', usable(149n), { cause: 'goes-on', at: 150n, copiedAgain: 0, skipped: 0 }],
    ['within the log, behind', usable(139n), { cause: 'goes-on', at: 140n, copiedAgain: 10, skipped: 0 }],
    ['within the log, ahead', usable(159n), { cause: 'goes-on', at: 160n, copiedAgain: 0, skipped: 10 }],
    ['at its start', usable(99n), { cause: 'goes-on', at: 100n, copiedAgain: 50, skipped: 0 }],
    ['at its end', usable(199n), { cause: 'waits', at: 200n, copiedAgain: 0, skipped: 50 }],
    ['beyond its end', usable(200n), { cause: 'beyond-end', at: 100n, copiedAgain: 50, skipped: 0 }],
    ['before its start', usable(98n), { cause: 'before-start', at: 100n, copiedAgain: 50, skipped: 0 }],
    ['none', NONE, { cause: 'nothing-stored', at: 100n, copiedAgain: 50, skipped: 0 }],
    ['ignored', IGNORED, { cause: 'nothing-stored', at: 100n, copiedAgain: 50, skipped: 0 }],
  ])('tells where MM2 starts: stored offset %s', (_name, stored, expected) => {
    const prediction = predict(stored, SOURCE, { replicatorNext: 150n, trueNext: undefined });

    expect(prediction).toEqual({ kind: 'starts', basis: 'offsets', ...expected });
  });

  test("tells that MM2's task dies of a fatal value", () => {
    const stored: StoredOffset = { kind: 'fatal', reason: 'its "offset" is a string' };

    expect(predict(stored, SOURCE, { replicatorNext: 150n, trueNext: 150n })).toEqual({
      kind: 'dies',
      reason: 'its "offset" is a string',
    });
  });

  test('counts expired records that nobody copied as skipped', () => {
    const prediction = predict(usable(69n), SOURCE, { replicatorNext: 70n, trueNext: undefined });

    expect(prediction).toMatchObject({ at: 100n, copiedAgain: 0, skipped: 30, basis: 'offsets' });
  });

  test('goes by the proven next offset, and counts records where they were read', () => {
    const prediction = predict(usable(149n), SOURCE, { replicatorNext: 150n, trueNext: 160n, count: () => 7 });

    expect(prediction).toMatchObject({ copiedAgain: 7, skipped: 0, basis: 'records' });
  });

  test('subtracts offsets where the records were not read', () => {
    const prediction = predict(NONE, SOURCE, { replicatorNext: 150n, trueNext: 150n, count: () => undefined });

    expect(prediction).toMatchObject({ copiedAgain: 50, basis: 'offsets' });
  });

  test('knows no counts where Replicator has nothing, or an offset of another log', () => {
    const unknown = { copiedAgain: undefined, skipped: undefined };

    expect(predict(NONE, SOURCE, { replicatorNext: undefined, trueNext: undefined })).toMatchObject(unknown);
    expect(predict(NONE, SOURCE, { replicatorNext: 201n, trueNext: undefined })).toMatchObject(unknown);
  });

  test('copies nothing again of an empty log', () => {
    const prediction = predict(NONE, { start: 5n, end: 5n }, { replicatorNext: undefined, trueNext: undefined });

    expect(prediction).toMatchObject({ at: 5n, copiedAgain: 0, skipped: 0 });
  });

  test('copies nothing again of an empty log, and skips nothing, whatever the offsets are', () => {
    const offset = fc.bigInt(0n, 300n);
    fc.assert(
      fc.property(offset, offset, offset, fc.option(offset, { nil: undefined }), (stored, next, end, trueNext) => {
        const prediction = predict(usable(stored), { start: end, end }, { replicatorNext: next, trueNext });

        expect(prediction).toMatchObject({ at: end, copiedAgain: 0, skipped: 0 });
      }),
    );
  });

  test('never starts outside the log, and never both copies again and skips', () => {
    const offset = fc.bigInt(0n, 300n);
    fc.assert(
      fc.property(offset, offset, offset, offset, (stored, replicator, start, length) => {
        const source = { start, end: start + length };
        const prediction = predict(usable(stored), source, { replicatorNext: replicator, trueNext: undefined });

        expect(prediction.kind).toBe('starts');
        if (prediction.kind === 'starts') {
          expect(prediction.at >= source.start && prediction.at <= source.end).toBe(true);
          expect(prediction.copiedAgain === 0 || prediction.skipped === 0 || prediction.copiedAgain === undefined).toBe(
            true,
          );
        }
      }),
    );
  });
});
