import type { Report } from '../../functions/readiness/report.ts';
import { sumOf, totalsOf } from '../../functions/readiness/report-totals.ts';
import type { Verdict } from '../../functions/readiness/verdict.ts';
import { bySeverity, topicsOf } from '../../functions/readiness/worst-first.ts';
import { digits } from './digits.ts';
import { findingGroups, severityTag } from './finding-groups.ts';
import { legendOf } from './legend.ts';
import { html, type Markup, plain } from './markup.ts';
import { meaningOf } from './meanings.ts';
import { pageOf } from './page.ts';
import { isSingle, type PlacedTopic, singlePartitions, topicDetails } from './topic-details.ts';

interface Advice {
  readonly sign: string;
  readonly style: 'ok' | 'waits' | 'blocks' | 'warns';
  readonly meaning: string;
  readonly toDo: string;
}

const ADVICE: Readonly<Record<Verdict, Advice>> = {
  READY: {
    sign: '✓',
    style: 'ok',
    meaning: 'MM2 started now goes on at exactly the next record of every partition, and the records prove it.',
    toDo: 'start MM2 soon. A proof is of a moment: stop Replicator first, and verify once more right before MM2 starts.',
  },
  'NOT YET': {
    sign: '…',
    style: 'waits',
    meaning: 'Something is missing that comes by itself.',
    toDo: 'wait for what is marked “waits”, and verify again; with --watch it is looked at until it is READY.',
  },
  BLOCKED: {
    sign: '✕',
    style: 'blocks',
    meaning: 'Something has to be fixed before MM2 is started.',
    toDo: 'fix what is marked “blocks”, and verify again.',
  },
  'CANNOT TELL': {
    sign: '?',
    style: 'warns',
    meaning: 'Nothing is known to be wrong, and it is not proven either.',
    toDo: 'see what is marked “unproven”, and codes that end in “-unknown” and are marked “warns”.',
  },
};

/** `2026-11-24 09:00:00 UTC` */
const readable = (at: string): string => at.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');

/** The verdict as the page's head: what it is, what it means, what to do, and of which moment it is. */
export const verdictBanner = ({ verdict, at }: Report): Markup => {
  const { sign, style, meaning, toDo } = ADVICE[verdict];
  return html`<header class="verdict ${style}">
<p class="of">Migration from Replicator to MirrorMaker 2: verify</p>
<h1><span class="sign" aria-hidden="true">${sign}</span> ${verdict}</h1>
<p class="meaning">${meaning}</p>
<p><b>To do:</b> ${toDo}</p>
<p class="at">Read at <time datetime="${at}">${readable(at)}</time></p>
</header>
`;
};

const counted = (number: number, one: string, many = `${one}s`): Markup =>
  html`${digits(number)} ${number === 1 ? one : many}`;

const total = (label: string, value: Markup, more: Markup | string | undefined, isSome = false): Markup =>
  html`<div class="${isSome ? 'some' : 'none'}"><dt>${label}</dt><dd>${value}${more === undefined ? undefined : html` <span class="sub">${more}</span>`}</dd></div>
`;

const totalsList = ({ partitions, copiedAgain, skipped }: Report): Markup => {
  const proven = partitions.filter((partition) => partition.proven).length;
  const mark = proven === partitions.length ? '' : '~';
  const unknown = partitions.filter(
    ({ prediction }) => prediction.copiedAgain === null || prediction.skipped === null,
  ).length;
  const except = unknown === 0 ? undefined : html`, not known of ${counted(unknown, 'partition')}`;
  const isUnknown = unknown > 0 && unknown === partitions.length;
  const records = (number: number): Markup => (isUnknown ? html`?` : html`${mark}${digits(number)}`);
  const totals = totalsOf(partitions);
  const inTarget =
    totals &&
    html`${total('Duplicated', digits(totals.duplicated), html`of ${counted(totals.compared, 'record')} compared`, totals.duplicated > 0)}${total('Lost', digits(totals.lost), totals.uncounted === 0 ? html`of ${counted(totals.compared, 'record')} compared` : html`${counted(totals.uncounted, 'partition')} could not be counted`, totals.lost > 0)}`;
  return html`<dl class="totals">
${total('Copied again', records(copiedAgain), html`records, if MM2 is started now${except}`, isUnknown || copiedAgain > 0)}${total('Skipped', records(skipped), html`records, if MM2 is started now${except}`, isUnknown || skipped > 0)}${total('Proven', digits(proven), html`of ${counted(partitions.length, 'partition')}`, proven < partitions.length)}${inTarget}</dl>
`;
};

/** Topics that are named with a finding; their own lines name the others. */
const MOST_LINKS = 8;

