import type { Entry, Source } from '../world/sync/replicator-history.ts';
import type { Moment } from './tcp-proxy.ts';

/** Everything that happens in a round, in order. It names nothing that only a run can know, such as an offset. */
export interface RoundPlan {
  readonly flows: readonly PlannedFlow[];
  readonly steps: readonly Step[];
}

/** A flow, whose names get the round's own suffix when it is played. */
export interface PlannedFlow {
  readonly name: string;
  readonly replicatorConnector: string;
  readonly mm2Connector: string;
  readonly offsetsTopic: string;
  readonly tombstones: 'ignore' | 'propagate';
}

/** Something that somebody else, MM2 or a person, writes to an MM2 offsets topic. */
export interface Write {
  /** The flow whose key it is, by its place in the plan. */
  readonly flow: number;
  readonly source: Source;
  readonly value: string | null;
}

/** How somebody else writes: in no transaction, or in one that stays open for a moment and then ends like this. */
export type Transaction = 'none' | 'committed' | 'aborted';

export type Step =
  | {
      readonly kind: 'flush';
      readonly entries: readonly Entry[];
      /** Milliseconds by which the Connect worker's clock is fast. */
      readonly clock: number;
    }
  | Delivery
  /** An instance is replaced by one that has to start. */
  | { readonly kind: 'cold start'; readonly slot: number }
  | { readonly kind: 'take over'; readonly writes: readonly Write[]; readonly transaction: Transaction };

export type DeliveryReason = 'new' | 'again' | 'several times' | 'in pieces' | 'replay' | 'the rest';

/** Batches that are delivered one after the other, each until it is taken. */
export interface Delivery {
  readonly kind: 'deliver';
  readonly why: DeliveryReason;
  /** Which of the instances gets them. */
  readonly slot: number;
  /** Records, by their number in the order in which they were flushed. */
  readonly batches: readonly (readonly number[])[];
  /** Strikes while the first batch is delivered. */
  readonly fault?: Fault;
}

export type Fault =
  | { readonly kind: 'connections dropped' | 'connections silent' | 'instance killed'; readonly at: Moment }
  | { readonly kind: 'answers withheld'; readonly at: Moment; readonly milliseconds: number }
  /** The broker is killed, and started again so much later. */
  | { readonly kind: 'broker killed'; readonly at: Moment; readonly milliseconds: number }
  /** Another instance gets the batch at the same time. */
  | { readonly kind: 'two instances at once'; readonly other: number }
  /** Another instance takes the batch, and later records, while this one stands still in the midst of it. */
  | {
      readonly kind: 'overtaken by another instance';
      readonly at: Moment;
      readonly other: number;
      readonly later: readonly number[];
    }
  /** Somebody else writes keys of the batch, one time after the other. */
  | {
      readonly kind: 'taken over in mid-delivery';
      readonly times: readonly { readonly at: Moment; readonly writes: readonly Write[] }[];
      readonly transaction: Transaction;
    };

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const describeMoment = ({ request, side }: Moment): string => `${side} request ${request}`;

const describeWrites = (writes: readonly Write[], transaction: Transaction): string =>
  writes.map(({ flow, source, value }) => `flow ${flow} ${source.topic}-${source.partition} = ${value}`).join(', ') +
  (transaction === 'none' ? '' : ` (transaction: ${transaction})`);

const describeFault = (fault: Fault): string => {
  switch (fault.kind) {
    case 'answers withheld':
    case 'broker killed':
      return `${fault.kind} ${describeMoment(fault.at)} for ${fault.milliseconds} ms`;
    case 'two instances at once':
      return `${fault.kind}, the other one in slot ${fault.other}`;
    case 'overtaken by another instance':
      return `${fault.kind} ${describeMoment(fault.at)}, in slot ${fault.other}, with later records [${fault.later.join(' ')}]`;
    case 'taken over in mid-delivery':
      return `${fault.kind}: ${fault.times
        .map(({ at, writes }) => `${describeMoment(at)} ${describeWrites(writes, fault.transaction)}`)
        .join('; ')}`;
    default:
      return `${fault.kind} ${describeMoment(fault.at)}`;
  }
};

const describeEntry = (entry: Entry): string => {
  if (entry.kind === 'noise') {
    return `noise ${entry.key} = ${entry.value}`;
  }
  const { connector, source, form } = entry;
  const value = entry.kind === 'tombstone' ? 'tombstone' : `${entry.offset}`;
  return `${connector} ${source.topic}-${source.partition}${form === 'plain' ? '' : ` (${form})`} = ${value}`;
};

/** Tells what a step does, for whoever has to understand a round that failed. */
export const describeStep = (step: Step): string => {
  switch (step.kind) {
    case 'flush':
      return `flush ${step.entries.map(describeEntry).join(', ')}${step.clock === 0 ? '' : ` (clock ${step.clock} ms)`}`;
    case 'deliver':
      return (
        `deliver ${step.why}, slot ${step.slot}: ${step.batches.map((batch) => `[${batch.join(' ')}]`).join(' ')}` +
        (step.fault ? `; ${describeFault(step.fault)}` : '')
      );
    case 'cold start':
      return `cold start of slot ${step.slot}`;
    case 'take over':
      return `somebody else writes ${describeWrites(step.writes, step.transaction)}`;
  }
};

/** The faults of a plan by kind: what strikes, what is delivered oddly, and who else writes. */
export const faultsOf = ({ steps }: RoundPlan): readonly string[] =>
  steps.flatMap((step): readonly string[] => {
    switch (step.kind) {
      case 'deliver': {
        const odd = step.why === 'new' || step.why === 'the rest' ? [] : [`delivered: ${step.why}`];
        return [...odd, ...(step.fault ? [step.fault.kind] : [])];
      }
      case 'cold start':
        return ['cold start'];
      case 'take over':
        return [step.transaction === 'none' ? 'taken over' : `taken over, transaction: ${step.transaction}`];
      default:
        return [];
    }
  });

/** A plan in a few words. */
export const summaryOf = (plan: RoundPlan): string =>
  `${plural(plan.steps.length, 'step')}, ${plural(faultsOf(plan).length, 'fault')}`;
