import Table from 'cli-table3';
import { ratioOf, type Spread, spreadOf } from './measure.ts';

/** What a comparison should come to. */
export interface Goal {
  readonly kind: 'at-least' | 'at-most';
  readonly times: number;
}

/** Something, held against something else that was measured in the same rounds. */
export interface Comparison {
  readonly what: string;
  readonly against: string;
  readonly unit: 'ms' | 'records/s' | 'MB' | 'kB';
  readonly rounds: number;
  readonly ours: Spread;
  readonly theirs: Spread;
  readonly ratio: Spread;
  readonly goal?: Goal;
}

/** What a comparison is made of: the numbers of every round, in its unit. */
export type Numbers = Pick<Comparison, 'what' | 'against' | 'unit' | 'goal'> & {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
};

/** Compares the numbers of the same rounds. @throws Error when there are none, or not as many of both */
export const comparisonOf = ({ ours, theirs, ...named }: Numbers): Comparison => ({
  ...named,
  rounds: ours.length,
  ours: spreadOf(ours),
  theirs: spreadOf(theirs),
  ratio: ratioOf(ours, theirs),
});

export const atLeast = (times: number): Goal => ({ kind: 'at-least', times });
export const atMost = (times: number): Goal => ({ kind: 'at-most', times });

/** Records per second, from the milliseconds that so many of them took. */
export const ratesOf = (milliseconds: readonly number[], records: number): readonly number[] =>
  milliseconds.map((time) => (records * 1_000) / time);

/** Whether the median reached the goal; `undefined` where there is none. */
export const isReached = ({ goal, ratio }: Pick<Comparison, 'goal' | 'ratio'>): boolean | undefined =>
  goal && (goal.kind === 'at-least' ? ratio.median >= goal.times : ratio.median <= goal.times);

/** Three significant digits, but no digit less before the point. */
const short = (number: number): string => {
  const digits = Math.max(0, Math.min(2, 2 - Math.floor(Math.log10(number || 1))));
  return number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

const range = ({ lower, upper }: Spread): string => `${short(lower)} – ${short(upper)}`;

const goalOf = (comparison: Comparison): string => {
  const { goal } = comparison;
  if (goal === undefined) {
    return '';
  }
  const sign = goal.kind === 'at-least' ? '≥' : '≤';
  return `${sign} ${goal.times.toLocaleString('en')} × ${isReached(comparison) ? '✓' : '✗'}`;
};

/** Shows comparisons to people, a line each. */
export const tableOf = (comparisons: readonly Comparison[]): string => {
  const table = new Table({
    head: ['', 'against', '', 'ours', 'theirs', 'ratio', 'middle half', 'goal'],
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const line of comparisons) {
    const { what, against, unit, ours, theirs, ratio } = line;
    const numbers = [short(ours.median), short(theirs.median), `${short(ratio.median)} ×`, range(ratio)];
    table.push([what, against, unit, ...numbers, goalOf(line)]);
  }
  return table.toString();
};
