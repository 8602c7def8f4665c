import { defaultPartition } from '../world/sync/default-partition.ts';
import { bytesOf, type Entry, type KeyForm, type Source } from '../world/sync/replicator-history.ts';
import { createRandom, type Random } from './random.ts';
import type {
  Delivery,
  DeliveryReason,
  Fault,
  PlannedFlow,
  RoundPlan,
  Step,
  Transaction,
  Write,
} from './round-plan.ts';
import type { Moment } from './tcp-proxy.ts';

/** Names that differ in what parsers trip over. */
const TOPICS = ['orders', 'payments.eu.v1', 'a-1', 'a', 'x_y.z-0'];
const SLOTS = 3;
const STEPS = { low: 12, high: 20 };
/** Connect workers' clocks may differ by five minutes. */
const FASTEST_CLOCK_MS = 150_000;
/** Beyond what a double can hold. */
const HUGE_OFFSET = 2n ** 53n;
/**
 * How many requests an invocation makes (measured): on a kept connection or on a new one, with something to write or
 * with repeated records alone. The moments of faults lie among them.
 */
const REQUESTS = { kept: { write: 6, repeat: 1 }, fresh: { write: 24, repeat: 20 } };

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

type Targeted = Extract<Entry, { readonly source: Source }>;

/** Makes the plan of a round: nothing but the seed and the number of the round decide it. */
export const planRound = (seed: number, round: number): RoundPlan => {
  const random = createRandom(`${seed}/${round}`);
  const tombstones = () => random.pick(['ignore', 'propagate'] as const);
  const flows: readonly PlannedFlow[] = [
    { ...FLOWS.first, tombstones: tombstones() },
    ...(random.chance(0.6) ? [{ ...FLOWS.second, tombstones: tombstones() }] : []),
    ...(random.chance(0.3) ? [{ ...FLOWS.twin, tombstones: tombstones() }] : []),
  ];
  const tracks = planTracks(random, flows);
  const steps: Step[] = [];
  const flushed: Entry[] = [];
  /** Numbers of flushed records that nobody got yet, by their partition of Replicator's offsets topic. */
  const waiting = new Map<number, number[]>();
  const delivered: (readonly number[])[] = [];
  /** The instance whose connection is not fenced: the last one that wrote. */
  let current: number | undefined;
  const takenOver = new Set<string>();
  let rare = 1;
  let value = 1_000_000;

  const flush = () => {
    const clock = random.chance(0.4) ? random.between(-FASTEST_CLOCK_MS, FASTEST_CLOCK_MS) : 0;
    const entries = planEntries(random, tracks, clock);
    for (const entry of entries) {
      const partition = defaultPartition(bytesOf(entry).key ?? '');
      waiting.set(partition, [...(waiting.get(partition) ?? []), flushed.length]);
      flushed.push(entry);
    }
    steps.push({ kind: 'flush', entries, clock });
  };

  /** Takes the first ones of some partitions: the event source keeps a partition's order. */
  const takeNew = (share: number): readonly number[] => {
    const taken: number[] = [];
    for (const [partition, numbers] of [...waiting]) {
      if (!random.chance(share)) {
        continue;
      }
      taken.push(...numbers.splice(0, share === 1 ? numbers.length : random.between(1, numbers.length)));
      if (numbers.length === 0) {
        waiting.delete(partition);
      }
    }
    if (taken.length > 0) {
      delivered.push(taken);
    }
    return taken;
  };

  /** Half of the moments lie around the send and the commit, which are an invocation's last requests. */
  const moment = (reach: number, from = random.chance(0.5) ? reach - 2 : 1): Moment => ({
    request: random.between(Math.max(1, Math.min(from, reach)), reach),
    side: random.pick(['before', 'after']),
  });

  const writeOf = (flow: number, source: Source): Write => {
    takenOver.add(`${flow} ${source.topic} ${source.partition}`);
    value += 1;
    return { flow, source, value: random.chance(0.15) ? null : `{"offset":${value}}` };
  };

  /** The keys that records come to, as flow and source. */
  const keysOf = (numbers: readonly number[]): readonly (readonly [number, Source])[] => {
    const keys = new Map<string, readonly [number, Source]>();
    for (const entry of numbers.map((number) => flushed[number])) {
      if (entry !== undefined && entry.kind !== 'noise') {
        for (const [flow, { replicatorConnector }] of flows.entries()) {
          if (replicatorConnector === entry.connector) {
            keys.set(`${flow} ${entry.source.topic} ${entry.source.partition}`, [flow, entry.source]);
          }
        }
      }
    }
    return [...keys.values()];
  };

  /** The half of all keys that somebody else may take over; the other half shows that the sync goes on. */
  const mayBeTaken = ([flow, { topic, partition }]: readonly [number, Source]): boolean =>
    (topic.length + partition + flow) % 2 === 0;

  const otherThan = (slot: number): number => random.pick([0, 1, 2].filter((one) => one !== slot));

  const planFault = (slot: number, reach: number, [batch = [], ...more]: readonly (readonly number[])[]): Fault => {
    const keys = keysOf(batch).filter(mayBeTaken);
    const kind = random.weighted({
      'connections dropped': 3,
      'connections silent': 0.4 * rare,
      'answers withheld': 2,
      'instance killed': 3,
      'two instances at once': 2,
      'overtaken by another instance': 3,
      'broker killed': 0.4 * rare,
      'taken over in mid-delivery': keys.length > 0 ? 6 : 0,
    });
    switch (kind) {
      case 'connections silent':
        rare = 0;
        return { kind, at: moment(reach) };
      case 'answers withheld':
        return { kind, at: moment(reach), milliseconds: random.between(50, 1_500) };
      case 'broker killed':
        rare = 0;
        return { kind, at: moment(reach), milliseconds: random.between(0, 1_500) };
      case 'two instances at once': {
        const other = otherThan(slot);
        current = undefined;
        return { kind, other };
      }
      case 'overtaken by another instance': {
        const [at, other] = [moment(reach), otherThan(slot)];
        current = undefined;
        // Nothing is later than the pieces that are still to come.
        return { kind, at, other, later: more.length > 0 ? [] : takeNew(random.pick([0, 0.5])) };
      }
      case 'taken over in mid-delivery': {
        const times: { at: Moment; writes: readonly Write[] }[] = [];
        // Mostly around the look and the send, which are an invocation's last requests.
        let from = random.chance(0.7) ? Math.max(1, reach - 5) : 1;
        for (let left = random.between(1, 3); left > 0 && from <= reach; left -= 1) {
          const at = moment(reach, from);
          times.push({ at, writes: [random.pick(keys), ...random.some(keys, 0.3)].map((key) => writeOf(...key)) });
          from = at.request + 1;
        }
        return { kind, times, transaction: random.pick<Transaction>(['none', 'none', 'committed', 'aborted']) };
      }
      default:
        return { kind, at: moment(reach) };
    }
  };

  const deliver = (why: DeliveryReason, batches: readonly (readonly number[])[], faultChance: number) => {
    const [first] = batches;
    if (first === undefined || first.length === 0) {
      return;
    }
    const slot = random.chance(0.75) ? 0 : random.between(0, SLOTS - 1);
    const isRepeat = why === 'again' || why === 'several times' || why === 'replay';
    const reach = REQUESTS[slot === current ? 'kept' : 'fresh'][isRepeat ? 'repeat' : 'write'];
    current = slot;
    const fault = random.chance(faultChance) ? planFault(slot, reach, batches) : undefined;
    steps.push({ kind: 'deliver', why, slot, batches, ...(fault && { fault }) } satisfies Delivery);
  };

  const takeOver = () => {
    const keys = keysOf(flushed.map((_, number) => number)).filter(mayBeTaken);
    if (keys.length === 0) {
      return;
    }
    const writes = [random.pick(keys), ...random.some(keys, 0.1)].map((key) => writeOf(...key));
    // A topic that Replicator does not copy: MM2 is at work on it already.
    if (random.chance(0.3)) {
      writes.push(writeOf(0, { topic: 'cut-over', partition: random.between(0, 2) }));
    }
    steps.push({ kind: 'take over', writes, transaction: random.weighted({ none: 4, committed: 2, aborted: 2 }) });
  };

  const act = () => {
    const kind = random.weighted({
      flush: waiting.size === 0 ? 6 : 2,
      new: waiting.size === 0 ? 0 : 6,
      again: delivered.length === 0 ? 0 : 2,
      'several times': delivered.length === 0 ? 0 : 0.7,
      'in pieces': waiting.size === 0 ? 0 : 1.2,
      replay: delivered.length === 0 ? 0 : 0.7,
      'cold start': 0.8,
      'take over': 1,
    });
    switch (kind) {
      case 'flush':
        return flush();
      case 'new':
        return deliver('new', [takeNew(0.7)], 0.7);
      case 'again':
        return deliver('again', [random.pick(delivered)], 0.4);
      case 'several times': {
        const batch = random.pick(delivered);
        return deliver('several times', Array(random.between(2, 4)).fill(batch), 0.4);
      }
      case 'in pieces': {
        const batch = takeNew(0.7);
        const size = random.between(1, 3);
        const pieces = Array.from({ length: Math.ceil(batch.length / size) }, (_, index) =>
          batch.slice(index * size, (index + 1) * size),
        );
        return deliver('in pieces', pieces, 0.4);
      }
      case 'replay':
        // The event source reads the topic from its begin: everything it delivered before, in order, in fewer batches.
        return deliver('replay', [delivered.flat().toSorted((a, b) => a - b)], 0.4);
      case 'cold start': {
        const slot = random.between(0, SLOTS - 1);
        if (slot === current) {
          current = undefined;
        }
        steps.push({ kind: 'cold start', slot });
        return;
      }
      case 'take over':
        return takeOver();
    }
  };

  flush();
  for (let count = random.between(STEPS.low, STEPS.high); count > 0; count -= 1) {
    act();
  }
  deliver('the rest', [takeNew(1)], 0.5);
  return { flows, steps };
};

