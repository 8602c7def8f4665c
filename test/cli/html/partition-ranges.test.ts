import { expect, test } from '@jest/globals';
import { partitionRanges } from '../../../cli/html/partition-ranges.ts';

test.each([
  [[7], 'Partition 7'],
  [[0, 1], 'Partitions 0–1'],
  [[10, 9, 3, 1, 2], 'Partitions 1–3, 9–10'],
  [[4, 2], 'Partitions 2, 4'],
  [[5, 5], 'Partition 5'],
])('partitions %j are called %s', (partitions, text) => {
  expect(partitionRanges(partitions)).toBe(text);
});
