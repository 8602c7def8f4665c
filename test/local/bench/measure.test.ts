import { describe, expect, test } from '@jest/globals';
import { interleave, ratioOf, spreadOf } from '../../../local/bench/measure.ts';

describe('interleaving', () => {
  const contestants = (order: string[], times: Readonly<Record<string, number[]>>) =>
    Object.fromEntries(
      Object.entries(times).map(([name, ofName]) => [
        name,
        async () => {
          order.push(name);
          return ofName.shift() ?? Number.NaN;
        },
      ]),
    );

  test('runs every contestant once a round, each round beginning with another one', async () => {
    const order: string[] = [];
    const rounds: number[] = [];

    await interleave(contestants(order, { a: [], b: [], c: [] }), 3, (round) => rounds.push(round));

    expect(order.join('')).toBe('abcbcacababc');
    expect(rounds).toEqual([0, 1, 2, 3]);
  });

  test('keeps what each round took, in order, without the one that warms up', async () => {
    const samples = await interleave(contestants([], { a: [100, 1, 2], b: [200, 3, 4] }), 2);

    expect(samples).toEqual({ a: [1, 2], b: [3, 4] });
  });

  test('fails when a contestant fails', async () => {
    const failing = { a: () => Promise.reject(new Error('the broker is gone')) };

    await expect(interleave(failing, 1)).rejects.toThrow('the broker is gone');
  });
});

describe('a spread', () => {
  test('has the median and the quartiles, whatever the order', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ lower: 2, median: 3, upper: 4 });
  });

  test('lies between two numbers in proportion', () => {
    expect(spreadOf([4, 1, 2, 3])).toEqual({ lower: 1.75, median: 2.5, upper: 3.25 });
  });

  test('compares numbers by their size, not as text', () => {
    expect(spreadOf([9, 10, 100]).median).toBe(10);
  });

  test('of one number is that number', () => {
    expect(spreadOf([7])).toEqual({ lower: 7, median: 7, upper: 7 });
  });

  test('of nothing is refused', () => {
    expect(() => spreadOf([])).toThrow('measure first');
  });
});

describe('a ratio', () => {
  test('is taken within each round, so that a slow moment of the machine drops out', () => {
    expect(ratioOf([20, 2_000, 22], [10, 1_000, 11])).toEqual({ lower: 2, median: 2, upper: 2 });
  });

  test('needs the same rounds on both sides', () => {
    expect(() => ratioOf([1, 2], [1])).toThrow('2 rounds cannot be compared with 1');
  });
});