const planTracks = (random: Random, flows: readonly PlannedFlow[]): readonly Track[] =>
  [...new Set(flows.map(({ replicatorConnector }) => replicatorConnector))].flatMap((connector) =>
    TOPICS.flatMap((topic) =>
      Array.from({ length: random.between(0, 3) }, (_, partition): Track => {
        const form = random.weighted<KeyForm>({ plain: 7, envelope: 2, rest: 1 });
        return {
          connector,
          source: { topic, partition },
          // Two forms of a key stand in two partitions, between which only the clock decides.
          forms: random.chance(0.2) ? ['plain', 'envelope', 'rest'] : [form],
          offset: random.chance(0.15) ? HUGE_OFFSET + BigInt(random.between(1, 99)) : 0n,
        };
      }),
    ),
  );

const planEntries = (random: Random, tracks: readonly Track[], clock: number): readonly Entry[] => {
  // Where only the clock decides, it has to be right.
  const able = tracks.filter(({ forms }) => clock === 0 || forms.length === 1);
  const entries: Entry[] = [];
  for (let count = random.between(3, 14); count > 0; count -= 1) {
    if (able.length === 0 || random.chance(0.12)) {
      entries.push(planNoise(random, tracks));
    } else {
      entries.push(planEntry(random, random.pick(able)));
    }
  }
  return entries;
};

