import { expect, test } from '@jest/globals';
import { createRandom } from '../../../local/chaos/random.ts';

test('the choices of a seed repeat, and differ from those of another seed', () => {
  const choices = (seed: string) => {
    const random = createRandom(seed);
    return Array.from({ length: 50 }, () => random.between(0, 1_000));
  };

  expect(choices('1/1')).toEqual(choices('1/1'));
  expect(choices('1/1')).not.toEqual(choices('1/2'));
});

test('a whole number lies between its bounds, and reaches both', () => {
  const random = createRandom('bounds');
  const numbers = new Set(Array.from({ length: 200 }, () => random.between(2, 5)));

  expect([...numbers].sort()).toEqual([2, 3, 4, 5]);
});

test('what has no weight is never chosen, and the heavier comes more often', () => {
  const random = createRandom('weights');
  const chosen = Array.from({ length: 1_000 }, () => random.weighted({ never: 0, seldom: 1, often: 9 }));
  const times = (name: string) => chosen.filter((one) => one === name).length;

  expect(times('never')).toBe(0);
  expect(times('seldom')).toBeGreaterThan(50);
  expect(times('often')).toBeGreaterThan(800);
});

test('a pick from nothing is an error', () => {
  expect(() => createRandom('nothing').pick([])).toThrow('nothing to pick from');
});
