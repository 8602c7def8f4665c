import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CopiedPartition, countCopies, firstCopyOf } from '../../../functions/cutover/first-copies.ts';

/** Source records with these contents, from offset 0 on; a content in brackets may be left out. */
const sourceOf = (contents: readonly string[]) =>
  contents.map((content, index) => ({
    offset: BigInt(index),
    content: content.replace(/[()]/g, ''),
    expected: !content.startsWith('('),
  }));

const aPartition = (
  next: number,
  source: readonly string[],
  target: readonly string[],
  boundary: number | undefined,
): CopiedPartition => ({
  next: BigInt(next),
  range: { start: 0n, end: BigInt(source.length) },
  source: sourceOf(source),
  target,
  boundary,
  isCompacted: false,
});

const LETTERS = [...'abcdefgh'];

describe('what MM2 has copied first, seen from where Replicator stopped', () => {
  test.each([
    ['the next record', 'abcd', 3, { kind: 'right', first: 3n }],
    ['records once more', 'abcbcd', 3, { kind: 'repeated', first: 1n, records: 2 }],
    ['not the next, but a later one', 'abcfg', 3, { kind: 'skipped', first: 5n, records: 2 }],
    ['nothing', 'abc', 3, { kind: 'not-yet' }],
    ['what nobody knows, and then the next record', 'abcXd', 3, { kind: 'something-else', records: 1 }],
    ['nothing but what nobody knows', 'abcXYZ', 3, { kind: 'something-else', records: 3 }],
    ['the next record, and then what nobody knows', 'abcdX', 3, { kind: 'right', first: 3n }],
  ])('%s', (_what, target, boundary, expected) => {
    expect(firstCopyOf(aPartition(3, LETTERS, [...target], boundary))).toEqual(expected);
  });

  test('is no matter where the source has nothing more', () => {
    expect(firstCopyOf(aPartition(3, [...'abc'], [...'abc'], 3))).toEqual({ kind: 'no-traffic' });
    expect(firstCopyOf(aPartition(3, ['a', 'b', 'c', '(d'], [...'abc'], 3))).toEqual({ kind: 'no-traffic' });
  });

  test('is wrong also where the source has nothing more', () => {
    expect(firstCopyOf(aPartition(3, [...'abc'], [...'abcab'], 3))).toEqual({
      kind: 'repeated',
      first: 0n,
      records: 2,
    });
    expect(firstCopyOf(aPartition(3, [...'abc'], [...'abcX'], 3))).toEqual({ kind: 'something-else', records: 1 });
    expect(firstCopyOf(aPartition(3, ['a', 'b', 'c', '(d'], [...'abcd'], 3))).toEqual({ kind: 'right', first: 3n });
  });

  test('is right as well where it left out what a copier may leave out', () => {
    expect(firstCopyOf(aPartition(1, ['a', '(b', 'c'], ['a', 'c'], 1))).toEqual({ kind: 'right', first: 2n });
    expect(firstCopyOf(aPartition(1, ['a', '(b', 'c'], ['a', 'b', 'c'], 1))).toEqual({ kind: 'right', first: 1n });
  });

  test('is right where the next record has the contents of an earlier one', () => {
    expect(firstCopyOf(aPartition(2, [...'abac'], [...'aba'], 2))).toEqual({ kind: 'right', first: 2n });
  });
});