const planEntry = (random: Random, track: Track): Targeted => {
  const { connector, source, forms } = track;
  const form = random.pick(forms);
  if (random.chance(0.1)) {
    return { kind: 'tombstone', connector, source, form };
  }
  const rewound = random.chance(0.12) && track.offset > 0n;
  track.offset = rewound ? track.offset / 2n : track.offset + BigInt(random.between(1, 500));
  return { kind: 'offset', connector, source, offset: track.offset, form };
};

/** Malformed records, and other connectors': they must change nothing. */
const planNoise = (random: Random, tracks: readonly Track[]): Entry => {
  const { key: ofOurs } = bytesOf(
    tracks.length === 0
      ? { kind: 'noise', key: '["replicator",{"topic":"foo","partition":0}]', value: null }
      : { ...planEntry(random, { ...random.pick(tracks) }), form: 'plain' },
  );
  const malformed = ['{"offset":"1"}', '{"offset":1.5}', '{"offset":-1}', '{"offset":1,"more":2}', 'no JSON', '', '[]'];
  return random.pick<Entry>([
    { kind: 'noise', key: ofOurs, value: random.pick(malformed) },
    { kind: 'noise', key: 'no JSON', value: '{"offset":1}' },
    { kind: 'noise', key: '["another",{"file":"/tmp/a"}]', value: '{"position":1}' },
    { kind: 'noise', key: '["another",{"topic":"orders","partition":0}]', value: null },
    { kind: 'noise', key: '["replicator",{"topic":"orders","partition":-1}]', value: '{"offset":1}' },
    { kind: 'noise', key: '["replicator",{"topic":"or/ders","partition":0}]', value: '{"offset":1}' },
    { kind: 'noise', key: '["replicator",{"topic":"orders","partition":0,"more":1}]', value: '{"offset":1}' },
  ]);
};
