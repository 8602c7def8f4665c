import type fc from 'fast-check';
import { nth } from './nth.ts';
import { actPlanner } from './plan-acts.ts';
import { batchPlanner } from './plan-batches.ts';
import { entryPlanner } from './plan-entries.ts';
import { type DraftOf, type FaultDraft, type RoundDraft, roundDrafts, type StepDraft } from './round-draft.ts';
import {
  type Delivery,
  type DeliveryReason,
  type Fault,
  type PlannedFlow,
  RIVAL_SLOT,
  type RoundPlan,
  SLOTS,
  type Step,
  type Strike,
} from './round-plan.ts';
import type { Moment } from './tcp-proxy.ts';
import type { Leavable } from './weights.ts';

const FLOWS = {
  first: {
    name: 'first',
    replicatorConnector: 'replicator',
    mm2Connector: 'MirrorSourceConnector',
    offsetsTopic: 'mm2',
  },
  // In the same offsets topic.
  second: { name: 'second', replicatorConnector: 'replicator-b', mm2Connector: 'b->c.Mirror', offsetsTopic: 'mm2' },
  // The same Replicator connector, into another offsets topic.
  twin: { name: 'twin', replicatorConnector: 'replicator', mm2Connector: 'twin', offsetsTopic: 'mm2-twin' },
} as const;

const REPEATS: ReadonlySet<DeliveryReason> = new Set(['again', 'several-times', 'replay']);

/** Where everything stands already there is nothing to send, only to look. */
const whenRepeated = (at: Moment): Moment => (at.of === undefined ? at : { ...at, of: 'look', request: 1 });

/**
 * The plans of rounds, all of which can be played: fast-check repeats one by its seed and its path, and shrinks one
 * that fails.
 *
 * @param without Kinds that no round is to hold. @default those under which the function is known to fail
 */
export const roundPlans = (without: readonly Leavable[] = []): fc.Arbitrary<RoundPlan> =>
  roundDrafts(without).map(planRound);

/** Makes the plan of a round of what was drafted; what makes no sense at its place is left out. */
export const planRound = (draft: RoundDraft): RoundPlan => {
  const [first = 'ignore', second = 'ignore', twin = 'ignore'] = draft.tombstones;
  const flows: readonly PlannedFlow[] = [
    { ...FLOWS.first, tombstones: first },
    ...(draft.second ? [{ ...FLOWS.second, tombstones: second }] : []),
    ...(draft.twin ? [{ ...FLOWS.twin, tombstones: twin }] : []),
  ];
  const entries = entryPlanner(draft);
  const batches = batchPlanner();
  const acts = actPlanner(flows, batches);
  const once = new Set<Fault['kind']>(['broker-killed', 'connections-silent']);

  const planFault = (
    fault: FaultDraft,
    { slot, batches: [batch = [], ...more] }: Pick<Delivery, 'slot' | 'batches'>,
  ): Fault | undefined => {
    switch (fault.kind) {
      case 'broker-killed':
      case 'connections-silent':
        // They take seconds each.
        return once.delete(fault.kind) ? fault : undefined;
      case 'overtaken':
      case 'overtaken-by-another-deployment': {
        const others = SLOTS.filter((one) => one !== slot);
        const other = fault.kind === 'overtaken' ? (nth(others, fault.slot) ?? RIVAL_SLOT) : RIVAL_SLOT;
        // Nothing is later than the pieces that are still to come.
        return { kind: fault.kind, slot: other, later: more.length > 0 ? [] : batches.takeNew(fault.take) };
      }
      case 'taken-over':
      case 'partitions-added':
        return acts.plan(fault, batch);
      default:
        return fault;
    }
  };

  const deliver = (
    why: DeliveryReason,
    [batch = [], ...more]: readonly (readonly number[])[],
    {
      slot,
      alsoIn,
      strikes,
    }: Readonly<Pick<DraftOf<'deliver'>, 'slot' | 'alsoIn'>> & {
      readonly strikes: readonly DraftOf<'deliver'>['strikes'][number][];
    },
  ): readonly Delivery[] => {
    if (batch.length === 0) {
      return [];
    }
    const delivery = { slot, batches: [batch, ...more] };
    const planned = strikes.flatMap(({ at, fault }): readonly Strike[] => {
      const one = planFault(fault, delivery);
      return one === undefined ? [] : [{ at: REPEATS.has(why) ? whenRepeated(at) : at, fault: one }];
    });
    const also = alsoIn === undefined || alsoIn === slot || planned.length > 0 ? {} : { alsoIn };
    return [{ kind: 'deliver', why, ...delivery, ...also, strikes: planned }];
  };

  const planDelivery = (step: DraftOf<'deliver'>): readonly Delivery[] => {
    switch (step.why) {
      case 'new':
        return deliver('new', [batches.takeNew(step.take)], step);
      case 'in-pieces':
        return deliver('in-pieces', batches.inPieces(batches.takeNew(step.take), 1 + (step.which % 3)), step);
      case 'again':
        return deliver('again', [batches.again(step.which)], step);
      case 'several-times':
        return deliver('several-times', Array(2 + (step.which % 3)).fill(batches.again(step.which)), step);
      case 'replay':
        return deliver('replay', [batches.replay()], step);
    }
  };

  const drafts: readonly StepDraft[] = [draft.first, ...draft.steps];
  const lastTopic = drafts.findLastIndex(({ kind }) => kind === 'replicator-topic-created-anew');

  const plan = (step: StepDraft, index: number): readonly Step[] => {
    switch (step.kind) {
      case 'deliver':
        return planDelivery(step);
      case 'cold-start':
        return [step];
      case 'flush': {
        const flushed = entries.plan(step, batches.generation(), index > lastTopic);
        batches.flushed(flushed.entries);
        return [flushed];
      }
      case 'repaired': {
        const repaired = acts.planRepair(step.keys);
        return repaired === undefined ? [] : [repaired];
      }
      default: {
        const act = acts.plan(step);
        return act === undefined ? [] : [act];
      }
    }
  };

  const calm = { slot: 0, alsoIn: undefined, strikes: [] } as const;
  const steps = drafts.flatMap(plan);
  steps.push(...deliver('the-rest', [batches.takeNew([3])], calm));
  if (acts.needReplay()) {
    steps.push(...deliver('replay', [batches.replay()], calm));
  }
  return { flows, steps };
};
