import { digits } from '../html/digits.ts';
import { html, type Markup, plain } from '../html/markup.ts';
import { pageOf } from '../html/page.ts';
import { reportSections } from '../html/report-page.ts';
import type { CutoverReport, ReportedTakeover } from './report.ts';

const MEANINGS: Readonly<Record<ReportedTakeover['copy'], string>> = {
  right: 'went on at exactly the next record',
  'no-traffic': 'had nothing to copy yet',
  'not-yet': 'has not copied yet',
  repeated: 'copied records again',
  skipped: 'skipped records',
  'something-else': 'copied something else',
  'cannot-tell': 'cannot be told',
};

const rowOf = (one: ReportedTakeover): Markup =>
  html`<tr><th scope="row"><bdi class="name">${plain(one.topic)}</bdi></th><td>${digits(one.partition)}</td><td>${MEANINGS[one.copy]}</td><td>${digits(one.resumedAt)}</td><td>${one.repairedFrom === null ? '–' : digits(one.repairedFrom)}</td><td>${one.firstCopied === null ? '–' : digits(one.firstCopied)}</td><td>${digits(one.compared)}</td><td>${digits(one.duplicated)}</td><td>${digits(one.lost)}</td></tr>
`;

const changesOf = ({ changed }: CutoverReport): Markup =>
  changed.length === 0
    ? html`<p>Nothing was changed in this run of the command.</p>
`
    : html`<ul>${changed.map((change) => html`<li>${plain(change)}</li>`)}</ul>
`;

/**
 * Writes the report of a cutover as a page to keep: what was counted, where MM2 went on in every partition, what was
 * changed, and what was proven before.
 *
 * @returns an HTML document that stands alone
 */
export const cutoverPage = (report: CutoverReport): string => {
  const { at, compared, duplicated, lost, partitions, proof } = report;
  const isRight = partitions.every(({ copy }) => copy === 'right' || copy === 'no-traffic');
  const isClean = duplicated === 0 && lost === 0;
  const counts = html`${digits(duplicated)} duplicated, ${digits(lost)} lost of ${digits(compared)} records compared`;
  return pageOf({
    title: `Cutover of ${at}: ${duplicated} duplicated, ${lost} lost of ${compared} records compared`,
    body: html`<header class="verdict ${isClean ? 'ok' : 'warns'}">
<p class="of">Migration from Replicator to MirrorMaker 2: cutover</p>
<h1><span class="sign" aria-hidden="true">${isClean ? '✓' : '?'}</span> ${counts}</h1>
<p class="meaning">${
      isRight
        ? 'MM2 has taken over, and its first copy in every partition with traffic is the true next record.'
        : 'Not every partition was taken over at the true next record: see below.'
    }</p>
<p class="at">Read at <time datetime="${at}">${at}</time></p>
</header>
<main>
<section id="takeover">
<h2>Where MM2 went on</h2>
<div class="scroll" role="region" tabindex="0" aria-label="Where MM2 went on"><table class="of-topics">
<thead><tr><th scope="col">Topic</th><th scope="col">Partition</th><th scope="col">MM2</th><th scope="col">Had to go on at</th><th scope="col">Repaired, was</th><th scope="col">First copied</th><th scope="col">Compared</th><th scope="col">Duplicated</th><th scope="col">Lost</th></tr></thead>
<tbody>
${partitions.map(rowOf)}</tbody></table></div>
</section>
<section id="changed">
<h2>What was changed</h2>
${changesOf(report)}</section>
${
  proof === null
    ? html`<p>MM2 had been started before this run of the command, so no proof of the time before is kept here.</p>
`
    : html`<h2>What was proven before MM2 was started</h2>
${reportSections(proof)}`
}</main>`,
  });
};
