import type { Severity } from './finding.ts';
import type { ReportedFinding, ReportedPartition } from './report.ts';
import { sumOf } from './report-totals.ts';

/*
 * Whoever shows a report shows the worst first: what forbids the cutover before what is only worth knowing, and many
 * records before few.
 */

const RANKS: Readonly<Record<Severity, number>> = { blocks: 0, waits: 1, warns: 2, notes: 3 };
const CALM = 4;

interface Judged {
  readonly severity: Severity | undefined;
}

const rankOf = ({ severity }: Judged): number => (severity === undefined ? CALM : RANKS[severity]);

/** Compares two findings, or whatever else has a severity, for a sort that puts the worst first. */
export const bySeverity = (a: Judged, b: Judged): number => rankOf(a) - rankOf(b);

/** The worst of some findings' severities; `undefined` where there is no finding. */
export const worstOf = (findings: readonly ReportedFinding[]): Severity | undefined =>
  findings.toSorted(bySeverity)[0]?.severity;

/** Codes, the worst first, each once. */
export const codesOf = (findings: readonly ReportedFinding[]): readonly string[] => [
  ...new Set(findings.toSorted(bySeverity).map(({ code }) => code)),
];

/** What is judged by its findings, then by how many records are copied again or skipped. */
interface Weighed extends Judged {
  readonly records: number;
}

const weighed = ({ prediction, findings }: ReportedPartition): Weighed => ({
  severity: worstOf(findings),
  records: (prediction.copiedAgain ?? 0) + (prediction.skipped ?? 0),
});

const byWeight = (a: Weighed, b: Weighed): number => bySeverity(a, b) || b.records - a.records;

/** Partitions, the worst first: by their findings, then by how many records are copied again or skipped. */
export const worstFirst = (partitions: readonly ReportedPartition[]): readonly ReportedPartition[] =>
  partitions
    .map((partition) => ({ partition, ...weighed(partition) }))
    .sort(byWeight)
    .map(({ partition }) => partition);

/** The partitions of a topic in a flow, the worst first. */
export interface ReportedTopic {
  readonly flow: string;
  readonly topic: string;
  readonly partitions: readonly ReportedPartition[];
}

/** Partitions by topic, the worst topic first: by its worst partition's findings, then by the records of all. */
export const topicsOf = (partitions: readonly ReportedPartition[]): readonly ReportedTopic[] =>
  [...Map.groupBy(worstFirst(partitions), ({ flow, topic }) => JSON.stringify([flow, topic])).values()]
    .map((own) => {
      const all = own.map(weighed);
      return {
        flow: own[0]?.flow ?? '',
        topic: own[0]?.topic ?? '',
        partitions: own,
        severity: all[0]?.severity,
        records: sumOf(all.map(({ records }) => records)),
      };
    })
    .sort(byWeight)
    .map(({ flow, topic, partitions: own }) => ({ flow, topic, partitions: own }));
