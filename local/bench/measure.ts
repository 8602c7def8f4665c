/** Does something once, and returns how many milliseconds the part of it took that counts. */
export type Measurement = () => Promise<number>;

/** The milliseconds of every round, in the order of the rounds. */
export type Samples<Name extends string = string> = Readonly<Record<Name, readonly number[]>>;

/** Where the middle half of some numbers lies. */
export interface Spread {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** How many milliseconds something takes. */
export const timed = async (work: () => unknown): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/**
 * Measures contestants side by side: every round runs each of them once, so that whatever else the machine does meets
 * all of them. Each round begins with another one, because the first may pay for what the last one left behind. A
 * round before the first warms up and does not count.
 *
 * @param onRound Told the number of each round as it begins, 0 for the one that does not count.
 */
export const interleave = async <Name extends string>(
  contestants: Readonly<Record<Name, Measurement>>,
  rounds: number,
  onRound: (round: number) => void = () => undefined,
): Promise<Samples<Name>> => {
  const names = Object.keys(contestants) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    onRound(round);
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const milliseconds = await contestants[name]();
      if (round > 0) {
        samples[name].push(milliseconds);
      }
    }
  }
  return samples;
};

/** The median and the quartiles, between two numbers in proportion. @throws Error without numbers */
export const spreadOf = (numbers: readonly number[]): Spread => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (part: number): number => {
    const position = part * (sorted.length - 1);
    const below = sorted[Math.floor(position)];
    const above = sorted[Math.ceil(position)];
    if (below === undefined || above === undefined) {
      throw new Error('There is no spread of no numbers: measure first');
    }
    return below + (above - below) * (position % 1);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
};

/**
 * How many times as long one contestant takes as another, by the ratio within each round: a slow moment of the machine
 * slows both down, and drops out.
 *
 * @throws Error when they were not measured in the same rounds
 */
export const ratioOf = (numbers: readonly number[], baseline: readonly number[]): Spread => {
  if (numbers.length !== baseline.length) {
    throw new Error(`${numbers.length} rounds cannot be compared with ${baseline.length}: interleave them`);
  }
  return spreadOf(numbers.map((number, round) => number / (baseline[round] ?? Number.NaN)));
};
