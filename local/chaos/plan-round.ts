import type fc from 'fast-check';
import { defaultPartition } from '../world/sync/default-partition.ts';
import { bytesOf, type Entry, type KeyForm, type Source } from '../world/sync/replicator-history.ts';
import {
  type DraftOf,
  type EntryDraft,
  type FaultDraft,
  type KeyDraft,
  type RoundDraft,
  roundDrafts,
  type StepDraft,
} from './round-draft.ts';
import {
  type Act,
  type Delivery,
  type DeliveryReason,
  type Fault,
  type PlannedFlow,
  type PlannedKey,
  RIVAL_SLOT,
  type RoundPlan,
  SLOTS,
  type Step,
  type Strike,
  type Write,
} from './round-plan.ts';
import type { Moment } from './tcp-proxy.ts';
import { HELD_BACK, type Leavable } from './weights.ts';

/** Names that differ in what parsers trip over. */
const TOPICS = ['orders', 'payments.eu.v1', 'a-1', 'a', 'x_y.z-0'];
/** Beyond what a double can hold. */
const HUGE_OFFSET = 2n ** 53n;
/**
 * Milliseconds between two topics of Replicator's: longer than the function's tolerance for clocks and what these are
 * fast or slow by, so that every record can be told to be of the old topic or of the new one.
 */
const BETWEEN_TOPICS_MS = 20 * 60_000;
/** A broker takes no record that is an hour ahead of its clock. */
const MOST_TOPICS = 3;

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

/** A source partition of one Replicator connector, and how its workers write its key. */
interface Track {
  readonly connector: string;
  readonly source: Source;
  readonly forms: readonly KeyForm[];
  offset: bigint;
}

/** Malformed values of our keys, and whole records of others: they must change nothing. */
const MALFORMED_VALUES = [
  '{"offset":"1"}',
  '{"offset":1.5}',
  '{"offset":-1}',
  '{"offset":1,"more":2}',
  'no JSON',
  '',
  '[]',
];
const OTHERS: readonly (readonly [string, string | null])[] = [
  ['no JSON', '{"offset":1}'],
  ['["another",{"file":"/tmp/a"}]', '{"position":1}'],
  ['["another",{"topic":"orders","partition":0}]', null],
  ['["replicator",{"topic":"orders","partition":-1}]', '{"offset":1}'],
  ['["replicator",{"topic":"or/ders","partition":0}]', '{"offset":1}'],
  ['["replicator",{"topic":"orders","partition":0,"more":1}]', '{"offset":1}'],
];

const REPEATS: ReadonlySet<DeliveryReason> = new Set(['again', 'several-times', 'replay']);

/** Where everything stands already there is nothing to send, only to look. */
const whenRepeated = (at: Moment): Moment => (at.of === undefined ? at : { ...at, of: 'look', request: 1 });

const nameOf = ({ flow, source: { topic, partition } }: PlannedKey): string => `${flow} ${topic} ${partition}`;

const nth = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];

/** The half of all keys that somebody else may take over; the other half shows that the sync goes on. */
const mayBeTaken = ({ flow, source: { topic, partition } }: PlannedKey): boolean =>
  (topic.length + partition + flow) % 2 === 0;

/**
 * The plans of rounds, all of which can be played: fast-check repeats one by its seed and its path, and shrinks one
 * that fails.
 *
 * @param without Kinds that no round is to hold. @default those under which the function is known to fail
 */
export const roundPlans = (without: readonly Leavable[] = HELD_BACK): fc.Arbitrary<RoundPlan> =>
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

  const plan = (step: StepDraft): readonly Step[] => {
    switch (step.kind) {
      case 'deliver':
        return planDelivery(step);
      case 'cold-start':
        return [step];
      case 'flush': {
        const flushed = entries.plan(step, batches.generation());
        batches.flushed(flushed.entries);
        return [flushed];
      }
      default: {
        const act = acts.plan(step);
        return act === undefined ? [] : [act];
      }
    }
  };

  const calm = { slot: 0, alsoIn: undefined, strikes: [] } as const;
  const steps = [draft.first, ...draft.steps].flatMap(plan);
  steps.push(...deliver('the-rest', [batches.takeNew([3])], calm));
  if (acts.needReplay()) {
    steps.push(...deliver('replay', [batches.replay()], calm));
  }
  return { flows, steps };
};

