import type { Flow } from '../../functions/offsets/flow.ts';
import type { SourcePartition } from '../../functions/offsets/replicator-record.ts';
import type { PartitionState } from '../../functions/readiness/partition-state.ts';
import type { Refusal, Right } from '../../functions/readiness/repairs.ts';
import type { Movement } from '../../functions/verify/at-rest.ts';
import type { Reading, ReadState } from '../../functions/verify/reading.ts';

/** An offset to write, in either direction. */
export interface Change {
  readonly flow: Flow;
  readonly source: SourcePartition;
  /** In kebab-case, and stable. */
  readonly cause: string;
  readonly reason: string;
  /** The true next offset. */
  readonly next: bigint;
  /** The next offset that stands now; `undefined` where nothing usable is stored. */
  readonly before: bigint | undefined;
}

/** What is to be changed, and what is not. */
export interface Plan<C extends Change> {
  readonly changes: readonly C[];
  readonly refused: readonly Refusal[];
  readonly right: readonly Right[];
}

/** What became of an attempt to write. */
export type Attempt = 'written' | 'left' | 'taken-over';

/** Whose offsets are put right: MM2's before the cutover, or Replicator's on the way back. */
export interface Way<C extends Change> {
  /** Whose offsets they are. */
  readonly whose: 'MM2' | 'Replicator';
  /** Whether MM2's own offsets topics have to be at rest as well. */
  readonly watchesMm2: boolean;
  /** By whose stored offset the comparison begins. @default 'replicator' */
  readonly boundary?: Reading['boundary'];
  plan(read: ReadState, movement: Pick<Movement, 'of'>): Promise<Plan<C>>;
  /** Looks, before anything is written, whether something forbids it. @throws ConfigurationError */
  ensureWritable?(changes: readonly C[]): Promise<void>;
  /** Writes changes, and tells what became of each. */
  write(changes: readonly C[]): Promise<ReadonlyMap<C, Attempt>>;
  /** Whether what was read after the write is what was to be written. */
  stands(change: C, state: PartitionState | undefined): boolean;
}
