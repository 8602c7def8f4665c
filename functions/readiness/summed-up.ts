import type { LeftOut, Report, ReportedFinding, ReportedPartition } from './report.ts';
import { totalsOf } from './report-totals.ts';
import { bySeverity, worstFirst } from './worst-first.ts';

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));

/** The first of some values that have room, and the others. */
const split = <T extends object>(values: readonly T[], room: number): readonly [readonly T[], readonly T[]] => {
  let left = room;
  // A comma stands between two values.
  const end = values.findIndex((value) => {
    left -= bytesOf(value) + 1;
    return left < 0;
  });
  return end < 0 ? [values, []] : [values.slice(0, end), values.slice(end)];
};

const leftOutOf = (partitions: readonly ReportedPartition[], findings: readonly ReportedFinding[]): LeftOut => {
  const all = [...findings, ...partitions.flatMap((partition) => partition.findings)];
  const codes = Map.groupBy(all.toSorted(bySeverity), ({ code }) => code);
  const tally = totalsOf(partitions);
  return {
    partitions: partitions.length,
    proven: partitions.filter(({ proven }) => proven).length,
    findings: Object.fromEntries([...codes].map(([code, { length }]) => [code, length])),
    ...(tally && { tally }),
  };
};

/** Bytes for the rest of the report, the counts by code above all: there are some 100 codes. */
const REST = 8_192;

/**
 * Makes a report fit into so many bytes of JSON: findings of the flows come first, then partitions, each the worst first;
 * what has no room is counted. Verdict and totals stay those of everything. A report that fits stays as it is.
 */
export const summedUp = (report: Report, bytes: number): Report => {
  if (bytesOf(report) <= bytes) {
    return report;
  }
  const room = Math.max(0, bytes - REST);
  // Half of it at most, so that partitions are seen as well.
  const [findings, otherFindings] = split(report.findings.toSorted(bySeverity), room / 2);
  const [partitions, otherPartitions] = split(worstFirst(report.partitions), room - bytesOf(findings));
  return { ...report, partitions, findings, leftOut: leftOutOf(otherPartitions, otherFindings) };
};
