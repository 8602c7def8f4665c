import type { ProofInput } from '../../../functions/readiness/compared-logs.ts';

/** What a copier knows and has done: the next record to copy, the stored next offset, the last standing copy. */
interface State {
  readonly position: number;
  readonly stored: number;
  readonly last: number;
}

const nameOf = ({ position, stored, last }: State): string => `${position} ${stored} ${last}`;

/** Everything that can come of some states, one step after the other. */
const closure = (states: Iterable<State>, next: (state: State) => readonly State[]): readonly State[] => {
  const known = new Map<string, State>();
  const open = [...states];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (!known.has(nameOf(state))) {
      known.set(nameOf(state), state);
      open.push(...next(state));
    }
  }
  return [...known.values()];
};

const words = (length: number, letters: readonly string[]): readonly string[] =>
  length === 0 ? [''] : words(length - 1, letters).flatMap((word) => letters.map((letter) => word + letter));

/** The last copies that may stand after a source was copied, some of its records left out, and the target came of it. */
const lastCopies = (source: string, omitted: number, input: ProofInput): ReadonlySet<number> => {
  const isOmitted = (offset: number) => ((omitted >> offset) & 1) === 1;
  const idle = ({ position, stored, last }: State): readonly State[] => [
    { position, stored: position, last },
    { position: stored, stored, last },
    ...Array.from({ length: stored }, (_, earlier) => ({ position: earlier, stored: earlier, last })),
    ...(position < source.length && isOmitted(position) ? [{ position: position + 1, stored, last }] : []),
  ];
  const copy = (states: readonly State[], content: string | undefined): readonly State[] =>
    closure(
      states
        .filter(({ position }) => position < source.length && !isOmitted(position))
        .filter(({ position }) => content === undefined || source.charAt(position) === content)
        .map(({ position, stored, last }) => ({
          position: position + 1,
          stored,
          last: content === undefined ? last : Math.max(last, position),
        })),
      idle,
    );
  let states = closure([{ position: 0, stored: 0, last: -1 }], idle);
  for (let gone = 0n; gone < input.target.start; gone += 1n) {
    states = copy(states, undefined);
  }
  for (const content of input.target.entries) {
    states = copy(states, content);
  }
  const final = states.filter(({ stored }) => BigInt(stored) === input.replicatorNext);
  return new Set(final.map(({ last }) => last));
};

/** What fits what can be read. */
export interface PossibleAnswers {
  /** The offsets of the record to go on with; `end` for none. */
  readonly answers: ReadonlySet<string>;
  /** Whether some history in which nothing was left out fits. */
  readonly withoutOmissions: boolean;
}

/**
 * Every answer that fits what can be read, found by trying everything: every content that an expired source record may
 * have had, every choice of records that were left out, every way to copy, flush, be killed and rewound.
 *
 * @param input Neither log is compacted, and contents are single letters.
 */
export const possibleAnswers = ({ source, ...input }: ProofInput, letters: readonly string[]): PossibleAnswers => {
  const answers = new Set<string>();
  let withoutOmissions = false;
  const seen = source.entries.map(({ content }) => content).join('');
  const gone = Number(source.start);
  for (const word of words(gone, letters)) {
    for (let omitted = 0; omitted < 2 ** (gone + seen.length); omitted += 1) {
      const hasGoneTwin = [...seen].some((content, n) => (omitted >> (gone + n)) & 1 && word.includes(content));
      if (hasGoneTwin) {
        continue;
      }
      for (const last of lastCopies(word + seen, omitted, { source, ...input })) {
        const next = last < gone || BigInt(last) < input.replicatorNext ? input.replicatorNext : BigInt(last + 1);
        withoutOmissions ||= omitted === 0;
        answers.add(String(source.entries.find(({ offset }) => offset >= next)?.offset ?? 'end'));
      }
    }
  }
  return { answers, withoutOmissions };
};
