import type { Severity } from '../../functions/readiness/finding.ts';
import type { Report } from '../../functions/readiness/report.ts';
import { severityTag } from './finding-groups.ts';
import { html, type Markup } from './markup.ts';
import { meaningOf } from './meanings.ts';

const SEVERITIES: readonly (readonly [Severity | undefined, string])[] = [
  ['blocks', 'forbids the cutover until it is fixed'],
  ['waits', 'is over by itself after a while'],
  ['warns', 'may surprise; it does not forbid the cutover, but what could not be told keeps it from being proven'],
  ['notes', 'is only worth knowing'],
  [undefined, 'nothing was found'],
];

const COLUMNS: readonly (readonly [string, string])[] = [
  ['Copied again', 'how many records MM2, started now, would copy a second time'],
  ['Skipped', 'how many it would never copy'],
  ['Replicator', 'the source offset after the last one that Replicator has stored'],
  ['MM2', "the one after the last that MM2's offsets topic holds, read as MM2 reads it"],
  ['True', 'the one after the last source record whose copy stands in the target, from the records themselves'],
  ['Starts at', 'where MM2 begins if it is started now'],
  ['Source log', "the source partition's first offset, and the one after its last"],
  ['Compared', 'how many source records were looked for in the target'],
];

const COUNTED: readonly (readonly [string, string])[] = [
  ['Duplicated', 'copies beyond the first'],
  ['Lost', 'source records without a copy'],
];

const MARKS: readonly (readonly [string, string])[] = [
  ['~', 'the number comes from offsets alone, and is not proven'],
  ['?', 'nobody knows'],
  ['–', 'nothing usable is stored; under “Starts at”, that its task dies of what is stored, or that it is not known'],
  ["'", 'stands before a name or a message that a spreadsheet would take for a formula, and does not belong to it'],
];

const entry = (term: Markup | string, meaning: string): Markup => html`<div><dt>${term}</dt><dd>${meaning}</dd></div>
`;

const entries = (list: readonly (readonly [string, string])[]): readonly Markup[] =>
  list.map(([term, meaning]) => entry(term, meaning));

const codesIn = ({ partitions, findings }: Report): readonly string[] =>
  [...new Set([...findings, ...partitions.flatMap((partition) => partition.findings)].map(({ code }) => code))].sort();

/** What the page's words and marks mean; of the codes, those that it has. */
export const legendOf = (report: Report, isCounted: boolean): Markup => {
  const codes = codesIn(report).flatMap((code) => {
    const meaning = meaningOf(code);
    return meaning === undefined ? [] : [entry(html`<code>${code}</code>`, meaning)];
  });
  return html`<section id="legend" class="legend">
<h2>Legend</h2>
<h3>States</h3>
<dl>
${SEVERITIES.map(([severity, meaning]) => entry(severityTag(severity), meaning))}</dl>
<h3>Columns of partitions</h3>
<dl>
${entries(isCounted ? [...COLUMNS, ...COUNTED] : COLUMNS)}</dl>
<h3>Marks</h3>
<dl>
${entries(MARKS)}</dl>
${codes.length === 0 ? undefined : html`<h3>Codes on this page</h3>\n<dl>\n${codes}</dl>\n`}</section>
`;
};
