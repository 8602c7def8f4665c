import type { Severity } from '../../functions/readiness/finding.ts';
import type { ReportedFinding } from '../../functions/readiness/report.ts';
import { bySeverity } from '../../functions/readiness/worst-first.ts';
import { html, type Markup, plain } from './markup.ts';
import { partitionRanges } from './partition-ranges.ts';

/** A finding, and the partition that it is of; none where it is of a flow, a topic or a configuration. */
export interface PlacedFinding {
  readonly finding: ReportedFinding;
  readonly partition?: number;
}

/** A severity as a word in its colour; `ok` where there is nothing to say. */
export const severityTag = (severity: Severity | undefined): Markup =>
  html`<span class="tag ${severity ?? 'ok'}">${severity ?? 'ok'}</span>`;

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => readonly unknown[]): readonly (readonly T[])[] => [
  ...Map.groupBy(items, (item) => JSON.stringify(keyOf(item))).values(),
];

const whereOf = (placed: readonly PlacedFinding[]): string | undefined => {
  const partitions = placed.flatMap(({ partition }) => (partition === undefined ? [] : [partition]));
  return partitions.length === 0 ? undefined : partitionRanges(partitions);
};

const lineOf = ({ line }: ReportedFinding): Markup | undefined => {
  if (line === undefined) {
    return undefined;
  }
  const { file, number, text } = line;
  const place = number === undefined ? html`` : html`, line ${number}`;
  return html`<p class="fix"><b>In <bdi class="name">${file}</bdi>${place}, write:</b> <code>${text}</code></p>`;
};

/** One message, and the partitions that have it. */
const messageOf = (same: readonly PlacedFinding[]): Markup | undefined => {
  const [first] = same;
  if (first === undefined) {
    return undefined;
  }
  const where = whereOf(same);
  const { message } = first.finding;
  return where === undefined
    ? html`<li>${plain(message)}${lineOf(first.finding)}</li>`
    : html`<li><b>${where}:</b> ${message}${lineOf(first.finding)}</li>`;
};

const groupOf = (group: readonly PlacedFinding[]): Markup | undefined => {
  const [first] = group;
  if (first === undefined) {
    return undefined;
  }
  const { severity, code, fix } = first.finding;
  const messages = groupBy(group, ({ finding: { message, line } }) => [message, line]);
  const toDo = fix === 'nothing' ? undefined : html`<p class="fix"><b>To do:</b> ${fix}</p>`;
  return html`<section class="finding ${severity}">
<p class="what">${severityTag(severity)} <code>${code}</code></p>
<ul>${messages.map(messageOf)}</ul>${toDo}
</section>
`;
};

/**
 * Findings, the worst first. What is the same of several partitions is said once: findings of a code with the same fix
 * stand together, and so do partitions with the same message.
 */
export const findingGroups = (findings: readonly PlacedFinding[]): Markup => {
  const groups = groupBy(
    findings.toSorted((a, b) => bySeverity(a.finding, b.finding)),
    ({ finding: { severity, code, fix } }) => [severity, code, fix],
  );
  return html`${groups.map(groupOf)}`;
};
