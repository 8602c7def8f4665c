import type { SourcePartition } from '../offsets/replicator-record.ts';
import type { Mm2Offset, UnreachableKey } from './mm2-progress.ts';
import type { SourceRange } from './prediction.ts';
import type { Proof } from './proof.ts';
import type { ReplicatorKey, ReplicatorOffset } from './replicator-progress.ts';
import type { Tally } from './tally.ts';

/** What was done to prove a partition. */
export type Evidence =
  | { readonly kind: 'compared'; readonly proof: Proof; readonly tally?: Tally }
  /** Nothing could be compared, and why: the source is not reachable, the target topic does not exist. */
  | { readonly kind: 'not-compared'; readonly reason: string };

/** Everything that was read of one source partition of one flow. */
export interface PartitionState {
  readonly flow: string;
  readonly source: SourcePartition;
  readonly replicator: ReplicatorOffset | undefined;
  /** Every key under which something stands in Replicator's offsets topic. @default none */
  readonly replicatorKeys?: readonly ReplicatorKey[];
  readonly mm2: Mm2Offset | undefined;
  readonly unreachable: readonly UnreachableKey[];
  /** `undefined` where the source could not be asked. */
  readonly range: SourceRange | undefined;
  readonly evidence: Evidence;
  /** The range of the target partition, where there is one. */
  readonly copied?: SourceRange | undefined;
  /** Whether Replicator is at work, and will store by itself what it has copied (`willFlush`). */
  readonly willFlush?: boolean;
  /** Counts the source records in a range of offsets that was read; `undefined` for any other. */
  readonly count?: (from: bigint, to: bigint) => number | undefined;
}
