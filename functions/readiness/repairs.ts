import type { Flow } from '../offsets/flow.ts';
import { mm2Key, mm2Value } from '../offsets/mm2-record.ts';
import type { Place } from '../offsets/place.ts';
import type { SourcePartition } from '../offsets/replicator-record.ts';
import type { Translation } from '../offsets/translate.ts';
import type { Evidence, PartitionState } from './partition-state.ts';
import { nextOf } from './prediction.ts';
import { disagreementOf } from './replicator-progress.ts';

/** What is wrong with MM2's offset. */
export type RepairCause =
  /** It equals Replicator's, which was killed and had copied more. */
  | 'stale'
  /** It is less than Replicator's: the sync is late, or a value was set back. */
  | 'behind'
  /** It lies after the true one. */
  | 'ahead'
  /** It lies beyond the end of the source partition, which was created anew. */
  | 'out-of-range'
  /** MM2 has nothing stored. */
  | 'missing'
  /** MM2 takes the stored value for no offset. */
  | 'ignored-value'
  /** MM2's task dies of the stored value. */
  | 'fatal-value'
  /** MM2 may see the right value or another one. */
  | 'ambiguous-key';

/** Why MM2's offset is left as it is, though it is not known to be right. */
export type RefusalCause =
  /** Something was appended while it was watched. */
  | 'moving'
  /** MM2 or a person wrote it. */
  | 'taken-over'
  /** Replicator has stored no offset that the proof could depart from. */
  | 'nothing-stored'
  /** Source records before the true next offset have no copy in the target, and nobody would copy them. */
  | 'gap'
  /** Replicator's offset stands under keys of several forms with different values: which is true is not known. */
  | 'ambiguous-key'
  /** The records do not tell the true next offset. */
  | 'unproven'
  /** Nothing tells whose event source delivers Replicator's offsets. */
  | 'event-source-unknown'
  /** On the way back: Replicator's offset stands only under a key of a form that it may not read. */
  | 'unknown-key';

/** A source partition of a flow. */
interface OfPartition {
  readonly flow: Flow;
  readonly source: SourcePartition;
}

/** An offset to write. */
export interface Repair extends OfPartition {
  readonly kind: 'repair';
  readonly cause: RepairCause;
  readonly reason: string;
  /** Where MM2 has to go on: the offset after the last source record whose copy stands in the target. */
  readonly next: bigint;
  /** Where it would go on now; `undefined` where nothing usable is stored. */
  readonly mm2Next: bigint | undefined;
  /** The record of Replicator's offsets topic that the proof departs from. */
  readonly place: Place;
}

/** A source partition whose offset is not repaired. */
export interface Refusal extends OfPartition {
  readonly kind: 'refused';
  readonly cause: RefusalCause;
  readonly reason: string;
  /** What to do. */
  readonly fix: string;
}

/** A source partition whose offset is right. */
export interface Right extends OfPartition {
  readonly kind: 'right';
  readonly next: bigint;
}

/** What a repair comes to. */
export interface RepairPlan {
  readonly repairs: readonly Repair[];
  readonly refused: readonly Refusal[];
  readonly right: readonly Right[];
}

/** What {@link planRepairs} goes by, beside what was read. */
export interface PlanOptions {
  readonly flows: readonly Flow[];
  readonly replicatorOffsetsTopic: string;
  /** The ARN of the cluster that the event source reads; `undefined` where nothing tells it. */
  readonly eventSource: string | undefined;
  /** What moved in a source partition while it was watched; nothing where it is at rest. */
  readonly movementOf: (flow: Flow, source: SourcePartition) => string | undefined;
}

type Refuse = (cause: RefusalCause, reason: string, fix: string) => Refusal;

const records = (from: bigint, to: bigint): string => (to - from === 1n ? '1 offset' : `${to - from} offsets`);

/** What is wrong with MM2's offset; `undefined` where it is right. */
const faultOf = (
  { mm2, replicator, range }: PartitionState,
  next: bigint,
): { readonly cause: RepairCause; readonly reason: string } | undefined => {
  const stored = mm2?.stored ?? { kind: 'none' };
  switch (stored.kind) {
    case 'fatal':
      return { cause: 'fatal-value', reason: `MM2's task dies of the stored value: ${stored.reason}` };
    case 'ignored':
      return { cause: 'ignored-value', reason: `MM2 takes the stored value for no offset: ${stored.reason}` };
    case 'none': {
      // Without an offset MM2 begins with the earliest record, and that may be the true next one.
      const isRight = range !== undefined && next <= range.start && mm2?.ambiguity === undefined;
      return isRight ? undefined : { cause: 'missing', reason: 'MM2 has no offset, and would copy everything again' };
    }
    case 'usable':
      break;
  }
  const mm2Next = stored.offset + 1n;
  if (mm2Next === next) {
    return mm2?.ambiguity === undefined
      ? undefined
      : { cause: 'ambiguous-key', reason: `MM2's offset is not certain: ${mm2.ambiguity}` };
  }
  if (range !== undefined && mm2Next > range.end) {
    return {
      cause: 'out-of-range',
      reason: `MM2's next offset lies beyond the end ${range.end} of the source partition, which was created anew`,
    };
  }
  if (mm2Next > next) {
    return { cause: 'ahead', reason: `MM2 would skip ${records(next, mm2Next)}` };
  }
  const again = `MM2 would copy ${records(mm2Next, next)} again`;
  return replicator?.next !== undefined && mm2Next >= replicator.next
    ? { cause: 'stale', reason: `Replicator was killed before it had flushed: ${again}` }
    : { cause: 'behind', reason: `the sync has not written Replicator's offset: ${again}` };
};

