import type { Act, Delivery, Fault, RoundPlan, Step, Strike, Write } from '../../../local/chaos/round-plan.ts';
import { RIVAL_SLOT } from '../../../local/chaos/round-plan.ts';
import type { RequestKind } from '../../../local/chaos/tcp-proxy.ts';
import type { Entry } from '../../../local/world/sync/replicator-history.ts';

const FLOW = {
  name: 'first',
  replicatorConnector: 'replicator',
  mm2Connector: 'MirrorSourceConnector',
  offsetsTopic: 'mm2',
  tombstones: 'ignore',
} as const;
/** The same connector, into another offsets topic. */
const TWIN = { ...FLOW, name: 'twin', mm2Connector: 'twin', offsetsTopic: 'mm2-twin' } as const;
/** Partitions of one source topic. */
const KEYS = [0, 1, 2, 3, 4, 5];
const A_DAY_LATER_MS = 20 * 60_000;

const source = (partition: number) => ({ topic: 'orders', partition });

/** Flushes an offset for each of some keys. */
const flush = (offset: number, keys: readonly number[] = KEYS, clock = 0): Step => ({
  kind: 'flush',
  entries: keys.map(
    (key): Entry => ({
      kind: 'offset',
      connector: 'replicator',
      source: source(key),
      offset: BigInt(offset + key),
      form: 'plain',
    }),
  ),
  clock,
});

const deliver = (numbers: readonly number[], strikes: readonly Strike[] = [], slot = 0): Delivery => ({
  kind: 'deliver',
  why: 'new',
  slot,
  batches: [numbers],
  strikes,
});

const strike = (side: 'before' | 'after', of: RequestKind, fault: Fault): Strike => ({
  at: { of, request: 1, side },
  fault,
});

const theirs = (key: number, offset: number, odd: Pick<Write, 'header' | 'elsewhere'> = {}): Write => ({
  flow: 0,
  source: source(key),
  value: `{"offset":${offset}}`,
  ...odd,
});
/** Repairs of some keys; the values tell by their number which key, and how many were repaired at once. */
const repaired = (...keys: readonly number[]): Step => ({
  kind: 'repaired',
  repairs: keys.map((key) => ({
    flow: 0,
    source: source(key),
    value: `{"offset":${2_000_000 + 100 * keys.length + key}}`,
  })),
});
const takeOver = (...writes: readonly Write[]): Act => ({ kind: 'taken-over', writes, transaction: 'none' });
const later = (fault: Fault['kind'] & `overtaken${string}`, slot: number, numbers: readonly number[] = []): Fault => ({
  kind: fault,
  slot,
  later: numbers,
});

/** The numbers of the records of the n-th flush, if all before it were of all keys. */
const flushed = (nth: number): readonly number[] => KEYS.map((key) => nth * KEYS.length + key);

const plan = (...steps: readonly Step[]): RoundPlan => ({ flows: [FLOW], steps });
const WARM = [flush(100), deliver(flushed(0))];

/** What strikes just before an instance sends. */
export const FAULTS: readonly Fault[] = [
  { kind: 'connections-dropped' },
  { kind: 'connections-silent' },
  { kind: 'answers-withheld', forMs: 300 },
  { kind: 'instance-killed' },
  { kind: 'broker-killed', broker: 0, forMs: 0 },
  { kind: 'leaders-moved' },
  later('overtaken', 1),
  later('overtaken-by-another-deployment', RIVAL_SLOT),
  takeOver(theirs(0, 1_000_001)),
];

/** Each fault in turn strikes while an instance that is warm is about to send. */
export const EVERY_FAULT: RoundPlan = plan(
  ...WARM,
  ...FAULTS.flatMap((fault, index) => [
    flush(200 + 100 * index),
    deliver(flushed(1 + index), [strike('before', 'send', fault)]),
  ]),
);

/** An old batch comes again, and one with a key that somebody else has: nothing but the guard keeps these out. */
export const UNGUARDED: RoundPlan = plan(
  ...WARM,
  flush(200),
  deliver(flushed(1)),
  deliver(flushed(0)),
  takeOver(theirs(0, 1_000)),
  deliver(flushed(1)),
);

