import type { Finding, Severity } from './finding.ts';
import type { ReportedPartition } from './report.ts';

const RANKS: Readonly<Record<Severity, number>> = { blocks: 0, waits: 1, warns: 2, notes: 3 };
const CALM = 4;

/** Sorts findings, the worst first. */
export const bySeverity = (a: Pick<Finding, 'severity'>, b: Pick<Finding, 'severity'>): number =>
  RANKS[a.severity] - RANKS[b.severity];

interface Weight {
  readonly rank: number;
  /** Records that would be copied again or skipped. */
  readonly records: number;
}

const weightOf = ({ prediction, findings }: ReportedPartition): Weight => ({
  rank: Math.min(CALM, ...findings.map(({ severity }) => RANKS[severity])),
  records: (prediction.copiedAgain ?? 0) + (prediction.skipped ?? 0),
});

/** The partitions, the worst first: by the severity of their findings, then by the records that would go wrong. */
export const worstFirst = (partitions: readonly ReportedPartition[]): readonly ReportedPartition[] =>
  partitions
    .map((partition) => ({ partition, weight: weightOf(partition) }))
    .sort(({ weight: a }, { weight: b }) => a.rank - b.rank || b.records - a.records)
    .map(({ partition }) => partition);
