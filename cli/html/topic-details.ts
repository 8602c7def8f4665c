import type { ReportedPartition } from '../../functions/readiness/report.ts';
import { knownSumOf } from '../../functions/readiness/report-totals.ts';
import { bySeverity, codesOf, type ReportedTopic, worstOf } from '../../functions/readiness/worst-first.ts';
import { digits } from './digits.ts';
import { findingGroups, severityTag } from './finding-groups.ts';
import { html, type Markup, plain } from './markup.ts';
import { partitionRanges } from './partition-ranges.ts';

/** A topic on the page. */
export interface PlacedTopic extends ReportedTopic {
  /** What links lead to; never made of a name. */
  readonly id: string;
}

/** What a page has to say of all topics alike. */
export interface TopicsView {
  /** Whether the page has several flows, and a topic's flow is worth saying. */
  readonly hasFlows: boolean;
  /** Whether duplicates and losses were counted. */
  readonly isCounted: boolean;
  /** Whether topics with findings are open at first. */
  readonly isOpen: boolean;
}

/** A number that a proof may stand behind: without one it is marked, and `?` where nobody knows. */
const count = (number: number | null, isProven: boolean): Markup =>
  number === null ? html`?` : html`${isProven ? '' : '~'}${digits(number)}`;

const countCell = (number: number | null, isProven: boolean): Markup =>
  number ? html`<td class="some">${count(number, isProven)}</td>` : html`<td>${count(number, isProven)}</td>`;

const offsetCell = (offset: string | null, absent: string): Markup =>
  html`<td>${offset === null ? absent : digits(offset)}</td>`;

const sourceCell = (source: ReportedPartition['source']): Markup =>
  source === null ? html`<td>?</td>` : html`<td>${digits(source.start)} – ${digits(source.end)}</td>`;

/** Codes with their severities, the worst first: `blocks stale, gap; warns unproven`. */
const stateOf = ({ findings }: ReportedPartition): Markup => {
  const bySeverities = [...Map.groupBy(findings.toSorted(bySeverity), ({ severity }) => severity)];
  return bySeverities.length === 0
    ? html`ok`
    : html`${bySeverities.map(
        ([severity, same], index) =>
          html`${index === 0 ? undefined : '; '}<b class="${severity}">${severity}</b> ${codesOf(same).join(', ')}`,
      )}`;
};

const flowOf = (flow: string): Markup => html`<span class="sub">of flow <bdi class="name">${flow}</bdi></span>`;

/** What a row is of: its partition, or its topic. */
type Heads = 'partition' | 'topic';

const headOf = ({ flow, topic, partition }: ReportedPartition, heads: Heads, { hasFlows }: TopicsView): Markup =>
  heads === 'partition'
    ? html`${partition}`
    : html`<bdi class="name">${plain(topic)}</bdi>${hasFlows ? flowOf(flow) : undefined}`;

const rowOf = (partition: ReportedPartition, heads: Heads, view: TopicsView): Markup => {
  const { next, source, prediction, evidence, proven } = partition;
  const counted = ({ duplicated, lost }: ReportedPartition['evidence']): Markup =>
    html`${countCell(duplicated ?? null, true)}${countCell(lost ?? null, true)}`;
  return html`<tr><th scope="row">${headOf(partition, heads, view)}</th><td>${stateOf(partition)}</td>${countCell(prediction.copiedAgain, proven)}${countCell(prediction.skipped, proven)}${offsetCell(next.replicator, '–')}${offsetCell(next.mm2, '–')}${offsetCell(next.true, '?')}${offsetCell(prediction.startsAt, '–')}${sourceCell(source)}<td>${digits(evidence.compared)}</td>${view.isCounted ? counted(evidence) : undefined}</tr>
`;
};

const COUNTED_HEADS = html`<th scope="col">Duplicated</th><th scope="col">Lost</th>`;

const tableOf = (
  partitions: readonly ReportedPartition[],
  { heads, labelledBy, view }: { readonly heads: Heads; readonly labelledBy: string; readonly view: TopicsView },
): Markup =>
  html`<div class="scroll" role="region" tabindex="0" aria-labelledby="${labelledBy}"><table${heads === 'topic' ? html` class="of-topics"` : undefined}>
<thead><tr><th scope="col">${heads === 'topic' ? 'Topic' : 'Partition'}</th><th scope="col">State</th><th scope="col">Copied again</th><th scope="col">Skipped</th><th scope="col">Replicator</th><th scope="col">MM2</th><th scope="col">True</th><th scope="col">Starts at</th><th scope="col">Source log</th><th scope="col">Compared</th>${view.isCounted ? COUNTED_HEADS : undefined}</tr></thead>
<tbody>
${partitions.map((partition) => rowOf(partition, heads, view))}</tbody></table></div>
`;

