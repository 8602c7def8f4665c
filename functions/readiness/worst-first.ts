import type { Severity } from './finding.ts';
import type { ReportedFinding, ReportedPartition } from './report.ts';

/*
 * Whoever shows a report shows the worst first: what forbids the cutover before what is only worth knowing, and many
 * records before few.
 */

const RANKS: Readonly<Record<Severity, number>> = { blocks: 0, waits: 1, warns: 2, notes: 3 };
const CALM = 4;

/** Compares two findings, or whatever else has a severity, for a sort that puts the worst first. */
export const bySeverity = (
  a: { readonly severity: Severity | undefined },
  b: { readonly severity: Severity | undefined },
): number => (a.severity ? RANKS[a.severity] : CALM) - (b.severity ? RANKS[b.severity] : CALM);

/** The worst of some findings' severities; `undefined` where there is no finding. */
export const worstOf = (findings: readonly ReportedFinding[]): Severity | undefined =>
  findings.toSorted(bySeverity)[0]?.severity;

/** Codes, the worst first, each once. */
export const codesOf = (findings: readonly ReportedFinding[]): readonly string[] => [
  ...new Set(findings.toSorted(bySeverity).map(({ code }) => code)),
];

/** Partitions, the worst first: by their findings, then by how many records are copied again or skipped. */
export const worstFirst = (partitions: readonly ReportedPartition[]): readonly ReportedPartition[] =>
  partitions
    .map((partition) => ({
      partition,
      severity: worstOf(partition.findings),
      records: (partition.prediction.copiedAgain ?? 0) + (partition.prediction.skipped ?? 0),
    }))
    .sort((a, b) => bySeverity(a, b) || b.records - a.records)
    .map(({ partition }) => partition);

/** The partitions of a topic in a flow, the worst first. */
export interface ReportedTopic {
  readonly flow: string;
  readonly topic: string;
  readonly partitions: readonly ReportedPartition[];
}

/** Partitions by topic, the topic with the worst partition first. */
export const topicsOf = (partitions: readonly ReportedPartition[]): readonly ReportedTopic[] => {
  const topics = new Map<string, { flow: string; topic: string; partitions: ReportedPartition[] }>();
  for (const partition of worstFirst(partitions)) {
    const { flow, topic } = partition;
    const name = JSON.stringify([flow, topic]);
    const found = topics.get(name);
    if (found) {
      found.partitions.push(partition);
    } else {
      topics.set(name, { flow, topic, partitions: [partition] });
    }
  }
  return [...topics.values()];
};
