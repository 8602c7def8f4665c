import { expect, test } from '@jest/globals';
import { plotOf } from '../../../../local/bench/growth/plot.ts';

const point = (size: number, median: number) => ({
  size,
  milliseconds: { lower: median * 0.9, median, upper: median * 1.1 },
});
const GROWTH = { title: 'a < b & c', unit: 'records', points: [point(10, 20), point(100, 60), point(1_000, 500)] };

const centres = (svg: string): readonly (readonly number[])[] =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);

test('a plot has a point for each size, from left to right, and higher where it took longer', () => {
  const points = centres(plotOf(GROWTH));

  expect(points).toHaveLength(3);
  expect(points.map(([x]) => x)).toEqual(points.map(([x]) => x).toSorted((a = 0, b = 0) => a - b));
  expect(points.map(([, y]) => y)).toEqual(points.map(([, y]) => y).toSorted((a = 0, b = 0) => b - a));
});

test('equal factors are equally far apart', () => {
  const [first, second, third] = centres(plotOf(GROWTH)).map(([x = 0]) => x);

  expect((second ?? 0) - (first ?? 0)).toBeCloseTo((third ?? 0) - (second ?? 0), 0);
});

test('names what was measured and its sizes, as text', () => {
  const svg = plotOf(GROWTH);

  expect(svg).toContain('>a &lt; b &amp; c</text>');
  expect(svg).toContain('>1,000</text>');
  expect(svg).toContain('>records</text>');
});

test('without points nothing is drawn', () => {
  expect(() => plotOf({ ...GROWTH, points: [] })).toThrow('Nothing was measured for "a < b & c"');
});