/** Plans what Connect's workers flush. */
const entryPlanner = ({ sources }: RoundDraft) => {
  const tracks = sources.map(
    ({ connector, topic, partition, form, severalForms, huge }): Track => ({
      connector: connector === 0 ? 'replicator' : 'replicator-b',
      source: { topic: TOPICS[topic] ?? 'orders', partition },
      // Two forms of a key stand in two partitions, between which only the clock decides.
      forms: severalForms ? ['plain', 'envelope', 'rest'] : [form],
      offset: huge ? HUGE_OFFSET : 0n,
    }),
  );
  // Of two for the same source partition the first one counts.
  const distinct = [
    ...new Map(
      tracks.toReversed().map((track) => [JSON.stringify([track.connector, track.source]), track] as const),
    ).values(),
  ];

  const planEntry = ({ kind, track: index, form, step, rewound }: EntryDraft, able: readonly Track[]): Entry => {
    const track = nth(able, index);
    if (track === undefined) {
      return { kind: 'noise', key: 'no JSON', value: null };
    }
    const { connector, source } = track;
    const key = { connector, source, form: nth(track.forms, form) ?? 'plain' };
    if (kind === 'noise') {
      const [other, value] = nth(OTHERS, form) ?? ['no JSON', null];
      const ours = bytesOf({ kind: 'tombstone', ...key });
      return step % 2 === 0
        ? { kind: 'noise', key: ours.key, value: nth(MALFORMED_VALUES, form) ?? '' }
        : { kind: 'noise', key: other, value };
    }
    if (kind === 'tombstone') {
      return { kind: 'tombstone', ...key };
    }
    track.offset = rewound ? track.offset / 2n : track.offset + BigInt(step);
    return { kind: 'offset', ...key, offset: track.offset };
  };

  return {
    plan: ({ clock, entries }: DraftOf<'flush'>, generation: number) => {
      // Where only the clock decides, it has to be right.
      const able = distinct.filter(({ forms }) => clock === 0 || forms.length === 1);
      const planned = entries.map((entry) => planEntry(entry, able));
      return { kind: 'flush', entries: planned, clock: clock + generation * BETWEEN_TOPICS_MS } as const;
    },
  };
};

/** Follows which records there are, and which of them were delivered. */
const batchPlanner = () => {
  const records: { readonly entry: Entry; readonly generation: number }[] = [];
  /** Numbers of flushed records that nobody got yet, by their partition of Replicator's offsets topic. */
  const waiting = new Map<number, number[]>();
  const delivered: (readonly number[])[] = [];
  let generation = 0;

  return {
    generation: () => generation,
    createAnew: () => {
      generation += 1;
    },
    flushed: (entries: readonly Entry[]) => {
      for (const entry of entries) {
        const partition = defaultPartition(bytesOf(entry).key ?? '');
        waiting.set(partition, [...(waiting.get(partition) ?? []), records.length]);
        records.push({ entry, generation });
      }
    },
    /** Takes the first ones of some partitions: the event source keeps a partition's order. */
    takeNew: (take: readonly number[]): readonly number[] => {
      const taken: number[] = [];
      for (const [index, numbers] of [...waiting.values()].entries()) {
        const share = nth(take, index) ?? 0;
        const count = [0, 1, Math.ceil(numbers.length / 2), numbers.length][share];
        taken.push(...numbers.splice(0, count));
      }
      for (const [partition, numbers] of [...waiting]) {
        if (numbers.length === 0) {
          waiting.delete(partition);
        }
      }
      if (taken.length > 0) {
        delivered.push(taken);
      }
      return taken;
    },
    again: (which: number): readonly number[] => nth(delivered, which) ?? [],
    /** The event source reads the topic from its begin: all it delivered before, in order. */
    replay: (): readonly number[] =>
      [...new Set(delivered.flat())]
        .filter((number) => records[number]?.generation === generation)
        .toSorted((a, b) => a - b),
    inPieces: (batch: readonly number[], size: number): readonly (readonly number[])[] =>
      Array.from({ length: Math.ceil(batch.length / size) }, (_, index) =>
        batch.slice(index * size, (index + 1) * size),
      ),
    entriesOf: (numbers: readonly number[] = records.keys().toArray()): readonly Entry[] =>
      numbers.flatMap((number) => records[number]?.entry ?? []),
  };
};

