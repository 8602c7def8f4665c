import type { PartitionTakeover } from '../../functions/cutover/takeover.ts';
import type { Report } from '../../functions/readiness/report.ts';
import type { ReadState } from '../../functions/verify/reading.ts';
import type { RepairChange } from '../repair/forward.ts';
import type { Attempt, Plan } from '../repair/way.ts';
import type { Boundary } from './compare-copies.ts';
import type { DetailedLook } from './lookout.ts';
import type { EventSourceMapping } from './mapping.ts';
import type { Mm2Start } from './mm2-start.ts';
import type { CutoverReport } from './report.ts';

/** What the records say, and what they were read from. */
export interface Verified {
  readonly report: Report;
  readonly read: ReadState;
}

/** What the procedure sees and does: everything that is neither decided nor said. */
export interface CutoverPorts {
  look(): Promise<DetailedLook>;
  /** Proves where MM2 has to go on. */
  verify(say: (text: string) => void): Promise<Verified>;
  /** Counts in the end, everything where that is wanted. */
  count(say: (text: string) => void): Promise<Report>;
  /** What `repair` would write, by what was read; nothing has moved since, as the procedure has seen itself. */
  planRepair(read: ReadState): Promise<Plan<RepairChange>>;
  repair(changes: readonly RepairChange[]): Promise<ReadonlyMap<RepairChange, Attempt>>;
  /** Why they cannot be translated here, and what to do; `undefined` where they can. */
  untranslatable(): string | undefined;
  /** Translates Replicator's offsets here. @returns how many were written @throws ConfigurationError where it cannot */
  translate(): Promise<number>;
  /** The event source's; `undefined` where nobody said which it is. */
  readonly mapping: Pick<EventSourceMapping, 'disable'> | undefined;
  compareCopies(boundaries: readonly Boundary[]): Promise<readonly PartitionTakeover[]>;
  /** What MM2 is to be started with; `undefined` where it is not known. */
  mm2Start(): Mm2Start | undefined;
  isPostponed(): boolean;
  /** Writes the report. @returns the files */
  save(report: CutoverReport): Promise<readonly string[]>;
}
