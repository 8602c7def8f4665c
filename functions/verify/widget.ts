import { htmlEscape } from 'escape-goat';
import { printable } from '../printable.ts';
import type { Report, ReportedFinding, ReportedPartition } from '../readiness/report.ts';
import type { Verdict } from '../readiness/verdict.ts';
import { bySeverity, codesOf, worstFirst } from '../readiness/worst-first.ts';

/*
 * The HTML of a CloudWatch custom widget. CloudWatch takes scripts, iframes and the like out of it, and gives tables the
 * dashboard's own style, light or dark (Amazon CloudWatch User Guide, "Details about custom widgets", "Security and
 * JavaScript"). It documents no limit of size; a dashboard that loads quickly is the limit here.
 */

/** Bytes of a widget, at most. */
export const WIDGET_BYTES = 64 * 1024;
const MOST_PARTITIONS = 50;
const MOST_FINDINGS = 20;
/** Characters of one text: a message can hold a key of any length. */
const MOST_CHARACTERS = 600;

/** What the widget's editor shows. */
export const DESCRIPTION = `## What would MirrorMaker 2 do if it were started now?

Looks at the offsets of Replicator and MM2, and where the function knows the source cluster, compares the records
themselves. It only reads.

### Parameters
| parameter | default | meaning |
| --- | --- | --- |
| **records** | 1000 | how many source records before the boundary of each partition are compared; 0 compares none |

\`\`\` yaml
records: 100
\`\`\`
`;

/** White text is readable on each of these, whatever the dashboard's own background. */
const COLOURS: Readonly<Record<Verdict, string>> = {
  READY: '#1d6e07',
  'NOT YET': '#8a5a00',
  BLOCKED: '#b0180a',
  'CANNOT TELL': '#4a5568',
};

const ADVICE: Readonly<Record<Verdict, string>> = {
  READY: 'MM2 started now goes on at exactly the next record of every partition.',
  'NOT YET': 'Wait for what is marked “waits”.',
  BLOCKED: 'Fix what is marked “blocks”.',
  'CANNOT TELL': 'Nothing is known to be wrong, but it is not proven.',
};

const shown = (text: string): string => {
  const safe = printable(text);
  return safe.length > MOST_CHARACTERS ? `${safe.slice(0, MOST_CHARACTERS)}…` : safe;
};

const count = (proven: boolean, number: number | null): string =>
  number === null ? '?' : `${proven ? '' : '~'}${number}`;

const badge = (text: string, colour: string): string =>
  htmlEscape`<strong style="background:${colour};color:#fff;padding:2px 8px;border-radius:4px">${text}</strong>`;

const partitionRow = ({ flow, topic, partition, proven, next, prediction, findings }: ReportedPartition): string => {
  const codes = codesOf(findings).join(', ') || 'ok';
  const numbers = [
    `${partition}`,
    next.replicator ?? '-',
    next.mm2 ?? '-',
    next.true ?? '?',
    count(proven, prediction.copiedAgain),
    count(proven, prediction.skipped),
  ].map((text) => htmlEscape`<td style="text-align:right">${text}</td>`);
  return (
    htmlEscape`<tr><td>${shown(flow)}</td><td>${shown(topic)}</td>` +
    `${numbers.join('')}${htmlEscape`<td>${codes}</td>`}</tr>`
  );
};

const findingRow = ({ where, finding }: { readonly where: string; readonly finding: ReportedFinding }): string =>
  htmlEscape`<tr><td>${finding.severity}</td><td>${finding.code}</td><td>${shown(where + finding.message)}</td><td>${
    finding.fix === 'nothing' ? '' : shown(finding.fix)
  }</td></tr>`;

/** As many of some rows as have room. */
const rowsWithin = (rows: Iterable<string>, room: number): readonly string[] => {
  const taken: string[] = [];
  let left = room;
  for (const row of rows) {
    left -= Buffer.byteLength(row);
    if (left < 0) {
      break;
    }
    taken.push(row);
  }
  return taken;
};

const table = (head: readonly string[], rows: readonly string[], left: number, of: string): string => {
  if (rows.length === 0 && left === 0) {
    return '';
  }
  const headings = head.map((heading) => htmlEscape`<th>${heading}</th>`).join('');
  const more = left > 0 ? `<p>and ${left} more ${of}: <code>npx mm2-migration verify --function</code></p>` : '';
  return `<table style="width:100%"><tr>${headings}</tr>${rows.join('')}</table>${more}`;
};

/** Draws a report: the verdict, what there is to know and to do, the partitions, the worst first of each. */
export const widgetOf = (report: Report): string => {
  const { verdict, at, copiedAgain, skipped, partitions, leftOut } = report;
  const all = partitions.length + (leftOut?.partitions ?? 0);
  const proven = partitions.filter((one) => one.proven).length + (leftOut?.proven ?? 0);
  const findings = [
    ...report.findings.map((finding) => ({ where: '', finding })),
    ...partitions.flatMap(({ topic, partition, findings: own }) =>
      own.map((finding) => ({ where: `${topic}-${partition}: `, finding })),
    ),
  ].toSorted((a, b) => bySeverity(a.finding, b.finding));
  const findingRows = rowsWithin(findings.slice(0, MOST_FINDINGS).map(findingRow), WIDGET_BYTES / 2);
  const partitionRows = rowsWithin(
    worstFirst(partitions).slice(0, MOST_PARTITIONS).map(partitionRow),
    WIDGET_BYTES / 3,
  );
  return [
    `<p>${badge(verdict, COLOURS[verdict])} ${htmlEscape`${ADVICE[verdict]}`}</p>`,
    htmlEscape`<p>${copiedAgain} copied again, ${skipped} skipped; ${proven} of ${all} partitions proven; at ${at}</p>`,
    table(['Severity', 'Code', 'Finding', 'To do'], findingRows, findings.length - findingRows.length, 'findings'),
    table(
      ['Flow', 'Topic', 'Partition', 'Replicator', 'MM2', 'True', 'Copied again', 'Skipped', 'State'],
      partitionRows,
      all - partitionRows.length,
      'partitions',
    ),
  ].join('\n');
};

/** Draws what kept the function from looking. There is no verdict then. */
export const troubleWidget = (message: string): string =>
  `<p>${badge('NO ANSWER', COLOURS.BLOCKED)} ${htmlEscape`${shown(message)}`}</p>`;
