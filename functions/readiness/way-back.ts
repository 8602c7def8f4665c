import type { Flow } from '../offsets/flow.ts';
import { mm2Value } from '../offsets/mm2-record.ts';
import type { SourcePartition } from '../offsets/replicator-record.ts';
import type { PartitionState } from './partition-state.ts';
import { gapIn, REMOVE_TWIN, type Refusal, type RefusalCause, type Right } from './repairs.ts';
import { replicatorKey } from './replicator-key.ts';
import type { ReplicatorKey } from './replicator-progress.ts';

/** What is wrong with Replicator's offset once MM2 has copied. */
export type RestorationCause =
  /** MM2 has copied more: Replicator would copy it again. */
  | 'behind'
  /** It lies after the true one. */
  | 'ahead'
  /** Replicator has nothing stored. */
  | 'missing'
  /** It stands under more than one key, or in more than one partition, with other values. */
  | 'ambiguous-key'
  /** The source's consumer group, from which Replicator starts, stands elsewhere. */
  | 'group';

/** A record for Replicator's offsets topic. */
export interface ReplicatorRecord {
  readonly key: string;
  readonly partition: number;
  /** `null` for a tombstone. */
  readonly value: string | null;
}

/** An offset of Replicator's to write. */
export interface Restoration {
  readonly kind: 'restoration';
  readonly flow: Flow;
  readonly source: SourcePartition;
  readonly cause: RestorationCause;
  readonly reason: string;
  /** Where Replicator has to go on: the offset after the last source record whose copy stands in the target. */
  readonly next: bigint;
  /** Where it would go on now; `undefined` where nothing is stored. */
  readonly replicatorNext: bigint | undefined;
  readonly records: readonly ReplicatorRecord[];
  /** The consumer group on the source that has to say the same. */
  readonly group: string | undefined;
}

/** What a way back comes to. */
export interface WayBackPlan {
  readonly restorations: readonly Restoration[];
  readonly refused: readonly Refusal[];
  readonly right: readonly Right[];
}

/** What {@link planWayBack} goes by, beside what was read. */
export interface WayBackOptions {
  readonly flows: readonly Flow[];
  /** What moved in a source partition while it was watched; nothing where it is at rest. */
  readonly movementOf: (flow: Flow, source: SourcePartition) => string | undefined;
  /** The partition of Replicator's offsets topic in which Connect writes a key. */
  readonly partitionOf: (key: string) => number;
  /** The consumer group on the source from which a flow's Replicator starts (`offset.start=consumer`). */
  readonly groupOf: (flow: Flow) => string | undefined;
  /** What such a group has committed on the source. */
  readonly committed: (group: string, source: SourcePartition) => bigint | undefined;
}

/** A key in the envelope that a worker with `schemas.enable=true` writes, which has to be in its offsets as well. */
const isEnveloped = ({ key, isTombstone }: ReplicatorKey): boolean => !isTombstone && key.trimStart().startsWith('{');

/** What is wrong with what stands for a source partition; `undefined` where Replicator goes on at the true next offset. */
const faultOf = (
  own: readonly ReplicatorKey[],
  twins: readonly ReplicatorKey[],
  next: bigint,
  { range }: PartitionState,
): { readonly cause: RestorationCause; readonly reason: string } | undefined => {
  const living = own.filter(({ isTombstone }) => !isTombstone);
  const [first] = living;
  if ([...own, ...twins].some(({ isDisturbed }) => isDisturbed)) {
    return {
      cause: 'ambiguous-key',
      reason: 'a record of a transaction that was aborted or is open follows its offset, and Connect may read that one',
    };
  }
  if (first === undefined) {
    // Without an offset Replicator begins with the earliest record, and that may be the true next one.
    return range !== undefined && next <= range.start && twins.length === 0
      ? undefined
      : { cause: 'missing', reason: 'Replicator has no offset, and would copy everything again' };
  }
  if (own.some((one) => one.next !== first.next) || twins.length > 0) {
    return {
      cause: 'ambiguous-key',
      reason: `its offset stands under ${own.length + twins.length} keys or partitions`,
    };
  }
  if (first.next === next) {
    return undefined;
  }
  if (first.next === undefined) {
    return { cause: 'missing', reason: 'what stands under its key is no offset, and Replicator would die of it' };
  }
  return first.next < next
    ? { cause: 'behind', reason: `Replicator would copy ${next - first.next} offsets again` }
    : { cause: 'ahead', reason: `Replicator would skip ${first.next - next} offsets` };
};

const isBefore =
  (next: bigint) =>
  (key: ReplicatorKey): boolean =>
    key.next === undefined || key.next < next;

const CLOSE_GAP =
  "find out why they were left out; to have them copied, write Replicator's offset before them by hand: what follows is " +
  'copied again';

