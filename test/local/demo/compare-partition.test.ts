import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { comparePartition } from '../../../local/demo/compare-partition.ts';

const stored = (...contents: readonly string[]) =>
  contents.map((content, index) => ({ offset: BigInt(index), content }));

describe('a partition and its copy', () => {
  test('that are equal have nothing duplicated and nothing lost', () => {
    expect(comparePartition(stored('a', 'b', 'c'), stored('a', 'b', 'c'), 2n)).toEqual({
      sourceRecords: 3,
      targetRecords: 3,
      duplicated: 0,
      lost: 0,
      firstAfterCutover: 2n,
    });
  });

  test('of equal counts but other contents are not equal', () => {
    expect(comparePartition(stored('a', 'b'), stored('a', 'a'), 2n)).toMatchObject({ duplicated: 1, lost: 1 });
  });

  test('with records that the source never had count them as duplicated', () => {
    expect(comparePartition(stored('a'), stored('a', 'x'), 1n)).toMatchObject({
      duplicated: 1,
      lost: 0,
      firstAfterCutover: undefined,
    });
  });

  test('of equal contents in the source twice want both of them', () => {
    expect(comparePartition(stored('a', 'a'), stored('a'), 1n)).toMatchObject({ duplicated: 0, lost: 1 });
  });

  test('that are empty have no first record after the cutover', () => {
    expect(comparePartition([], [], 0n)).toMatchObject({ sourceRecords: 0, firstAfterCutover: undefined });
  });

  test('count exactly what was removed and what was added', () => {
    const contents = fc.uniqueArray(fc.string(), { minLength: 1 });
    fc.assert(
      fc.property(contents, fc.nat(), fc.nat({ max: 5 }), (source, removed, added) => {
        const kept = source.filter((_, index) => index !== removed % source.length);
        const twice = kept.slice(0, added);
        const result = comparePartition(stored(...source), stored(...kept, ...twice), 0n);
        expect(result).toMatchObject({ lost: 1, duplicated: twice.length });
      }),
    );
  });
});
