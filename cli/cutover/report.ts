import type { PartitionTakeover } from '../../functions/cutover/takeover.ts';
import type { Report } from '../../functions/readiness/report.ts';

/** Where one source partition was taken over. Offsets are decimal strings, because JSON's readers make doubles of numbers. */
export interface ReportedTakeover {
  readonly flow: string;
  readonly topic: string;
  readonly partition: number;
  /** Where MM2 had to go on: the offset after the last record that Replicator copied. */
  readonly resumedAt: string;
  /** Where it would have gone on, had this run not repaired it; null where it did not. */
  readonly repairedFrom: string | null;
  /** The first record that MM2 copied; null where there was nothing to copy. */
  readonly firstCopied: string | null;
  readonly copy: PartitionTakeover['copy']['kind'];
  readonly compared: number;
  readonly duplicated: number;
  readonly lost: number;
}

/** What is kept of a cutover. */
export interface CutoverReport {
  readonly at: string;
  readonly compared: number;
  readonly duplicated: number;
  readonly lost: number;
  readonly partitions: readonly ReportedTakeover[];
  /** What this run of the command has changed. */
  readonly changed: readonly string[];
  /** What this run has proven before MM2 was started; null where MM2 had been started before the run. */
  readonly proof: Report | null;
}

/** What a run has to tell of itself. */
export interface Kept extends Pick<CutoverReport, 'changed' | 'proof'> {
  /** MM2's next offset until this run repaired it; `undefined` where it did not, or nothing was stored. */
  readonly repairedFrom: (partition: PartitionTakeover) => bigint | undefined;
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/**
 * Makes the report. Where `verify`, called when MM2 had taken over, has counted everything that both clusters hold (`--records all`), its numbers count;
 * else those of the records around the boundary.
 */
export const cutoverReport = (
  takeovers: readonly PartitionTakeover[],
  verify: Report,
  { changed, proof, repairedFrom }: Kept,
): CutoverReport => {
  const partitions = takeovers.map((one): ReportedTakeover => {
    const { flow, topic, partition, resumedAt, copy, compared, duplicated, lost } = one;
    const counted = verify.partitions.find(
      (other) => other.flow === flow && other.topic === topic && other.partition === partition,
    )?.evidence;
    const whole = counted?.duplicated !== undefined && counted.lost !== undefined;
    return {
      flow,
      topic,
      partition,
      resumedAt: `${resumedAt}`,
      repairedFrom: repairedFrom(one)?.toString() ?? null,
      firstCopied: 'first' in copy ? `${copy.first}` : null,
      copy: copy.kind,
      compared: whole ? counted.compared : compared,
      duplicated: whole ? (counted.duplicated ?? 0) : duplicated,
      lost: whole ? (counted.lost ?? 0) : lost,
    };
  });
  return {
    at: verify.at,
    compared: total(partitions.map((one) => one.compared)),
    duplicated: total(partitions.map((one) => one.duplicated)),
    lost: total(partitions.map((one) => one.lost)),
    partitions,
    changed,
    proof,
  };
};
