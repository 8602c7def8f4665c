import { describe, expect, test } from '@jest/globals';
import { parseOptions } from '../../../local/chaos/options.ts';

test('ten rounds on one broker are played unless something else is asked for', () => {
  expect(parseOptions(['--seed', '7'])).toEqual({
    seed: 7,
    rounds: 10,
    path: '0',
    shrink: false,
    without: ['leaders-moved'],
    withoutGuard: false,
    brokers: 1,
    planOnly: false,
  });
});

test('a path alone plays one round', () => {
  expect(parseOptions(['--path', '3:0:1'])).toMatchObject({ path: '3:0:1', rounds: 1 });
  expect(parseOptions(['--path', '3', '--rounds', '2'])).toMatchObject({ path: '3', rounds: 2 });
});

test('kinds are left out', () => {
  expect(parseOptions(['--brokers', '3', '--without', 'handed-back'])).toMatchObject({
    brokers: 3,
    without: ['handed-back'],
  });
});

describe('what cannot be is refused, with what to give', () => {
  test.each([
    [['--rounds', 'ten'], '--rounds is "ten"; give a whole number from 1 on'],
    [['--seed', '1.5e3'], '--seed is "1.5e3"; give a whole number from 0 on'],
    [['--path', '3:'], '--path is "3:"; give what a failed round printed, such as 3 or 3:0:1'],
    [['--brokers', '2'], '--brokers is "2"; give 1 or 3'],
    [['--without', 'rain'], '--without is "rain"; give one of header-null'],
  ])('%j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
