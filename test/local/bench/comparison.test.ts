import { expect, test } from '@jest/globals';
import {
  atLeast,
  atMost,
  comparisonOf,
  isReached,
  type Numbers,
  ratesOf,
  tableOf,
} from '../../../local/bench/comparison.ts';

const numbers: Numbers = {
  what: 'ten records',
  against: 'a loop',
  unit: 'ms',
  ours: [1_234, 1_234, 1_234],
  theirs: [10, 10, 10],
};

test('a comparison has the medians of both sides and their ratio within each round', () => {
  const { rounds, ours, theirs, ratio } = comparisonOf(numbers);

  expect([rounds, ours.median, theirs.median, ratio.median]).toEqual([3, 1_234, 10, 123.4]);
});

test('both sides need the same rounds', () => {
  expect(() => comparisonOf({ ...numbers, theirs: [10] })).toThrow('3 rounds cannot be compared with 1');
});

test.each([
  ['a ratio above what it may be at most', atMost(123), false],
  ['a ratio of what it may be at most', atMost(123.4), true],
  ['a ratio of what it has to be at least', atLeast(123.4), true],
  ['a ratio below what it has to be at least', atLeast(124), false],
])('%s: reached or not', (_what, goal, reached) => {
  expect(isReached(comparisonOf({ ...numbers, goal }))).toBe(reached);
});

test('without a goal nothing is reached or missed', () => {
  expect(isReached(comparisonOf(numbers))).toBeUndefined();
});

test('a rate is in records per second', () => {
  expect(ratesOf([100, 2_000], 10)).toEqual([100, 5]);
});

test('the table has a line each, in three digits or as many as stand before the point, and the goals', () => {
  const lines = tableOf([
    comparisonOf({ ...numbers, goal: atMost(100) }),
    comparisonOf({ ...numbers, what: 'a record', ours: [0.5, 0.5, 0.5], goal: atLeast(0.01) }),
    comparisonOf({ ...numbers, what: 'a bundle' }),
  ])
    .replaceAll('│', ' ')
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));

  expect(lines).toContainEqual(['ten records', 'a loop', 'ms', '1,234', '10.0', '123 ×', '123 – 123', '≤ 100 × ✗']);
  expect(lines).toContainEqual(['a record', 'a loop', 'ms', '0.50', '10.0', '0.05 ×', '0.05 – 0.05', '≥ 0.01 × ✓']);
  expect(lines).toContainEqual(['a bundle', 'a loop', 'ms', '1,234', '10.0', '123 ×', '123 – 123']);
});