/** What was found of partitions, by code: which topics have it, the worst first. */
const findingsByCode = (topics: readonly PlacedTopic[]): Markup => {
  const found = topics.flatMap((topic) =>
    topic.partitions.flatMap(({ partition, findings }) => findings.map((finding) => ({ topic, partition, finding }))),
  );
  const groups = Map.groupBy(
    found.toSorted((a, b) => bySeverity(a.finding, b.finding)),
    ({ finding: { severity, code } }) => `${severity} ${code}`,
  );
  const groupOf = (group: typeof found): Markup | undefined => {
    const [first] = group;
    if (first === undefined) {
      return undefined;
    }
    const { severity, code } = first.finding;
    const byTopic = [...Map.groupBy(group, ({ topic }) => topic)].map(
      ([topic, own]) => [topic, new Set(own.map(({ partition }) => partition)).size] as const,
    );
    const partitions = sumOf(byTopic.map(([, number]) => number));
    const links = byTopic
      .slice(0, MOST_LINKS)
      .map(
        ([topic, number]) =>
          html`<li><a href="#${topic.id}"><bdi class="name">${plain(topic.topic)}</bdi></a> (${digits(number)})</li>`,
      );
    const left = byTopic.length - links.length;
    const meaning = meaningOf(code);
    return html`<section class="finding ${severity}">
<p class="what">${severityTag(severity)} <code>${code}</code>${meaning === undefined ? undefined : html` ${meaning}`}</p>
<p>${counted(partitions, 'partition')} of ${counted(byTopic.length, 'topic')}:</p>
<ul class="links">${links}${left > 0 ? html`<li>and ${counted(left, 'topic')} more</li>` : undefined}</ul>
</section>
`;
  };
  return html`${[...groups.values()].map(groupOf)}`;
};

const findingsSection = ({ findings }: Report, topics: readonly PlacedTopic[]): Markup => {
  const general = findings.map((finding) => ({ finding }));
  const notes = general.filter(({ finding }) => finding.severity === 'notes');
  const others = general.filter(({ finding }) => finding.severity !== 'notes');
  const partitions = findingsByCode(topics.filter(({ partitions: own }) => own.some((one) => one.findings.length > 0)));
  const hasPartitions = String(partitions) !== '';
  if (general.length === 0 && !hasPartitions) {
    return html`<section id="findings">
<h2>Findings</h2>
<p>None.</p>
</section>
`;
  }
  return html`<section id="findings">
<h2>Findings</h2>
${others.length === 0 ? undefined : html`<h3>Of flows, topics and configurations</h3>\n${findingGroups(others)}`}${hasPartitions ? html`<h3>Of partitions</h3>\n${partitions}` : undefined}${notes.length === 0 ? undefined : html`<h3>Worth knowing</h3>\n${findingGroups(notes)}`}</section>
`;
};

/** Partitions up to which everything with a finding is open at first. */
const MOST_OPEN = 50;
/** Partitions without a finding up to which they are printed, opened or not: some 25 sheets of paper. */
const MOST_PRINTED = 1_000;

const partitionsIn = (topics: readonly PlacedTopic[]): number =>
  sumOf(topics.map(({ partitions }) => partitions.length));

/** All that a report holds but for its verdict: totals, findings, topics and legend, to stand in a page. */
export const reportSections = (report: Report): Markup => {
  const { partitions } = report;
  const topics = topicsOf(partitions).map((topic, number) => ({ ...topic, id: `t${number + 1}` }));
  const flows = new Set(partitions.map(({ flow }) => flow));
  const isCounted = totalsOf(partitions) !== undefined;
  const view = { hasFlows: flows.size > 1, isCounted, isOpen: partitions.length <= MOST_OPEN };
  const isCalm = ({ partitions: own }: PlacedTopic): boolean => own.every(({ findings }) => findings.length === 0);
  const singlesOf = (some: readonly PlacedTopic[]): Markup | undefined => {
    const singles = some.filter(isSingle);
    return singles.length === 0 ? undefined : singlePartitions('singles', singles, view);
  };
  const sectionOf = (id: string, heading: string, some: readonly PlacedTopic[], isLong: boolean): Markup | undefined =>
    some.length === 0
      ? undefined
      : html`<section id="${id}"${isLong ? html` class="long"` : undefined}>
<h2>${heading} <span class="sub">${counted(some.length, 'topic')}, ${counted(partitionsIn(some), 'partition')}</span></h2>
${isLong ? html`<p class="on-paper">Partitions are printed of those topics alone that were open.</p>\n` : undefined}${some.filter((topic) => !isSingle(topic)).map((topic) => topicDetails(topic, view))}${singlesOf(some)}</section>
`;
  const troubled = topics.filter((topic) => !isCalm(topic));
  const calm = topics.filter(isCalm);
  return html`<nav aria-label="On this page"><a href="#findings">Findings</a>${troubled.length === 0 ? undefined : html` <a href="#troubled">Topics with findings</a>`}${calm.length === 0 ? undefined : html` <a href="#calm">Topics without findings</a>`} <a href="#legend">Legend</a></nav>
${totalsList(report)}${findingsSection(report, topics)}${sectionOf('troubled', 'Topics with findings', troubled, false)}${sectionOf('calm', 'Topics without findings', calm, partitionsIn(calm) > MOST_PRINTED)}${topics.length === 0 ? html`<p>No source partition was found to look at.</p>\n` : undefined}${legendOf(report, isCounted)}`;
};

/**
 * Writes a report as a page for people: the verdict first, then what there is to do, then every topic with its
 * partitions, the worst first.
 *
 * @returns an HTML document that stands alone
 */
export const reportPage = (report: Report): string =>
  pageOf({
    title: `${report.verdict}: verify of ${readable(report.at)}`,
    body: html`${verdictBanner(report)}<main>
${reportSections(report)}</main>`,
  });
