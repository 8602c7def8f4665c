import Table from 'cli-table3';
import { printable } from '../../functions/printable.ts';
import type { Report, ReportedFinding, ReportedPartition } from '../../functions/readiness/report.ts';
import { knownSumOf, totalsOf } from '../../functions/readiness/report-totals.ts';
import { bySeverity, codesOf, topicsOf, worstFirst } from '../../functions/readiness/worst-first.ts';

const stateOf = (findings: readonly ReportedFinding[]): string => codesOf(findings).join(', ') || 'ok';

const count = (number: number | null): string => (number === null ? '?' : String(number));

/** Writes rows in columns, without lines and colours; the columns at the indexes `numbers` are aligned to the right. */
export const render = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): string => {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (numbers.includes(column) ? 'right' : 'left')),
    // Plain lines, and no colours: what is printed can be piped, searched and pasted.
    style: { head: [], border: [], compact: true },
    chars: Object.fromEntries(
      [
        'top',
        'top-mid',
        'top-left',
        'top-right',
        'bottom',
        'bottom-mid',
        'bottom-left',
        'bottom-right',
        'left',
        'left-mid',
        'mid',
        'mid-mid',
        'right',
        'right-mid',
      ]
        .map((part) => [part, ''])
        .concat([['middle', ' ']]),
    ),
  });
  table.push(...rows.map((row) => row.map(printable)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};

const partitionTable = (partitions: readonly ReportedPartition[]): string =>
  render(
    ['FLOW', 'TOPIC', 'PARTITION', 'REPLICATOR', 'MM2', 'TRUE', 'COPIED AGAIN', 'SKIPPED', 'STATE'],
    worstFirst(partitions).map(({ flow, topic, partition, proven, next, prediction, findings }) => {
      const mark = proven ? '' : '~';
      return [
        flow,
        topic,
        String(partition),
        next.replicator ?? '-',
        next.mm2 ?? '-',
        next.true ?? '?',
        `${mark}${count(prediction.copiedAgain)}`,
        `${mark}${count(prediction.skipped)}`,
        stateOf(findings),
      ];
    }),
    [2, 3, 4, 5, 6, 7],
  );

const topicTable = (partitions: readonly ReportedPartition[]): string =>
  render(
    ['FLOW', 'TOPIC', 'PARTITIONS', 'PROVEN', 'COPIED AGAIN', 'SKIPPED', 'STATE'],
    topicsOf(partitions).map(({ flow, topic, partitions: ofTopic }) => {
      const states = Map.groupBy(ofTopic, ({ findings }) => stateOf(findings));
      const mark = ofTopic.every(({ proven }) => proven) ? '' : '~';
      return [
        flow,
        topic,
        String(ofTopic.length),
        String(ofTopic.filter(({ proven }) => proven).length),
        `${mark}${count(knownSumOf(ofTopic.map(({ prediction }) => prediction.copiedAgain)))}`,
        `${mark}${count(knownSumOf(ofTopic.map(({ prediction }) => prediction.skipped)))}`,
        [...states].map(([state, { length }]) => `${length} ${state}`).join('; '),
      ];
    }),
    [2, 3, 4, 5],
  );

/** Findings that are written out; the JSON has all of them. */
const MOST_FINDINGS = 20;

const findingLines = ({ partitions, findings }: Report): readonly string[] => {
  const all = [
    ...findings.map((finding) => ({ finding, where: '' })),
    ...partitions.flatMap(({ topic, partition, findings: ofPartition }) =>
      ofPartition.map((finding) => ({ finding, where: `${topic}-${partition}: ` })),
    ),
  ].toSorted((a, b) => bySeverity(a.finding, b.finding));
  const lines = all
    .slice(0, MOST_FINDINGS)
    .map(({ finding: { code, severity, message, fix }, where }) =>
      printable(`${severity.padEnd(6)} ${code}: ${where}${message}${fix === 'nothing' ? '' : `. To do: ${fix}`}`),
    );
  const left = all.length - lines.length;
  return left > 0 ? [...lines, `and ${left} more, which --json tells`] : lines;
};

const ADVICE = {
  READY: 'MM2 started now goes on at exactly the next record of every partition',
  'NOT YET': 'wait for what is marked "waits"',
  BLOCKED: 'fix what is marked "blocks"',
  'CANNOT TELL': 'nothing is known to be wrong, but it is not proven: see what is marked "unproven"',
} as const;

/** What was counted with `--records all`, as one line; nothing where nothing was. */
const tallyLine = (report: Report): readonly string[] => {
  const totals = totalsOf(report.partitions, report.leftOut);
  if (totals === undefined) {
    return [];
  }
  const { compared, duplicated, lost, uncounted } = totals;
  return [
    `${duplicated} duplicated, ${lost} lost of ${compared} records compared` +
      (uncounted > 0 ? ` (${uncounted} of ${partitionsOf(report)} partitions could not be counted)` : ''),
  ];
};

const partitionsOf = ({ partitions, leftOut }: Report): number => partitions.length + (leftOut?.partitions ?? 0);

/** The verdict and why, in one line. */
export const verdictLine = (report: Report): string => {
  const { verdict, at, copiedAgain, skipped, partitions, leftOut } = report;
  const proven = partitions.filter((partition) => partition.proven).length + (leftOut?.proven ?? 0);
  return (
    `${verdict} at ${at}: ${copiedAgain} copied again, ${skipped} skipped, ${proven} of ${partitionsOf(report)} partitions ` +
    `proven; ${ADVICE[verdict]}`
  );
};

/** What an answer of the function has only counted, as one line. */
const leftOutLine = ({ leftOut }: Report): readonly string[] => {
  if (leftOut === undefined) {
    return [];
  }
  const findings = Object.entries(leftOut.findings).map(([code, times]) => printable(`${times} ${code}`));
  return [
    `not written out: ${leftOut.partitions} partitions, ${leftOut.proven} of them proven; ` +
      (findings.length > 0 ? `findings: ${findings.join(', ')}` : 'no findings'),
  ];
};

/**
 * Writes a report for people: the partitions, the worst first; what there is to know and to do; the verdict in the last
 * line. More partitions than fit are summed up by topic. Numbers that come from offsets alone are marked with `~`.
 *
 * @param rows The lines of the screen.
 */
export const tableOf = (report: Report, rows: number): string => {
  const { partitions } = report;
  const fits = partitions.length <= rows;
  const table = partitions.length === 0 ? [] : [fits ? partitionTable(partitions) : topicTable(partitions), ''];
  const findings = findingLines(report);
  const totals = [...leftOutLine(report), ...tallyLine(report), verdictLine(report)];
  return [...table, ...findings, ...(findings.length > 0 ? [''] : []), ...totals].join('\n');
};
