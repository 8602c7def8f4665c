import { expect, test } from '@jest/globals';
import { resultsOf, tableOf } from '../../../local/bench/result.ts';

const samples = { fast: [10, 10, 10], slow: [1_234, 1_234, 1_234], alone: [0.5, 0.5, 0.5] };
const results = resultsOf('sending', samples, (name) => (name === 'alone' ? undefined : 'fast'));

test('every contestant becomes a line, with a ratio unless it is what others are compared with', () => {
  expect(results.map(({ name, rounds, ratio }) => [name, rounds, ratio?.to, ratio?.times.median])).toEqual([
    ['fast', 3, undefined, undefined],
    ['slow', 3, 'fast', 123.4],
    ['alone', 3, undefined, undefined],
  ]);
});

test('the table has the sections with their lines, in three digits or as many as stand before the point', () => {
  const lines = tableOf([...results, ...resultsOf('loading', { none: [42] }, () => 'none')])
    .replaceAll('│', ' ')
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));

  expect(lines).toContainEqual(['SENDING']);
  expect(lines).toContainEqual(['fast', '10.0', '10.0 – 10.0']);
  expect(lines).toContainEqual(['slow', '1234', '1234 – 1234', '123 ×', '123 – 123', 'fast']);
  expect(lines).toContainEqual(['alone', '0.50', '0.50 – 0.50']);
  expect(lines).toContainEqual(['LOADING']);
});
