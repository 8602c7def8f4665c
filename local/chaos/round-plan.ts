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

export type Step =
  | {
      readonly kind: 'flush';
      readonly entries: readonly Entry[];
      /** Milliseconds by which the Connect worker's clock is fast. */
      readonly clock: number;
    }
  | Delivery
  /** An instance is replaced by one that has to start. */
  | { readonly kind: 'cold-start'; readonly slot: number }
  /** A person writes what was proven of some keys, each departing from what Replicator flushed last for it by then. */
  | { readonly kind: 'repaired'; readonly repairs: readonly PlannedRepair[] }
  | Act;

export type DeliveryReason = 'new' | 'again' | 'several-times' | 'in-pieces' | 'replay' | 'the-rest';

/** The slots of the deployment's instances. */
export const SLOTS = [0, 1, 2] as const;
/** The slot of an instance of another deployment, which serves the same flows under another name. */
export const RIVAL_SLOT = 3;

/** Batches that are delivered one after the other, each until it is taken. */
export interface Delivery {
  readonly kind: 'deliver';
  readonly why: DeliveryReason;
  /** Which of the instances gets them. */
  readonly slot: number;
  /** Another instance, which gets the first batch at the same time. */
  readonly alsoIn?: number;
  /** Records, by their number in the order in which they were flushed. */
  readonly batches: readonly (readonly number[])[];
  /** Happen while the first batch is delivered, one after the other. */
  readonly strikes: readonly Strike[];
}

/** A fault at a moment, which is counted from the strike before. */
export interface Strike {
  readonly at: Moment;
  readonly fault: Fault;
}

export type Fault =
  | { readonly kind: 'connections-dropped' | 'connections-silent' | 'instance-killed' | 'leaders-moved' }
  | { readonly kind: 'answers-withheld'; readonly forMs: number }
  /** One of the brokers is killed, and started again so much later. */
  | { readonly kind: 'broker-killed'; readonly broker: number; readonly forMs: number }
  /** Another instance takes the batch, and later records, while this one stands still in the midst of it. */
  | {
      readonly kind: 'overtaken' | 'overtaken-by-another-deployment';
      readonly slot: number;
      readonly later: readonly number[];
    }
  | Act;

/** A key that MM2 looks for. */
export interface PlannedKey {
  /** The flow whose key it is, by its place in the plan. */
  readonly flow: number;
  readonly source: Source;
}

/** What was proven of a key: a value that Replicator never flushes. */
export interface PlannedRepair extends PlannedKey {
  readonly value: string;
}

/** Something that somebody else, MM2 or a person, writes to an MM2 offsets topic. */
export interface Write extends PlannedKey {
  readonly value: string | null;
  /** A header of the sync's name, which no record of anybody else's should have. */
  readonly header?: ForgedHeader;
  /** Whether it stands in another partition than Java's partitioner picks. */
  readonly elsewhere?: true;
}

/** A header of the sync's name that says nothing: without a value, with nonsense in it, or there twice. */
export type ForgedHeader = 'header-null' | 'header-garbage' | 'header-twice';

/** How somebody else writes: in no transaction, or in one that stays open for a moment and then ends like this. */
export type Transaction = 'none' | 'committed' | 'aborted';

/** What somebody else does, between deliveries or in the midst of one. */
export type Act =
  | { readonly kind: 'taken-over'; readonly writes: readonly Write[]; readonly transaction: Transaction }
  /** Tombstones that give keys back to the sync. */
  | { readonly kind: 'handed-back'; readonly keys: readonly PlannedKey[] }
  | { readonly kind: 'partitions-added'; readonly offsetsTopic: string; readonly count: number }
  | {
      readonly kind: 'mm2-topic-created-anew';
      readonly offsetsTopic: string;
      /** What is written to the new one at once; with nothing to write, the function has to create it. */
      readonly writes: readonly Write[];
      /** Whether every partition is filled beyond where it ended. */
      readonly filled: boolean;
    }
  /** Replicator's offsets topic; the event source still holds batches of the old one. */
  | { readonly kind: 'replicator-topic-created-anew' };
