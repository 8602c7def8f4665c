import { createHash } from 'node:crypto';

/** Random choices that a seed repeats. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  /** One of a list. @throws Error when it is empty */
  pick<T>(list: readonly T[]): T;
  /** Those of a list that each come with this probability, in their order. */
  some<T>(list: readonly T[], probability: number): readonly T[];
  /** One of the keys, each as likely as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
}

/** Creates the random choices of a seed: of the same text always the same. */
export const createRandom = (seed: string): Random => {
  let state = createHash('sha256').update(seed).digest().readUInt32BE();
  /** From 0 to 1, without 1: Mulberry32. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) {
      throw new Error('there is nothing to pick from');
    }
    return list[between(0, list.length - 1)] as T;
  };
  return {
    between,
    chance: (probability) => next() < probability,
    pick,
    some: (list, probability) => list.filter(() => next() < probability),
    weighted: <K extends string>(weights: Readonly<Record<K, number>>): K => {
      const keys = Object.keys(weights) as K[];
      let left = next() * keys.reduce((sum, key) => sum + weights[key], 0);
      return (
        keys.find((key) => {
          left -= weights[key];
          return left < 0;
        }) ?? pick(keys)
      );
    },
  };
};