const planOne = (state: PartitionState, flow: Flow, options: WayBackOptions): Restoration | Refusal | Right => {
  const { source, evidence, replicatorKeys = [] } = state;
  const refuse = (cause: RefusalCause, reason: string, fix: string): Refusal => ({
    kind: 'refused',
    flow,
    source,
    cause,
    reason,
    fix,
  });
  const movement = options.movementOf(flow, source);
  if (movement !== undefined) {
    return refuse('moving', movement, 'stop Replicator, MM2 and the event source, and run repair again');
  }
  const proof = evidence.kind === 'compared' ? evidence.proof : undefined;
  if (proof?.kind !== 'proven') {
    const reason = proof?.reason ?? (evidence.kind === 'not-compared' ? evidence.reason : '');
    return refuse('unproven', reason, 'compare more records with --records, or decide by hand');
  }
  const enveloped = replicatorKeys.find(isEnveloped);
  if (enveloped) {
    return refuse(
      'unknown-key',
      `Replicator's offset stands under the key ${enveloped.key}, which its worker writes with schemas`,
      'write the offset by hand in the same form',
    );
  }
  const gap = gapIn(evidence);
  if (gap !== undefined) {
    return refuse('gap', `${gap}, and Replicator would not copy them either`, CLOSE_GAP);
  }
  const { next } = proof;
  const key = replicatorKey(flow.replicatorConnector, source);
  const own = replicatorKeys.filter((one) => one.key === key);
  const living = own.filter(({ isTombstone }) => !isTombstone);
  const twins = replicatorKeys.filter((one) => one.key !== key && !one.isTombstone);
  const [twin] = twins;
  if (twin !== undefined && living.length === 0) {
    return refuse(
      'unknown-key',
      `Replicator's offset stands under the key ${twin.key} alone, and not under ${key}: which form it reads is not known`,
      'write the offset by hand under the key that Replicator reads, and a tombstone under the other one',
    );
  }
  // Nobody reads a twin, so what it says was perhaps never copied; a proof that departs from it cannot tell.
  const ahead = twins.find((one) => one.next !== undefined && one.next <= next && living.every(isBefore(one.next)));
  if (ahead !== undefined) {
    return refuse(
      'ambiguous-key',
      `the key ${ahead.key}, which Replicator never reads, says ${ahead.next}, and its own says less`,
      `${REMOVE_TWIN}, and run repair again`,
    );
  }
  const group = options.groupOf(flow);
  const committed = group === undefined ? undefined : options.committed(group, source);
  const isGroupRight = group === undefined || committed === next || (committed === undefined && next === 0n);
  const fault = faultOf(own, twins, next, state);
  if (fault === undefined && isGroupRight) {
    return { kind: 'right', flow, source, next };
  }
  const value = next > 0n ? mm2Value(next - 1n) : null;
  const partitions = new Set(own.length > 0 ? own.map(({ partition }) => partition) : [options.partitionOf(key)]);
  return {
    kind: 'restoration',
    flow,
    source,
    ...(fault ?? {
      cause: 'group',
      reason: `the group "${group}" on the source stands at ${committed ?? 'nothing'}, and Replicator starts from there`,
    }),
    next,
    replicatorNext: living[0]?.next,
    records: [
      // A worker reads the partitions in no defined order, so the key says the same in all of them.
      ...[...partitions].map((partition) => ({ key, partition, value })),
      ...twins.map((twin) => ({ key: twin.key, partition: twin.partition, value: null })),
    ],
    group,
  };
};

/**
 * Plans what to write so that Replicator goes on where MM2 has stopped. As with the repair of MM2's offsets only what the
 * records have proven counts, and only where nothing moved. Replicator's own key is written in the partition in which it
 * stands, and what stands under a key of another form is removed: but only beside a key of its own, and where the proof
 * cannot depart from it. Source records without a copy before the true next offset are something to fix first.
 *
 * @param states Of a reading whose boundary is the latest of both.
 */
export const planWayBack = (states: readonly PartitionState[], options: WayBackOptions): WayBackPlan => {
  const flows = new Map(options.flows.map((flow) => [flow.name, flow]));
  const seen = new Set<string>();
  const planned = states.flatMap((state) => {
    const flow = flows.get(state.flow);
    const key = flow && replicatorKey(flow.replicatorConnector, state.source);
    // Several flows may serve one Replicator, which has one offset.
    if (flow === undefined || key === undefined || seen.has(key)) {
      return [];
    }
    seen.add(key);
    return [planOne(state, flow, options)];
  });
  return {
    restorations: planned.filter((one) => one.kind === 'restoration'),
    refused: planned.filter((one) => one.kind === 'refused'),
    right: planned.filter((one) => one.kind === 'right'),
  };
};
