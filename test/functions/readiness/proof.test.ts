import { describe, expect, test } from '@jest/globals';
import type { ProofInput } from '../../../functions/readiness/compared-logs.ts';
import { proveTrueNext } from '../../../functions/readiness/proof.ts';

/** Both logs as text, a letter for each content; `.` in the source is an offset without a record. */
const logs = (
  source: string,
  target: string,
  replicatorNext: number,
  more: {
    readonly sourceStart?: number;
    readonly targetStart?: number;
    readonly compacted?: 'source' | 'target';
    readonly mm2Next?: number;
    readonly unexpected?: string;
  } = {},
): ProofInput => {
  const { sourceStart = 0, targetStart = 0, compacted, mm2Next, unexpected = '' } = more;
  return {
    replicatorNext: BigInt(replicatorNext),
    mm2Next: mm2Next === undefined ? undefined : BigInt(mm2Next),
    source: {
      start: BigInt(sourceStart),
      from: BigInt(sourceStart),
      end: BigInt(sourceStart + source.length),
      compacted: compacted === 'source',
      entries: [...source].flatMap((content, n) =>
        content === '.' ? [] : [{ offset: BigInt(sourceStart + n), content, expected: !unexpected.includes(content) }],
      ),
    },
    target: {
      start: BigInt(targetStart),
      from: BigInt(targetStart),
      end: BigInt(targetStart + target.length),
      compacted: compacted === 'target',
      entries: [...target],
    },
  };
};

const proven = (next: number, gaps: readonly unknown[] = []) =>
  expect.objectContaining({ kind: 'proven', next: BigInt(next), gaps });
const unproven = (cause: string) => expect.objectContaining({ kind: 'unproven', cause });

describe('the true next offset', () => {
  test.each<[string, ProofInput, number]>([
    ["is Replicator's where nothing was copied beyond", logs('abcdef', 'abc', 3), 3],
    ['lies after what was copied beyond', logs('abcdef', 'abcde', 3), 5],
    ['is the end where everything was copied', logs('abcdef', 'abcdef', 3), 6],
    ['is found through a stretch that was copied twice', logs('abcdef', 'abcdebcd', 4), 5],
    ["is found among somebody else's records", logs('abcdef', 'xaybczd', 3), 4],
    ['is found past transaction markers', logs('ab.cd.ef', 'abcde', 4), 7],
    [
      'is found where retention has removed the oldest on both sides',
      logs('defg', 'cdef', 5, { sourceStart: 3, targetStart: 2 }),
      6,
    ],
    [
      'is found where compaction has left holes on the source',
      logs('a.c.efg', 'abcdefg', 5, { compacted: 'source' }),
      7,
    ],
    ['is found where contents repeat before the boundary', logs('aabbcd', 'aabbc', 3), 5],
    [
      'is found where contents come again after the boundary, and something else stood between',
      logs('abcab', 'abcab', 3),
      5,
    ],
    ['lies after the last record that is there, whatever is missing before', logs('abcdef', 'abcf', 3), 6],
    ['is found where a run that was copied twice has contents that come again', logs('yaba', 'yabya', 1), 3],
    ['is found where contents stand before the boundary and after it', logs('abcb', 'abcb', 3), 4],
    ['is found where contents come again after what was copied', logs('apqp', 'appq', 1), 3],
    ['is found in a topic that was created anew, where all of it stands', logs('abcdef', 'xyabc', 50), 3],
  ])('%s', (_name, input, next) => {
    const proof = proveTrueNext(input);

    expect(proof.kind === 'proven' && proof.next).toBe(BigInt(next));
  });

  test('of a source without records is whatever the offset says: nothing can go wrong with it', () => {
    expect(proveTrueNext(logs('', '', 0))).toEqual(proven(0));
    expect(proveTrueNext(logs('...', 'x', 2))).toEqual(proven(2));
  });

  test.each<[string, ProofInput, string]>([
    ['the source begins after it', logs('defg', 'abcdefg', 2, { sourceStart: 3 }), 'boundary-expired'],
    ['the source holds nothing before it', logs('...def', 'abcdef', 3), 'nothing-to-compare'],
    ['the target is empty', logs('abcdef', '', 3), 'target-empty'],
    ['nothing of the source is in the target', logs('abcdef', 'uvwxyz', 3), 'no-match'],
    ['the source was created anew, and nothing of it is in the target', logs('abcdef', 'uvw', 50), 'source-recreated'],
    ['identical records stand at the boundary', logs('aaaa', 'aaa', 2), 'ambiguous'],
    [
      'a record that is gone may have had the same contents',
      logs('a.cb', 'abc', 3, { compacted: 'source' }),
      'ambiguous',
    ],
    [
      'MM2 may have begun before it, and copied the first of two records alike',
      logs('ababab', 'abaa', 3, { mm2Next: 0 }),
      'ambiguous',
    ],
    ['MM2 may have begun before the last record that tells', logs('abcb', 'abcb', 3, { mm2Next: 1 }), 'ambiguous'],
    ['MM2 may have begun after records that tell', logs('apqp', 'appq', 1, { mm2Next: 3 }), 'ambiguous'],
    [
      'the last copy may be of an expired record, because the copier may have left out the one that is there',
      logs('pz', 'pz', 3, { sourceStart: 2, unexpected: 'p' }),
      'ambiguous',
    ],
  ])('is not told where %s', (_name, input, cause) => {
    expect(proveTrueNext(input)).toEqual(unproven(cause));
  });

  test('is bounded where several answers fit', () => {
    expect(proveTrueNext(logs('zaaa', 'zaa', 2))).toMatchObject({ between: { least: 2n, most: 4n } });
  });
});

describe('gaps', () => {
  test('are the source records before the true next offset whose copy is missing', () => {
    const proof = proveTrueNext(logs('abcdefgh', 'abeh', 3));

    expect(proof).toEqual(
      proven(8, [
        { from: 2n, to: 3n, records: 2 },
        { from: 5n, to: 6n, records: 2 },
      ]),
    );
  });

  test('are not claimed of what retention or compaction may have removed, or a copier may leave out', () => {
    expect(proveTrueNext(logs('abcdef', 'cdef', 6, { targetStart: 2 })).gaps).toEqual([]);
    expect(proveTrueNext(logs('abcdef', 'acdef', 6, { compacted: 'target' })).gaps).toEqual([]);
    expect(proveTrueNext(logs('abcdef', 'acdef', 6, { unexpected: 'b' })).gaps).toEqual([]);
  });

  test('are not claimed where what stands may be the copy of a record that compaction has removed from the source', () => {
    expect(proveTrueNext(logs('b.a.', 'b', 4, { compacted: 'source', targetStart: 3 })).gaps).toEqual([]);
  });

  test('are claimed in the middle of what retention has left', () => {
    expect(proveTrueNext(logs('abcdef', 'cdf', 6, { targetStart: 2 })).gaps).toEqual([
      { from: 4n, to: 4n, records: 1 },
    ]);
  });
});
