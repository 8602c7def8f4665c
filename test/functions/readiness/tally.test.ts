import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type TallyEntry, type TallySide, tally } from '../../../functions/readiness/tally.ts';

/** A log of letters, one a second; `reads` counts how often it was passed over. */
const log = (letters: string, start = 0, unexpected = ''): TallySide & { readonly reads: () => number } => {
  let reads = 0;
  const entries = [...letters].map(
    (content, n): TallyEntry => ({
      offset: BigInt(start + n),
      content,
      timestamp: n * 1_000,
      expected: !unexpected.includes(content),
    }),
  );
  return {
    start: BigInt(start),
    from: BigInt(start),
    to: BigInt(start + letters.length),
    read: async (from, to, take) => {
      reads += from === BigInt(start) ? 1 : 0;
      for (const entry of entries.filter(({ offset }) => offset >= from && offset < to)) {
        take(entry);
      }
    },
    reads: () => reads,
  };
};

const counted = (compared: number, duplicated: number, lost: number, expired = 0) => ({
  kind: 'counted',
  compared,
  duplicated,
  lost,
  expired,
});

describe('tally', () => {
  test('finds nothing where all was copied once, and reads the source once', async () => {
    const source = log('abcdef');

    expect(await tally(source, log('abcdef'), false)).toEqual(counted(6, 0, 0));
    expect(source.reads()).toBe(1);
  });

  test.each([
    ['copied twice', 'abcdef', 'abcdcdef', counted(6, 2, 0)],
    ['left out', 'abcdef', 'abef', counted(6, 0, 2)],
    ["somebody else's", 'abcdef', 'abxxcdef', counted(6, 0, 0)],
    ['the same as another one, and left out once', 'abaab', 'abab', counted(5, 0, 1)],
    ['the same as another one, and copied once too often', 'abaab', 'abaabab', counted(5, 2, 0)],
  ])('counts by contents what was %s', async (_name, source, target, expected) => {
    expect(await tally(log(source), log(target), false)).toEqual(expected);
  });

  test('tells what retention has removed from the target from what was lost', async () => {
    expect(await tally(log('abcdef'), log('cdf', 2), false)).toEqual(counted(6, 0, 1, 2));
  });

  test('counts an empty source, and reads nothing of the target for it', async () => {
    const target = log('xyz');

    expect(await tally(log('', 5), target, false)).toEqual(counted(0, 0, 0));
    // A true next offset that lies before what retention has left.
    expect(await tally({ ...log('fgh', 5), to: 3n }, target, false)).toEqual(counted(0, 0, 0));
    expect(target.reads()).toBe(0);
  });

  test('claims no loss in a compacted target, nor of what a copier may leave out', async () => {
    expect(await tally(log('abcdef'), log('adef'), true)).toEqual(counted(6, 0, 0));
    expect(await tally(log('abcdef', 0, 'bc'), log('adef'), false)).toEqual(counted(6, 0, 0));
  });

  test('gives up rather than grow where the two have nothing in common', async () => {
    const result = await tally(log('abcdefghij'), log('klmnopqrst'), false, 15);

    expect(result).toEqual({ kind: 'uncounted', reason: expect.stringContaining('more than 15 records differ') });
  });

  test('counts what a copy in any order comes to', async () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcdefgh'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(letters, letters, async (source, target) => {
        const count = (text: string, letter: string) => text.split(letter).length - 1;
        const alphabet = [...'abcdefgh'];
        const surplus = (a: string, b: string, of: (letter: string) => boolean) =>
          alphabet.filter(of).reduce((sum, letter) => sum + Math.max(0, count(a, letter) - count(b, letter)), 0);

        expect(await tally(log(source), log(target), false)).toEqual(
          counted(
            source.length,
            surplus(target, source, (letter) => source.includes(letter)),
            surplus(source, target, () => true),
          ),
        );
      }),
    );
  });
});
