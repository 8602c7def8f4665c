import type { LeftOut, ReportedPartition } from './report.ts';

/** Adds up the numbers that are known. */
export const sumOf = (numbers: readonly (number | null | undefined)[]): number =>
  numbers.reduce<number>((all, one) => all + (one ?? 0), 0);

/** The same, and `null` where none of them is known: nobody knows a sum of nothing known. */
export const knownSumOf = (numbers: readonly (number | null)[]): number | null =>
  numbers.length > 0 && numbers.every((number) => number === null) ? null : sumOf(numbers);

/** What `--records all` counted, over all partitions. */
export interface Totals {
  readonly compared: number;
  readonly duplicated: number;
  readonly lost: number;
  /** Partitions that could not be counted. */
  readonly uncounted: number;
}

/**
 * Adds up what was counted; `undefined` where nothing was.
 *
 * @param leftOut What a report that was summed up has only counted.
 */
export const totalsOf = (partitions: readonly ReportedPartition[], leftOut?: LeftOut): Totals | undefined => {
  const counted = partitions
    .map(({ evidence }) => evidence)
    .filter(({ duplicated, lost }) => duplicated !== undefined && lost !== undefined);
  const all = leftOut?.tally ? [...counted, leftOut.tally] : counted;
  return all.length === 0
    ? undefined
    : {
        compared: sumOf(all.map(({ compared }) => compared)),
        duplicated: sumOf(all.map(({ duplicated }) => duplicated)),
        lost: sumOf(all.map(({ lost }) => lost)),
        uncounted: partitions.length - counted.length + (leftOut?.tally?.uncounted ?? leftOut?.partitions ?? 0),
      };
};