/** Rounds in which one hostile thing happens, and then the sync goes on. */
export const HOSTILE = {
  'a header of the name without a value': plan(
    ...WARM,
    takeOver(theirs(0, 1_000, { header: 'header-null' })),
    flush(200),
    deliver(flushed(1)),
    { kind: 'cold-start', slot: 0 },
    deliver(flushed(1)),
  ),
  'a header of the name with nonsense in it, and one that is there twice': plan(
    ...WARM,
    takeOver(theirs(0, 1_000, { header: 'header-garbage' }), theirs(1, 1_001, { header: 'header-twice' })),
    flush(200),
    deliver(flushed(1)),
    { kind: 'cold-start', slot: 0 },
    deliver(flushed(1)),
  ),
  "an old batch after Replicator's topic was created anew": plan(
    flush(100),
    flush(200),
    deliver([...flushed(0), ...flushed(1)]),
    { kind: 'replicator-topic-created-anew' },
    flush(300, KEYS, A_DAY_LATER_MS),
    deliver(flushed(2)),
    deliver(flushed(1)),
  ),
  "a batch that spans two of Replicator's topics": plan(
    flush(100),
    flush(200),
    deliver(flushed(0)),
    { kind: 'replicator-topic-created-anew' },
    flush(300, KEYS, A_DAY_LATER_MS),
    deliver([...flushed(1), ...flushed(2)]),
  ),
  "MM2's topic created anew under a warm instance, and filled by somebody else": plan(
    ...WARM,
    {
      kind: 'mm2-topic-created-anew',
      offsetsTopic: 'mm2',
      writes: KEYS.map((key) => theirs(key, 1_000 + key)),
      filled: true,
    },
    flush(200),
    deliver(flushed(1)),
  ),
  "MM2's topic created anew under a warm instance, and filled with nothing of the sync's": plan(
    ...WARM,
    { kind: 'mm2-topic-created-anew', offsetsTopic: 'mm2', writes: [], filled: true },
    deliver(flushed(0)),
  ),
  "MM2's topic deleted under a warm instance": plan(
    ...WARM,
    { kind: 'mm2-topic-created-anew', offsetsTopic: 'mm2', writes: [], filled: false },
    deliver(flushed(0)),
  ),
  "one of two of MM2's topics deleted, while somebody else goes on in the other": {
    ...plan(
      ...WARM,
      takeOver({ ...theirs(0, 1_000), flow: 1 }),
      { kind: 'mm2-topic-created-anew', offsetsTopic: TWIN.offsetsTopic, writes: [], filled: false },
      takeOver(theirs(1, 1_001)),
      flush(200),
      deliver(flushed(1)),
    ),
    flows: [FLOW, TWIN],
  },
  "partitions added under a warm instance, and somebody else's record in a new one": plan(
    ...WARM,
    { kind: 'partitions-added', offsetsTopic: 'mm2', count: 5 },
    takeOver(theirs(0, 1_000), theirs(1, 1_001), theirs(2, 1_002)),
    flush(200),
    deliver(flushed(1)),
  ),
  'partitions added before a cold start': plan(
    ...WARM,
    { kind: 'partitions-added', offsetsTopic: 'mm2', count: 5 },
    { kind: 'cold-start', slot: 0 },
    flush(200),
    deliver(flushed(1)),
  ),
  "an instance that dies over somebody else's value, and the next one over a newer one": plan(
    ...WARM,
    flush(200),
    deliver(flushed(1), [
      strike('before', 'announce', takeOver(theirs(0, 1_000))),
      strike('after', 'send', { kind: 'instance-killed' }),
      strike('before', 'announce', takeOver(theirs(0, 2_000))),
      strike('after', 'send', { kind: 'instance-killed' }),
    ]),
  ),
  'another deployment that writes a later place in mid-delivery': plan(
    ...WARM,
    flush(200),
    flush(300),
    deliver(flushed(1), [
      strike('before', 'announce', later('overtaken-by-another-deployment', RIVAL_SLOT, flushed(2))),
    ]),
  ),
  'repairs before and after their record is delivered, everything once more, and a flush after them': plan(
    ...WARM,
    repaired(0, 1),
    flush(200),
    repaired(1, 2, 3),
    deliver(flushed(1)),
    deliver(flushed(0)),
    { kind: 'cold-start', slot: 0 },
    deliver(flushed(1)),
    flush(300, [3]),
    deliver([2 * KEYS.length]),
    deliver(flushed(1)),
  ),
  "a key handed back while somebody else's record stands in another partition": plan(
    ...WARM,
    takeOver(theirs(0, 1_000, { elsewhere: true })),
    flush(200),
    deliver(flushed(1)),
    { kind: 'handed-back', keys: [{ flow: 0, source: source(0) }] },
    flush(300),
    deliver(flushed(2)),
    flush(400),
    deliver(flushed(3)),
  ),
  'a key taken over, handed back and taken over again': plan(
    ...WARM,
    takeOver(theirs(0, 1_000)),
    flush(200),
    deliver(flushed(1)),
    { kind: 'handed-back', keys: [{ flow: 0, source: source(0) }] },
    flush(300),
    deliver(flushed(2)),
    takeOver(theirs(0, 2_000)),
    flush(400),
    deliver(flushed(3)),
  ),
} satisfies Readonly<Record<string, RoundPlan>>;
