import fc from 'fast-check';
import { SLOTS } from './round-plan.ts';
import { type Leavable, WEIGHTS } from './weights.ts';

/** Connect workers' clocks may differ by five minutes. */
const FASTEST_CLOCK_MS = 150_000;

/** True in so many cases out of a hundred. */
const percent = (share: number): fc.Arbitrary<boolean> => fc.nat(99).map((number) => number >= 100 - share);

const list = <T>(one: fc.Arbitrary<T>, minLength: number, maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(one, { minLength, maxLength, size: 'max' });

/** Stands for one of a list, by its index modulo the list's length. */
const anyOf = () => fc.nat(999);

/**
 * What a round is made of, as free choices: whichever of them are taken away, {@link planRound} makes a plan of the rest.
 * So fast-check can shrink a round that fails.
 *
 * @param without Kinds that no round is to hold.
 */
export const roundDrafts = (without: readonly Leavable[]) => {
  const left: ReadonlySet<string> = new Set(without);
  const choice = <K extends string, T>(weights: Readonly<Record<K, number>>, kind: K, arbitrary: fc.Arbitrary<T>) => ({
    weight: left.has(kind) ? 0 : weights[kind],
    arbitrary,
  });
  const kinds = <K extends string>(weights: Readonly<Record<K, number>>): fc.Arbitrary<K> =>
    fc.oneof(...(Object.keys(weights) as K[]).map((kind) => choice(weights, kind, fc.constant(kind))));
  const only = <K extends string>(kind: K) => fc.record({ kind: fc.constant(kind) });

  const source = fc.record({
    connector: fc.constantFrom(0, 0, 1),
    topic: fc.nat(4),
    partition: fc.nat(2),
    form: kinds({ plain: 7, envelope: 2, rest: 1 }),
    severalForms: percent(20),
    huge: percent(15),
  });
  const entry = fc.record({
    kind: kinds({ offset: 8, tombstone: 1, noise: 1 }),
    track: anyOf(),
    form: anyOf(),
    step: fc.integer({ min: 1, max: 500 }),
    rewound: percent(12),
  });
  const flush = fc.record({
    kind: fc.constant('flush'),
    entries: list(entry, 1, 14),
    clock: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: -FASTEST_CLOCK_MS, max: FASTEST_CLOCK_MS }) },
    ),
  });

  const key = fc.record({
    key: anyOf(),
    tombstone: percent(15),
    /** Of a topic that Replicator does not copy: MM2 is at work on it already. */
    unheardOf: percent(10),
    header: kinds(WEIGHTS.headers),
    elsewhere: left.has('elsewhere') ? fc.constant(false) : percent(5),
  });
  const takeOver = fc.record({
    kind: fc.constant('taken-over'),
    keys: list(key, 1, 3),
    transaction: kinds({ none: 4, committed: 2, aborted: 2 }),
  });
  const handBack = fc.record({ kind: fc.constant('handed-back'), keys: list(anyOf(), 1, 3) });
  const addPartitions = fc.record({
    kind: fc.constant('partitions-added'),
    topic: anyOf(),
    count: fc.integer({ min: 1, max: 5 }),
  });
  const createAnew = fc.record({
    kind: fc.constant('mm2-topic-created-anew'),
    topic: anyOf(),
    filled: left.has('mm2-topic-filled') ? fc.constant(false) : percent(70),
    keys: list(key, 0, 3),
  });

  const side = fc.constantFrom('before', 'after');
  const at = fc.oneof(
    {
      // Mostly around the look, the send and the commit.
      weight: 3,
      arbitrary: fc.record({
        of: kinds({ send: 5, commit: 3, look: 3, fence: 1, announce: 1, read: 1 }),
        request: fc.constantFrom(1, 1, 1, 1, 1, 2),
        side,
      }),
    },
    { weight: 1, arbitrary: fc.record({ request: fc.integer({ min: 1, max: 8 }), side }) },
  );
  const forMs = fc.integer({ min: 0, max: 1_500 });
  const overtake = <K extends string>(kind: K) =>
    fc.record({ kind: fc.constant(kind), slot: anyOf(), take: list(fc.nat(3), 0, 3) });
  const { faults, steps } = WEIGHTS;
  const fault = fc.oneof(
    choice(faults, 'connections-dropped', only('connections-dropped')),
    choice(faults, 'instance-killed', only('instance-killed')),
    choice(faults, 'connections-silent', only('connections-silent')),
    choice(faults, 'leaders-moved', only('leaders-moved')),
    choice(faults, 'answers-withheld', fc.record({ kind: fc.constant('answers-withheld'), forMs })),
    choice(faults, 'broker-killed', fc.record({ kind: fc.constant('broker-killed'), broker: anyOf(), forMs })),
    choice(faults, 'overtaken', overtake('overtaken')),
    choice(faults, 'overtaken-by-another-deployment', overtake('overtaken-by-another-deployment')),
    choice(faults, 'taken-over', takeOver),
    choice(faults, 'partitions-added', addPartitions),
  );
  const deliver = fc.record({
    kind: fc.constant('deliver'),
    why: kinds(WEIGHTS.deliveries),
    which: anyOf(),
    /** How much of what nobody got yet, by partition: nothing, one record, half or all of them. */
    take: list(fc.nat(3), 1, 9),
    slot: fc.constantFrom(0, 0, 0, 0, 0, ...SLOTS),
    alsoIn: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...SLOTS) },
    ),
    strikes: list(fc.record({ at, fault }), 0, 3),
  });

  // What stands first is shrunk first.
  return fc.record({
    steps: list(
      fc.oneof(
        choice(steps, 'deliver', deliver),
        choice(steps, 'flush', flush),
        choice(steps, 'cold-start', fc.record({ kind: fc.constant('cold-start'), slot: fc.constantFrom(...SLOTS) })),
        choice(steps, 'taken-over', takeOver),
        choice(steps, 'handed-back', handBack),
        choice(steps, 'partitions-added', addPartitions),
        choice(steps, 'mm2-topic-created-anew', createAnew),
        choice(steps, 'replicator-topic-created-anew', only('replicator-topic-created-anew')),
        choice(steps, 'repaired', fc.record({ kind: fc.constant('repaired'), keys: list(anyOf(), 1, 3) })),
      ),
      0,
      24,
    ),
    first: flush,
    tombstones: fc.tuple(...['first', 'second', 'twin'].map(() => fc.constantFrom('ignore', 'propagate'))),
    second: percent(60),
    twin: percent(30),
    sources: list(source, 1, 15),
  });
};

type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never;

export type RoundDraft = ValueOf<ReturnType<typeof roundDrafts>>;
export type StepDraft = RoundDraft['steps'][number];
export type DraftOf<K extends StepDraft['kind']> = Extract<StepDraft, { readonly kind: K }>;
export type FaultDraft = DraftOf<'deliver'>['strikes'][number]['fault'];
export type EntryDraft = DraftOf<'flush'>['entries'][number];
export type KeyDraft = DraftOf<'taken-over'>['keys'][number];