/** What a person does with a key of Replicator's that it never reads. */
export const REMOVE_TWIN =
  'remove the key that Replicator does not read (REST writes another form) with a tombstone under the very same bytes';

const CLOSE_GAP =
  "find out why they were left out (a transform, errors.tolerance, an offset that was set forward); set MM2's offset before " +
  'them if they are to be copied, and what follows again';

/** Says which source records before the true next offset have no copy; `undefined` where none are known. */
export const gapIn = (evidence: Evidence): string | undefined => {
  if (evidence.kind === 'not-compared') {
    return undefined;
  }
  const { proof, tally } = evidence;
  const [first, ...others] = proof.gaps;
  if (first !== undefined) {
    const { from, to } = first;
    const where = from === to ? `the source record at offset ${from}` : `source records from offset ${from} to ${to}`;
    return `${where}${others.length > 0 ? ` and in ${others.length} other places` : ''} have no copy in the target`;
  }
  return tally?.kind === 'counted' && tally.lost > 0
    ? `${tally.lost} of ${tally.compared} source records compared have no copy in the target`
    : undefined;
};

const HAND_BACK = 'a tombstone with the header "mm2-migration: handed-back" hands the key back to the sync';

/** Plans one partition: the reasons against come first, each with what to do. */
const planOne = (state: PartitionState, flow: Flow, options: PlanOptions): Repair | Refusal | Right => {
  const { source, evidence, mm2, replicator } = state;
  const refuse: Refuse = (cause, reason, fix) => ({
    kind: 'refused',
    flow,
    source,
    cause,
    reason,
    fix,
  });
  const movement = options.movementOf(flow, source);
  if (movement !== undefined) {
    return refuse('moving', movement, 'stop Replicator, and whatever else writes there, and run repair again');
  }
  const proof = evidence.kind === 'compared' ? evidence.proof : undefined;
  if (proof?.kind !== 'proven') {
    if (replicator?.next === undefined) {
      return refuse(
        'nothing-stored',
        'Replicator has stored no offset for it, so there is nothing to depart from',
        'let Replicator copy it and flush once, or decide by hand',
      );
    }
    const reason = proof?.reason ?? (evidence.kind === 'not-compared' ? evidence.reason : '');
    return refuse('unproven', reason, 'compare more records with --records, or decide by hand');
  }
  // Whatever is written lies behind the gap, so nothing that repair writes would have its records copied.
  const gap = gapIn(evidence);
  if (gap !== undefined) {
    return refuse('gap', `${gap}, and MM2 would not copy them either`, CLOSE_GAP);
  }
  const disagreement = replicator && disagreementOf(replicator);
  if (disagreement !== undefined) {
    return refuse(
      'ambiguous-key',
      `Replicator's offset is not certain: ${disagreement}`,
      `${REMOVE_TWIN}, and run repair again`,
    );
  }
  const { next } = proof;
  const fault = faultOf(state, next);
  if (fault === undefined) {
    return { kind: 'right', flow, source, next };
  }
  if (mm2?.by === 'somebody-else') {
    return refuse(
      'taken-over',
      `MM2 or a person wrote MM2's offset, and the true next one is ${next}: ${fault.reason}`,
      `nothing where MM2 has taken over; else ${HAND_BACK}`,
    );
  }
  if (replicator?.next === undefined) {
    return refuse(
      'nothing-stored',
      `Replicator has stored no offset for it, so there is nothing to depart from: ${fault.reason}`,
      'let Replicator copy it and flush once, or decide by hand',
    );
  }
  if (options.eventSource === undefined) {
    return refuse(
      'event-source-unknown',
      'the sync has written nothing to this topic that would tell the cluster of its event source',
      "give the ARN of the cluster with Replicator's offsets topic by --event-source",
    );
  }
  const place: Place = {
    eventSource: options.eventSource,
    topic: options.replicatorOffsetsTopic,
    ...replicator.stands,
    timestamp: replicator.flushedAt,
    isProof: true,
  };
  return { kind: 'repair', flow, source, ...fault, next, mm2Next: mm2 && nextOf(mm2.stored), place };
};

/**
 * Plans what to write so that MM2 goes on at the true next offset of every source partition. Only what the records have
 * proven in this reading counts, only where nothing moved, and never what MM2 or a person wrote:
 *
 * | the partition | |
 * | --- | --- |
 * | something was appended while it was watched | refused: moving |
 * | the records do not tell the true next offset | refused: unproven, or nothing stored by Replicator |
 * | source records before it have no copy | refused: gap |
 * | Replicator's keys of several forms say different things | refused: ambiguous key |
 * | MM2's next offset is the true one | right, whoever wrote it |
 * | MM2 or a person wrote another one | refused: taken over |
 * | anything else of the sync's own, or nothing | repair |
 */
export const planRepairs = (states: readonly PartitionState[], options: PlanOptions): RepairPlan => {
  const flows = new Map(options.flows.map((flow) => [flow.name, flow]));
  const planned = states.flatMap((state) => {
    const flow = flows.get(state.flow);
    return flow ? [planOne(state, flow, options)] : [];
  });
  return {
    repairs: planned.filter((one) => one.kind === 'repair'),
    refused: planned.filter((one) => one.kind === 'refused'),
    right: planned.filter((one) => one.kind === 'right'),
  };
};

/** What is written for a repair: the true offset, or a tombstone where the first record of all is the true next one. */
export const translationOf = ({ flow, source, next, place }: Repair): Translation => ({
  flow,
  key: mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, ...source }),
  value: next > 0n ? mm2Value(next - 1n) : null,
  place,
});
