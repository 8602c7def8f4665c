import { scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { Spread } from '../measure.ts';

/** What was measured for one size. */
export interface Point {
  readonly size: number;
  readonly milliseconds: Spread;
}

/** How something grows. */
export interface Growth {
  readonly title: string;
  /** What the size counts. */
  readonly unit: string;
  readonly points: readonly Point[];
}

const WIDTH = 640;
const HEIGHT = 400;
const MARGIN = { top: 60, right: 36, bottom: 52, left: 72 };
const INK = '#333';
const COLOUR = '#1f6feb';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const text = (x: number, y: number, anchor: string, content: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" ${more}>${escaped(content)}</text>`;

const duration = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toLocaleString('en')} s`;

/**
 * Draws growth as SVG, on logarithmic axes: medians with the range of their middle half, and a dashed line of what is
 * proportional to the size, through the largest one.
 *
 * @throws Error without points
 */
export const plotOf = ({ title, unit, points }: Growth): string => {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) {
    throw new Error(`Nothing was measured for "${title}": there is nothing to draw`);
  }
  const times = points.flatMap(({ milliseconds: { lower, upper } }) => [lower, upper]);
  const x = scaleLog([first.size, last.size], [MARGIN.left, WIDTH - MARGIN.right]);
  const y = scaleLog([Math.min(...times), Math.max(...times)], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice();
  const [lowest = 1] = y.domain();

  const median = line<Point>(
    ({ size }) => x(size),
    ({ milliseconds }) => y(milliseconds.median),
  )([...points]);
  const middle = area<Point>(
    ({ size }) => x(size),
    ({ milliseconds }) => y(milliseconds.lower),
    ({ milliseconds }) => y(milliseconds.upper),
  )([...points]);
  const perOne = last.milliseconds.median / last.size;
  const from = Math.max(first.size, lowest / perOne);
  const proportional = `M${x(from)},${y(perOne * from)}L${x(last.size)},${y(last.milliseconds.median)}`;

  const isPowerOfTen = (tick: number): boolean => Number.isInteger(Math.log10(tick));
  const rows = y.ticks().filter(isPowerOfTen);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="${INK}">`,
    `<title>${escaped(title)}: time by ${escaped(unit)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(MARGIN.left, 26, 'start', title, 'font-size="15" font-weight="bold"'),
    ...rows.map(
      (tick) =>
        `<path d="M${MARGIN.left},${y(tick).toFixed(1)}H${WIDTH - MARGIN.right}" stroke="#ddd"/>${text(MARGIN.left - 8, y(tick) + 4, 'end', duration(tick))}`,
    ),
    ...points.map(({ size }) => text(x(size), HEIGHT - MARGIN.bottom + 20, 'middle', size.toLocaleString('en'))),
    text((MARGIN.left + WIDTH - MARGIN.right) / 2, HEIGHT - 12, 'middle', unit),
    `<path d="M${MARGIN.left},${HEIGHT - MARGIN.bottom}H${WIDTH - MARGIN.right}" stroke="${INK}"/>`,
    `<path d="${proportional}" fill="none" stroke="#888" stroke-dasharray="5 4"/>`,
    `<path d="${middle}" fill="${COLOUR}" fill-opacity="0.2"/>`,
    `<path d="${median}" fill="none" stroke="${COLOUR}" stroke-width="2"/>`,
    ...points.map(
      ({ size, milliseconds }) =>
        `<circle cx="${x(size).toFixed(1)}" cy="${y(milliseconds.median).toFixed(1)}" r="3.5" fill="${COLOUR}"/>`,
    ),
    text(
      MARGIN.left,
      44,
      'start',
      'median and middle half of the rounds; dashed: proportional to the size',
      'fill="#666"',
    ),
    '</svg>',
    '',
  ].join('\n');
};
