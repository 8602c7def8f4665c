import Table from 'cli-table3';
import type { Finding, Severity } from '../../functions/readiness/finding.ts';
import type { Report, ReportedFinding, ReportedPartition } from '../../functions/readiness/report.ts';
import { printable } from '../printable.ts';

const RANKS: Readonly<Record<Severity, number>> = { blocks: 0, waits: 1, warns: 2, notes: 3 };
const CALM = 4;

const rankOf = (findings: readonly Pick<Finding, 'severity'>[]): number =>
  Math.min(CALM, ...findings.map(({ severity }) => RANKS[severity]));

/** Codes, the worst first, each once. */
const codesOf = (findings: readonly ReportedFinding[]): string => {
  const worstFirst = findings.toSorted((a, b) => RANKS[a.severity] - RANKS[b.severity]);
  return [...new Set(worstFirst.map(({ code }) => code))].join(', ') || 'ok';
};

const weightOf = ({ prediction, findings }: ReportedPartition): readonly number[] => [
  rankOf(findings),
  -((prediction.copiedAgain ?? 0) + (prediction.skipped ?? 0)),
];

const worstFirst = (partitions: readonly ReportedPartition[]): readonly ReportedPartition[] =>
  partitions.toSorted((a, b) => {
    const [rankA = 0, recordsA = 0] = weightOf(a);
    const [rankB = 0, recordsB = 0] = weightOf(b);
    return rankA - rankB || recordsA - recordsB;
  });

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
        codesOf(findings),
      ];
    }),
    [2, 3, 4, 5, 6, 7],
  );

const sum = (numbers: readonly (number | null)[]): number => numbers.reduce<number>((all, one) => all + (one ?? 0), 0);

const topicTable = (partitions: readonly ReportedPartition[]): string => {
  const topics = [...Map.groupBy(worstFirst(partitions), ({ flow, topic }) => JSON.stringify([flow, topic])).values()];
  return render(
    ['FLOW', 'TOPIC', 'PARTITIONS', 'PROVEN', 'COPIED AGAIN', 'SKIPPED', 'STATE'],
    topics.map((ofTopic) => {
      const states = Map.groupBy(ofTopic, ({ findings }) => codesOf(findings));
      const mark = ofTopic.every(({ proven }) => proven) ? '' : '~';
      return [
        ofTopic[0]?.flow ?? '',
        ofTopic[0]?.topic ?? '',
        String(ofTopic.length),
        String(ofTopic.filter(({ proven }) => proven).length),
        `${mark}${sum(ofTopic.map(({ prediction }) => prediction.copiedAgain))}`,
        `${mark}${sum(ofTopic.map(({ prediction }) => prediction.skipped))}`,
        [...states].map(([state, { length }]) => `${length} ${state}`).join('; '),
      ];
    }),
    [2, 3, 4, 5],
  );
};

/** Findings that are written out; the JSON has all of them. */
const MOST_FINDINGS = 20;

const findingLines = ({ partitions, findings }: Report): readonly string[] => {
  const all = [
    ...findings.map((finding) => ({ finding, where: '' })),
    ...partitions.flatMap(({ topic, partition, findings: ofPartition }) =>
      ofPartition.map((finding) => ({ finding, where: `${topic}-${partition}: ` })),
    ),
  ].toSorted((a, b) => RANKS[a.finding.severity] - RANKS[b.finding.severity]);
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
const tallyLine = ({ partitions }: Report): readonly string[] => {
  const counted = partitions.flatMap(({ evidence: { compared, duplicated, lost } }) =>
    duplicated === undefined || lost === undefined ? [] : [{ compared, duplicated, lost }],
  );
  if (counted.length === 0) {
    return [];
  }
  const uncounted = partitions.length - counted.length;
  return [
    `${sum(counted.map(({ duplicated }) => duplicated))} duplicated, ${sum(counted.map(({ lost }) => lost))} lost of ` +
      `${sum(counted.map(({ compared }) => compared))} records compared` +
      (uncounted > 0 ? ` (${uncounted} of ${partitions.length} partitions could not be counted)` : ''),
  ];
};

/** The verdict and why, in one line. */
export const verdictLine = ({ verdict, at, copiedAgain, skipped, partitions }: Report): string => {
  const proven = partitions.filter((partition) => partition.proven).length;
  return (
    `${verdict} at ${at}: ${copiedAgain} copied again, ${skipped} skipped, ${proven} of ${partitions.length} partitions ` +
    `proven; ${ADVICE[verdict]}`
  );
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
  return [...table, ...findings, ...(findings.length > 0 ? [''] : []), ...tallyLine(report), verdictLine(report)].join(
    '\n',
  );
};
