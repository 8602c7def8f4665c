import { describe, expect, test } from '@jest/globals';
import { proveTrueNext } from '../../../functions/readiness/proof.ts';
import { type Aftermath, type Omissions, play, type Step } from './copy-history.ts';

/** Every choice of records that are never copied. */
const omissions = (length: number): readonly Omissions[] =>
  Array.from({ length: 2 ** length }, (_, bits) => ({
    offsets: new Set(
      Array.from({ length }, (_record, n) => n)
        .filter((n) => (bits >> n) & 1)
        .map(BigInt),
    ),
    aborted: false,
  }));

/** Every source of so many records that have one of two contents. */
const sources = (length: number): readonly (readonly Step[])[] =>
  Array.from({ length: 2 ** length }, (_, bits) =>
    Array.from({ length }, (_record, n): Step => {
      return { kind: 'produce', content: (bits >> n) & 1 ? 'a' : 'b', aborted: false };
    }),
  );

/** Every way in which a copier can be run so often: begin at its stored offset, copy, flush at some point, be killed. */
const sessions = (length: number, times: number, stored = 0): readonly (readonly Step[])[] => {
  if (times === 0) {
    return [[]];
  }
  const all: (readonly Step[])[] = [[]];
  for (let end = stored + 1; end <= length; end += 1) {
    for (let flushed = stored; flushed <= end; flushed += 1) {
      const before: readonly Step[] =
        flushed === stored ? [] : [{ kind: 'copy', count: flushed - stored }, { kind: 'flush' }];
      const after: readonly Step[] = end === flushed ? [] : [{ kind: 'copy', count: end - flushed }];
      for (const rest of sessions(length, times - 1, flushed)) {
        all.push([...before, ...after, { kind: 'kill' }, ...rest]);
      }
    }
  }
  return all;
};

const expiries = (most: number): readonly (readonly Step[])[] =>
  Array.from({ length: most + 1 }, (_, n) => n).flatMap((source) =>
    Array.from({ length: most + 1 }, (_, n) => n).map((target): readonly Step[] => [
      ...(source > 0 ? [{ kind: 'expire', side: 'source', count: source } as const] : []),
      ...(target > 0 ? [{ kind: 'expire', side: 'target', count: target } as const] : []),
    ]),
  );

/** Which source record MM2 would have to go on with, which is all that matters of an offset. */
const nextRecord = ({ input }: Aftermath, next: bigint): string =>
  String(input.source.entries.find(({ offset }) => offset >= next)?.offset ?? 'the end');

const evidenceOf = ({ input }: Aftermath): string =>
  JSON.stringify(input, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

/** Every history of some length, by what can be read after it. */
const byEvidence = (length: number, times: number, expiring: number) => {
  const groups = new Map<string, { readonly example: Aftermath; readonly answers: Set<string> }>();
  for (const source of sources(length)) {
    for (const copying of sessions(length, times)) {
      for (const expiry of expiries(expiring)) {
        for (const omitted of omissions(length)) {
          const aftermath = play([...source, ...copying, ...expiry], omitted);
          const evidence = evidenceOf(aftermath);
          const group = groups.get(evidence) ?? { example: aftermath, answers: new Set() };
          group.answers.add(nextRecord(aftermath, aftermath.trueNext));
          groups.set(evidence, group);
        }
      }
    }
  }
  return [...groups.values()];
};

describe('the proof, over every small history', () => {
  test('answers only where no history with the same traces has another answer, and then always', () => {
    const count = { proven: 0, ambiguous: 0, missed: 0, wrong: 0, nothing: 0 };
    const missed: string[] = [];
    for (const { example, answers } of byEvidence(4, 3, 2)) {
      const proof = proveTrueNext(example.input);
      if (proof.kind === 'unproven' && proof.cause !== 'ambiguous') {
        count.nothing += 1;
      } else if (proof.kind === 'proven') {
        const right = answers.size === 1 && answers.has(nextRecord(example, proof.next));
        count[right ? 'proven' : 'wrong'] += 1;
      } else if (answers.size === 1) {
        count.missed += 1;
        missed.push(`${evidenceOf(example)} ${[...answers]}`);
      } else {
        count.ambiguous += 1;
      }
    }
    console.log(
      JSON.stringify(count),
      missed.length,
      missed
        .filter((_, i) => i % Math.ceil(missed.length / 12) === 0)
        .join('\n')
        .replaceAll('"expected":true', ''),
    );
    expect(count.wrong).toBe(0);
  }, 120_000);
});