/** Plans what somebody else does. */
const actPlanner = (flows: readonly PlannedFlow[], batches: ReturnType<typeof batchPlanner>) => {
  let value = 1_000_000;
  const takenOver = new Map<string, PlannedKey>();
  /** What was lost and has to be replayed: with one such thing in a round it is clear what must stand at its end. */
  let lost: 'offsets' | 'history' | undefined;
  const loses = (what: 'offsets' | 'history'): boolean => {
    lost ??= what;
    return lost === what;
  };

  /** The keys that records come to. */
  const keysOf = (entries: readonly Entry[]): readonly PlannedKey[] => {
    const keys = entries.flatMap((entry) =>
      flows.flatMap(({ replicatorConnector }, flow): readonly PlannedKey[] =>
        entry.kind !== 'noise' && entry.connector === replicatorConnector ? [{ flow, source: entry.source }] : [],
      ),
    );
    return [...new Map(keys.map((key) => [nameOf(key), key])).values()].filter(mayBeTaken);
  };

  const planWrites = (drafts: readonly KeyDraft[], keys: readonly PlannedKey[]): readonly Write[] =>
    drafts.flatMap(({ key: index, tombstone, unheardOf, header, elsewhere }): readonly Write[] => {
      const key = unheardOf ? { flow: 0, source: { topic: 'cut-over', partition: index % 3 } } : nth(keys, index);
      if (key === undefined) {
        return [];
      }
      value += 1;
      return [
        {
          ...key,
          value: tombstone ? null : `{"offset":${value}}`,
          ...(header !== 'none' && { header }),
          ...(elsewhere && { elsewhere }),
        },
      ];
    });

  return {
    needReplay: () => lost === 'offsets',
    /** @param batch The records whose keys are meant. @default all that were flushed */
    plan: (act: Extract<StepDraft, { readonly kind: Act['kind'] }>, batch?: readonly number[]): Act | undefined => {
      const keys = keysOf(batches.entriesOf(batch));
      switch (act.kind) {
        case 'taken-over': {
          const writes = planWrites(act.keys, keys).map(({ header, elsewhere, ...write }) =>
            // Only records without a transaction are so odd.
            act.transaction === 'none'
              ? { ...write, ...(header && { header }), ...(elsewhere && { elsewhere }) }
              : write,
          );
          if (writes.length === 0) {
            return undefined;
          }
          if (act.transaction !== 'aborted') {
            for (const { flow, source } of writes) {
              takenOver.set(nameOf({ flow, source }), { flow, source });
            }
          }
          return { kind: act.kind, writes, transaction: act.transaction };
        }
        case 'handed-back': {
          const taken = [...takenOver.values()];
          const back = new Map(
            act.keys.flatMap((index) => {
              const key = nth(taken, index);
              return key === undefined ? [] : [[nameOf(key), key] as const];
            }),
          );
          if (back.size === 0 || !loses('offsets')) {
            return undefined;
          }
          for (const name of back.keys()) {
            takenOver.delete(name);
          }
          return { kind: act.kind, keys: [...back.values()] };
        }
        case 'partitions-added':
          return { kind: act.kind, offsetsTopic: nth(flows, act.topic)?.offsetsTopic ?? '', count: act.count };
        case 'mm2-topic-created-anew': {
          if (!loses('offsets')) {
            return undefined;
          }
          const { offsetsTopic = '' } = nth(flows, act.topic) ?? {};
          const ofTopic = (key: PlannedKey) => flows[key.flow]?.offsetsTopic === offsetsTopic;
          for (const [name, key] of takenOver) {
            if (ofTopic(key)) {
              takenOver.delete(name);
            }
          }
          const writes = planWrites(act.keys, keys.filter(ofTopic)).filter(ofTopic);
          for (const { flow, source } of writes) {
            takenOver.set(nameOf({ flow, source }), { flow, source });
          }
          return { kind: act.kind, offsetsTopic, writes, filled: act.filled };
        }
        case 'replicator-topic-created-anew':
          if (batches.generation() + 1 === MOST_TOPICS || !loses('history')) {
            return undefined;
          }
          batches.createAnew();
          return { kind: act.kind };
      }
    },
  };
};
