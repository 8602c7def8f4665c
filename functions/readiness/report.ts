import type { ConfigurationLine, Finding } from './finding.ts';
import { findingsOf } from './partition-findings.ts';
import type { PartitionState } from './partition-state.ts';
import { nextOf, type Prediction, predict } from './prediction.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/*
 * The report's form is a contract: `report.schema.json` describes it, and both change together. Offsets are decimal
 * strings, because JSON's readers make doubles of numbers; counts are numbers.
 */

/** A finding, as the report writes it. */
export interface ReportedFinding {
  readonly code: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly fix: string;
  readonly line?: ConfigurationLine;
}

/** What is reported of one source partition. */
export interface ReportedPartition {
  readonly flow: string;
  readonly topic: string;
  readonly partition: number;
  /** Whether the records themselves say where MM2 has to go on; else the numbers come from offsets. */
  readonly proven: boolean;
  readonly next: {
    readonly replicator: string | null;
    /** Null where nothing usable is stored. */
    readonly mm2: string | null;
    /** Null where it could not be told. */
    readonly true: string | null;
  };
  /** The source log's first offset, and the one after its last; null where the source could not be asked. */
  readonly source: { readonly start: string; readonly end: string } | null;
  /** What MM2 does if it is started now; `startsAt` is null where its task dies, or nobody knows. */
  readonly prediction: {
    readonly startsAt: string | null;
    readonly copiedAgain: number | null;
    readonly skipped: number | null;
  };
  readonly evidence: {
    /** Source records that were looked for in the target. */
    readonly compared: number;
    /** Why nothing is proven, or why a number is not exact. */
    readonly reason: string | null;
    /** Copies beyond the first, and source records without one: counted with `--records all`. */
    readonly duplicated?: number;
    readonly lost?: number;
  };
  readonly findings: readonly ReportedFinding[];
}

/** What `verify` answers. */
export interface Report {
  readonly verdict: Verdict;
  /** When it was read; a proof is of a moment. */
  readonly at: string;
  /** Over all partitions of which it is known. */
  readonly copiedAgain: number;
  readonly skipped: number;
  readonly partitions: readonly ReportedPartition[];
  /** Of the flows, the topics and the configurations as a whole. */
  readonly findings: readonly ReportedFinding[];
  /** What is counted only, because there was no room for it: of the verify function's answers alone. */
  readonly leftOut?: LeftOut;
}

/** What a report that was summed up has not written out; the worst stands in it all the same. */
export interface LeftOut {
  readonly partitions: number;
  /** How many of these partitions are proven. */
  readonly proven: number;
  /** How many findings of each code: those of these partitions, and what had no room of the others. */
  readonly findings: Readonly<Record<string, number>>;
  /** What was counted of these partitions with `--records all`; absent where nothing was. */
  readonly tally?: {
    readonly compared: number;
    readonly duplicated: number;
    readonly lost: number;
    /** How many of these partitions could not be counted. */
    readonly uncounted: number;
  };
}

const textOf = (offset: bigint | undefined): string | null => offset?.toString() ?? null;

const reasonOf = ({ evidence }: PartitionState, prediction: Prediction | undefined): string | null => {
  if (evidence.kind === 'not-compared') {
    return evidence.reason;
  }
  if (evidence.proof.kind === 'unproven') {
    return evidence.proof.reason;
  }
  if (evidence.tally?.kind === 'uncounted') {
    return evidence.tally.reason;
  }
  return prediction?.kind === 'starts' && prediction.basis === 'offsets'
    ? 'the true next offset is proven; how many records lie between is told by offsets, since not all of them were read'
    : null;
};

const countsOf = ({ evidence }: PartitionState) => {
  if (evidence.kind === 'not-compared') {
    return { compared: 0 };
  }
  const { proof, tally } = evidence;
  return tally?.kind === 'counted'
    ? { compared: tally.compared, duplicated: tally.duplicated, lost: tally.lost }
    : { compared: proof.compared };
};

/** What is predicted of a partition, as far as what was read allows. */
const predictionOf = (state: PartitionState, trueNext: bigint | undefined): Prediction | undefined => {
  const { mm2, replicator, range, count } = state;
  const stored = mm2?.stored ?? { kind: 'none' as const };
  const progress = { replicatorNext: replicator?.next, trueNext, ...(count && { count }) };
  if (range) {
    return predict(stored, range, progress);
  }
  // Without the source only an offset that equals Replicator's tells anything: both are in the source's log, or neither.
  const next = nextOf(stored);
  return stored.kind === 'fatal' || (next !== undefined && next === replicator?.next)
    ? predict(stored, { start: 0n, end: next ?? 0n }, progress)
    : undefined;
};

const partitionOf = (state: PartitionState): ReportedPartition => {
  const { flow, source, replicator, mm2, range, evidence } = state;
  const proof = evidence.kind === 'compared' ? evidence.proof : undefined;
  const trueNext = proof?.kind === 'proven' ? proof.next : undefined;
  const prediction = predictionOf(state, trueNext);
  const starts = prediction?.kind === 'starts' ? prediction : undefined;
  const dies = prediction?.kind === 'dies';
  return {
    flow,
    ...source,
    proven: trueNext !== undefined,
    next: {
      replicator: textOf(replicator?.next),
      mm2: textOf(mm2 && nextOf(mm2.stored)),
      true: textOf(trueNext),
    },
    source: range ? { start: `${range.start}`, end: `${range.end}` } : null,
    prediction: {
      startsAt: textOf(starts?.at),
      copiedAgain: dies ? 0 : (starts?.copiedAgain ?? null),
      skipped: dies ? 0 : (starts?.skipped ?? null),
    },
    evidence: { ...countsOf(state), reason: reasonOf(state, prediction) },
    findings: findingsOf(state, prediction, trueNext),
  };
};

const total = (counts: readonly (number | null)[]): number =>
  counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * Makes the report of what was read.
 *
 * @param at When the reading began, in milliseconds since the epoch.
 * @param findings Those of the flows, the topics and the configurations.
 */
export const reportOf = (at: number, states: readonly PartitionState[], findings: readonly Finding[]): Report => {
  const partitions = states
    .map(partitionOf)
    .sort((a, b) => compareText(a.flow, b.flow) || compareText(a.topic, b.topic) || a.partition - b.partition);
  return {
    verdict: verdictOf({ partitions, findings }),
    at: new Date(at).toISOString(),
    copiedAgain: total(partitions.map(({ prediction }) => prediction.copiedAgain)),
    skipped: total(partitions.map(({ prediction }) => prediction.skipped)),
    partitions,
    findings,
  };
};
