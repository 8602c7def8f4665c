import { describe, expect, test } from '@jest/globals';
import type { ProofInput } from '../../../functions/readiness/compared-logs.ts';
import { proveTrueNext } from '../../../functions/readiness/proof.ts';
import { possibleAnswers } from './possible-answers.ts';

const LETTERS = ['a', 'b'];

const words = (length: number): readonly string[] =>
  length === 0 ? [''] : words(length - 1).flatMap((word) => LETTERS.map((letter) => word + letter));

const upTo = (most: number): readonly number[] => Array.from({ length: most + 1 }, (_, n) => n);

/** Everything that can be read of a source of three records, of which the oldest may have expired, and its copy. */
const everyInput = (records: number): readonly ProofInput[] =>
  upTo(1).flatMap((gone) =>
    words(records - gone).flatMap((source) =>
      upTo(5).flatMap((length) =>
        words(length).flatMap((target) =>
          upTo(1).flatMap((expired) =>
            upTo(records).map(
              (next): ProofInput => ({
                replicatorNext: BigInt(next),
                source: {
                  start: BigInt(gone),
                  from: BigInt(gone),
                  end: BigInt(records),
                  compacted: false,
                  entries: [...source].map((content, n) => ({ offset: BigInt(gone + n), content, expected: true })),
                },
                target: {
                  start: BigInt(expired),
                  from: BigInt(expired),
                  end: BigInt(expired + length),
                  compacted: false,
                  entries: [...target],
                },
              }),
            ),
          ),
        ),
      ),
    ),
  );

const textOf = ({ source, target, replicatorNext }: ProofInput): string =>
  `source ${source.start}:${source.entries.map(({ content }) => content).join('')}, ` +
  `target ${target.start}:${target.entries.join('')}, Replicator's next ${replicatorNext}`;

/** What the proof says, held against everything that can have happened. */
const judge = (input: ProofInput) => {
  const { answers, withoutOmissions } = possibleAnswers(input, LETTERS);
  const proof = proveTrueNext(input);
  const comparable = answers.size > 0 && (proof.kind === 'proven' || proof.cause === 'ambiguous');
  const answer =
    proof.kind === 'proven'
      ? String(input.source.entries.find(({ offset }) => offset >= proof.next)?.offset ?? 'end')
      : undefined;
  // Nothing had to be left out, and where records have expired on the source, they have on the target, too.
  const ordinary = withoutOmissions && (input.source.start === 0n || input.target.start > 0n);
  return { text: `${textOf(input)}: ${[...answers]}, not ${answer}`, answers, answer, comparable, ordinary };
};

describe('the proof, over everything that can be read of a small topic', () => {
  const judgements = everyInput(3)
    .map(judge)
    .filter(({ comparable }) => comparable);

  test('answers nowhere that another answer fits as well', () => {
    const wrong = judgements.filter(
      ({ answer, answers }) => answer !== undefined && !(answers.size === 1 && answers.has(answer)),
    );

    expect(wrong.map(({ text }) => text)).toEqual([]);
    expect(judgements.filter(({ answer }) => answer !== undefined).length).toBeGreaterThan(1_000);
  });

  test('answers wherever one answer alone fits, and nothing was left out', () => {
    const missed = judgements.filter(
      ({ answer, answers, ordinary }) => ordinary && answers.size === 1 && answer === undefined,
    );

    expect(missed.map(({ text }) => text)).toEqual([]);
  });
});