/** Whether there is a reason why a number is not exact that no finding tells already. */
const hasReason = ({ evidence: { reason }, findings }: ReportedPartition): boolean =>
  reason !== null && !findings.some(({ message }) => message.includes(reason));

const reasonsOf = (partitions: readonly ReportedPartition[]): Markup | undefined => {
  const byReason = [...Map.groupBy(partitions.filter(hasReason), ({ evidence }) => evidence.reason ?? '')];
  return byReason.length === 0
    ? undefined
    : html`<ul class="reasons">${byReason.map(
        ([reason, same]) => html`<li><b>${partitionRanges(same.map(({ partition }) => partition))}:</b> ${reason}</li>`,
      )}</ul>
`;
};

/** How many partitions are in which state: `5 stale, 15 ok`. */
const statesOf = (partitions: readonly ReportedPartition[]): string => {
  const states = Map.groupBy(partitions, ({ findings }) => codesOf(findings).join(' + ') || 'ok');
  return [...states].map(([state, { length }]) => `${length} ${state}`).join(', ');
};

const fact = (value: Markup, label: string, isSome = false): Markup =>
  html`<span class="fact"><b class="${isSome ? 'some' : 'none'}">${value}</b> ${label}</span>`;

/** A topic: one line that sums it up, and behind it what there is to do and its partitions, the worst first. */
export const topicDetails = (topic: PlacedTopic, view: TopicsView): Markup => {
  const { id, partitions } = topic;
  const findings = partitions.flatMap(({ partition, findings: own }) => own.map((finding) => ({ finding, partition })));
  const worst = worstOf(findings.map(({ finding }) => finding));
  const proven = partitions.filter((partition) => partition.proven).length;
  const isProven = proven === partitions.length;
  const copiedAgain = knownSumOf(partitions.map(({ prediction }) => prediction.copiedAgain));
  const skipped = knownSumOf(partitions.map(({ prediction }) => prediction.skipped));
  const flow = view.hasFlows ? flowOf(topic.flow) : undefined;
  const states = worst === undefined ? undefined : html`<span class="sub">${statesOf(partitions)}</span>`;
  const isOpen = view.isOpen && worst !== undefined;
  return html`<details class="topic"${isOpen ? html` open` : undefined}><summary>${severityTag(worst)} <span class="topic-name" id="${id}-name"><bdi class="name">${plain(topic.topic)}</bdi>${flow}${states}</span> <span class="facts">${fact(digits(partitions.length), partitions.length === 1 ? 'partition' : 'partitions')} ${fact(digits(proven), 'proven', !isProven)} ${fact(count(copiedAgain, isProven), 'copied again', copiedAgain !== 0)} ${fact(count(skipped, isProven), 'skipped', skipped !== 0)}</span></summary>
<div class="inside" id="${id}">
${findingGroups(findings)}${reasonsOf(partitions)}${tableOf(partitions, { heads: 'partition', labelledBy: `${id}-name`, view })}</div></details>
`;
};

/** Whether a topic has one partition, and all there is to say of it stands in the table's row. */
export const isSingle = ({ partitions }: ReportedTopic): boolean =>
  partitions.length === 1 && partitions.every((one) => one.findings.length === 0 && !hasReason(one));

/** Topics of one partition each, a row for each: {@link isSingle}. */
export const singlePartitions = (id: string, topics: readonly ReportedTopic[], view: TopicsView): Markup =>
  html`<details class="topic"><summary>${severityTag(undefined)} <span class="topic-name" id="${id}-name">Topics of one partition</span> <span class="facts">${fact(digits(topics.length), topics.length === 1 ? 'topic' : 'topics')}</span></summary>
<div class="inside" id="${id}">
${tableOf(
  topics.flatMap(({ partitions }) => partitions),
  { heads: 'topic', labelledBy: `${id}-name`, view },
)}</div></details>
`;
