import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Proof, proveTrueNext } from '../../../functions/readiness/proof.ts';
import { type Aftermath, type Omissions, play, type Step } from './copy-history.ts';

const contents = (distinct: number) =>
  fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(distinct)).map(([key, n]) => `${key}${n}`);

const count = fc.integer({ min: 1, max: 6 });

const anyStep = (distinct: number, compaction: boolean): fc.Arbitrary<Step> => {
  const side = fc.constantFrom('source' as const, 'target' as const);
  const produce = fc.record({
    kind: fc.constant('produce' as const),
    content: contents(distinct),
    aborted: fc.nat(5).map((n) => n === 0),
  });
  return fc.oneof(
    { weight: 6, arbitrary: produce },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'marker' }) },
    { weight: 5, arbitrary: count.map((n): Step => ({ kind: 'copy', count: n })) },
    { weight: 3, arbitrary: fc.constant<Step>({ kind: 'flush' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'kill' }) },
    { weight: 1, arbitrary: count.map((by): Step => ({ kind: 'rewind', by })) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'sync' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'take-over' }) },
    { weight: 1, arbitrary: fc.constantFrom('a', 'x').map((key): Step => ({ kind: 'foreign', key })) },
    { weight: 1, arbitrary: fc.tuple(side, count).map(([of, n]): Step => ({ kind: 'expire', side: of, count: n })) },
    ...(compaction ? [{ weight: 1, arbitrary: side.map((of): Step => ({ kind: 'compact', side: of })) }] : []),
  );
};

const anyOmissions: fc.Arbitrary<Omissions> = fc.record({
  offsets: fc.uniqueArray(fc.nat(30), { maxLength: 4 }).map((offsets) => new Set(offsets.map(BigInt))),
  aborted: fc.boolean(),
});

/** Two answers are the same where no source record lies between them. */
const sameAnswer = ({ input }: Aftermath, a: bigint, b: bigint): boolean =>
  input.source.entries.every(({ offset }) => offset < a === offset < b);

const claimsOf = (proof: Proof): readonly bigint[] =>
  proof.gaps.flatMap(({ from, to, records }) => (records > 0 ? [from, to] : []));

/** How many histories each kind takes: the environment variable `HISTORY_RUNS`. */
const RUNS = Number(process.env.HISTORY_RUNS ?? 2_000);

describe('the proof of the true next offset, over histories', () => {
  test.each([
    ['few contents, often repeated', 0, false],
    ['some contents repeated', 3, false],
    ['hardly any contents repeated', 1_000, false],
    ['few contents, compaction on both sides', 0, true],
    ['some contents repeated, compaction on both sides', 3, true],
    ['hardly any contents repeated, compaction on both sides', 1_000, true],
  ])('is never wrong, and what it calls a gap was never copied: %s', (_name, distinct, compaction) => {
    const steps = fc.array(anyStep(distinct, compaction), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(steps, anyOmissions, (history, omissions) => {
        const aftermath = play(history, omissions);
        fc.pre(!aftermath.hasGoneTwin);
        const proof = proveTrueNext(aftermath.input);
        if (proof.kind === 'proven') {
          expect({ proof: proof.next, same: sameAnswer(aftermath, proof.next, aftermath.trueNext) }).toEqual({
            proof: proof.next,
            same: true,
          });
        } else if (proof.between) {
          const { least, most } = proof.between;
          expect(least <= aftermath.trueNext && aftermath.trueNext <= most).toBe(true);
        }
        for (const offset of claimsOf(proof)) {
          expect(aftermath.neverCopied).toContain(offset);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