describe('what MM2 has copied first, where nobody saw Replicator stop', () => {
  test.each([
    ['the next record', 'abcd', { kind: 'right', first: 3n }],
    ['the next record, and then all once more', 'abcdeabcde', { kind: 'repeated', first: 0n, records: 3 }],
    ['not the next, but a later one', 'abcfg', { kind: 'skipped', first: 5n, records: 2 }],
    ['nothing', 'abc', { kind: 'not-yet' }],
  ])('%s', (_what, target, expected) => {
    expect(firstCopyOf(aPartition(3, LETTERS, [...target], undefined))).toEqual(expected);
  });

  test('cannot be told where records before stand twice, by whomever', () => {
    expect(firstCopyOf(aPartition(3, LETTERS, [...'abcbcd'], undefined))).toEqual({
      kind: 'cannot-tell',
      reason:
        '2 records around offset 3 stand in the target more than once: Replicator may have copied them again, or MM2',
    });
  });

  test('cannot be told where those stand twice that came after the last flush of a Replicator that was killed', () => {
    expect(firstCopyOf(aPartition(3, LETTERS, [...'abcdedef'], undefined)).kind).toBe('cannot-tell');
  });

  test('cannot be told where the contents around are the same', () => {
    expect(firstCopyOf(aPartition(2, [...'aaa'], [...'aaa'], undefined)).kind).toBe('cannot-tell');
    expect(firstCopyOf(aPartition(2, [...'abac'], [...'abac'], undefined)).kind).toBe('cannot-tell');
  });
});

test.each([
  ['its beginning has passed', { start: 4n, end: 8n }, /begins at offset 4 .* had to go on at 3/],
  ['its end is before', { start: 0n, end: 2n }, /ends at offset 2 .* had to go on at 3/],
])(
  'where MM2 went on cannot be told of a source of which %s the boundary, though all has been copied',
  (_what, range, reason) => {
    const source = sourceOf(LETTERS).filter(({ offset }) => offset >= range.start && offset < range.end);
    const target = source.map(({ content }) => content);

    for (const boundary of [0, undefined]) {
      expect(firstCopyOf({ next: 3n, range, source, target, boundary, isCompacted: false })).toEqual({
        kind: 'cannot-tell',
        reason: expect.stringMatching(reason),
      });
    }
  },
);

describe('counting what came after the boundary alone', () => {
  test.each([
    ['what Replicator copied once more before it', 'abbcd', 4, { duplicated: 0, lost: 0 }],
    ['what a resumed Replicator copied, and then MM2', 'abcdede', 3, { duplicated: 2, lost: 0 }],
    ['copies of earlier records', 'abcbde', 3, { duplicated: 1, lost: 0 }],
    ['records that were left out', 'abcdfg', 3, { duplicated: 0, lost: 1 }],
    ['records that were left out before it', 'acde', 2, { duplicated: 0, lost: 0 }],
    ['nothing', 'abc', 3, { duplicated: 0, lost: 0 }],
  ])('%s', (_what, target, boundary, expected) => {
    expect(countCopies(aPartition(3, LETTERS, [...target], boundary)).sinceBoundary).toEqual(expected);
  });

  test('goes by contents that no earlier record has, where nobody saw it', () => {
    expect(countCopies(aPartition(3, LETTERS, [...'abbcdedf'], undefined)).sinceBoundary).toEqual({
      duplicated: 1,
      lost: 0,
    });
    expect(countCopies(aPartition(3, [...'abcacd'], [...'abcabd'], undefined)).sinceBoundary).toEqual({
      duplicated: 0,
      lost: 0,
    });
  });

  test('takes an equal record further on for no loss', () => {
    expect(countCopies(aPartition(1, [...'abcb'], [...'ab'], 1)).sinceBoundary).toEqual({ duplicated: 0, lost: 0 });
  });
});

describe('counting', () => {
  test('counts copies beyond the first, and records without one before the last copy', () => {
    expect(countCopies(aPartition(3, LETTERS, [...'abcbcdf'], 3))).toMatchObject({
      compared: 6,
      duplicated: 2,
      lost: 1,
    });
    expect(countCopies(aPartition(3, LETTERS, [...'bcd'], 3))).toMatchObject({ compared: 3, duplicated: 0, lost: 0 });
    expect(countCopies(aPartition(3, LETTERS, [], 3))).toMatchObject({ compared: 0, duplicated: 0, lost: 0 });
  });

  test('counts equal records as often as the source has them', () => {
    expect(countCopies(aPartition(2, [...'abab'], [...'abab'], 2))).toMatchObject({ duplicated: 0, lost: 0 });
    expect(countCopies(aPartition(2, [...'abab'], [...'ababb'], 2))).toMatchObject({ duplicated: 1, lost: 0 });
  });

  test('takes no compacted copy for a loss', () => {
    const partition = aPartition(3, LETTERS, [...'abd'], 3);

    expect(countCopies(partition).lost).toBe(1);
    expect(countCopies({ ...partition, isCompacted: true }).lost).toBe(0);
  });
});

/** Where Replicator stopped, where MM2 went on, and how far it came. */
const migrations = fc
  .record({ records: fc.integer({ min: 2, max: 40 }), stop: fc.nat(), start: fc.nat(), more: fc.nat() })
  .map(({ records, stop, start, more }) => {
    const next = 1 + (stop % records);
    const begin = start % (records + 1);
    return { records, next, begin, end: Math.min(records, begin + (more % records)) };
  });

test('whatever MM2 does, it is told as it was where Replicator was seen to stop', () => {
  fc.assert(
    fc.property(migrations, ({ records, next, begin, end }) => {
      const contents = Array.from({ length: records }, (_, n) => `record ${n}`);
      const target = [...contents.slice(0, next), ...contents.slice(begin, end)];
      const partition = aPartition(next, contents, target, next);
      const copy = firstCopyOf(partition);

      if (begin >= end) {
        expect(copy.kind).toBe(next === records ? 'no-traffic' : 'not-yet');
      } else if (begin < next) {
        expect(copy).toEqual({ kind: 'repeated', first: BigInt(begin), records: Math.min(next, end) - begin });
      } else if (begin > next) {
        expect(copy).toEqual({ kind: 'skipped', first: BigInt(begin), records: begin - next });
      } else {
        expect(copy).toEqual({ kind: 'right', first: BigInt(next) });
      }
      const { duplicated, lost, sinceBoundary } = countCopies(partition);
      expect(sinceBoundary).toEqual({ duplicated, lost });
      expect(duplicated).toBe(Math.max(0, Math.min(next, end) - begin));
      expect(lost).toBe(begin < end ? Math.max(0, begin - next) : 0);
    }),
  );
});

test('an MM2 that copies everything again is told with its first copy, however much of that was read', () => {
  fc.assert(
    fc.property(migrations, fc.nat(), fc.nat(), ({ records, next }, window, came) => {
      const contents = Array.from({ length: records }, (_, n) => `record ${n}`);
      // Of the source some records before the boundary are read alone.
      const from = window % next;
      const again = contents.slice(0, 1 + (came % records));
      const read = sourceOf(contents).slice(from);
      const partition: CopiedPartition = {
        ...aPartition(next, contents, [...contents.slice(from, next), ...again], next - from),
        source: read,
      };

      expect(['repeated', 'something-else']).toContain(firstCopyOf(partition).kind);
    }),
  );
});

test('it is never called right where records were repeated or skipped, whether Replicator was seen to stop or not', () => {
  fc.assert(
    fc.property(migrations, fc.integer({ min: 1, max: 6 }), fc.boolean(), (migration, kinds, isSeen) => {
      const { records, next, begin, end } = migration;
      // Few different contents, so that records are alike.
      const contents = Array.from({ length: records }, (_, n) => `${n % (kinds * 7)}`);
      const target = [...contents.slice(0, next), ...contents.slice(begin, end)];
      const { kind } = firstCopyOf(aPartition(next, contents, target, isSeen ? next : undefined));

      // The very contents that were due are right, whichever record they were copied from.
      const isSame = contents[begin] === contents[next];
      if (kind === 'right' && !isSame) {
        expect(begin).toBe(next);
      }
    }),
    { numRuns: 1_000 },
  );
});
