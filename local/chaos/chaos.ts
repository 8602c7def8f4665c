import fc from 'fast-check';
import { roundPlans } from './plan-round.ts';
import { playRound, type RoundResult } from './play-round.ts';
import type { RoundPlan } from './round-plan.ts';
import type { Stage } from './stage.ts';
import type { Leavable } from './weights.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How many rounds, unless one of them fails. */
  readonly rounds: number;
  /** Where fast-check begins: the number of a round, or the path that led to a smaller one. @default '0' */
  readonly path?: string;
  /** Milliseconds in which a round that fails is made smaller, by playing smaller ones. @default 0 */
  readonly shrinkForMs?: number;
  /** Kinds that no round is to hold. @default those under which the function is known to fail */
  readonly without?: readonly Leavable[];
  /** Told of each round that has ended, those that are played to make one smaller included. @default nobody */
  readonly onRound?: (round: PlayedRound) => void;
}

/** A round that has ended. */
export interface PlayedRound {
  readonly plan: RoundPlan;
  readonly milliseconds: number;
  /** The result, or the error that kept the round from its end. */
  readonly result: RoundResult | Error;
}

/** The smallest round that failed, and where fast-check finds it again. */
export interface FailedRound {
  readonly path: string;
  readonly round: PlayedRound;
}

/** Whether a round kept every promise. */
export const wentWell = ({ result }: PlayedRound): boolean =>
  !(result instanceof Error) && result.discrepancies.length === 0;

/** Plays one round; what keeps it from its end is its result. */
export const playOne = async (plan: RoundPlan, stage: Stage): Promise<PlayedRound> => {
  const startedAt = performance.now();
  let step = 0;
  const result = await playRound(plan, stage, (index) => {
    step = index;
  }).catch((cause) => new Error(`step ${step + 1}: ${cause instanceof Error ? cause.message : cause}`, { cause }));
  return { plan, result, milliseconds: performance.now() - startedAt };
};

/** The plans that {@link runChaos} plays. */
export const plansOf = ({
  seed,
  rounds,
  path = '0',
  without,
}: Pick<ChaosOptions, 'seed' | 'rounds' | 'path' | 'without'>): readonly RoundPlan[] =>
  fc.sample(roundPlans(without), { seed, path, numRuns: rounds, unbiased: true });

/** Plays rounds, one after the other, until one fails. */
export const runChaos = async (
  stage: Stage,
  options: ChaosOptions,
): Promise<{ readonly played: readonly PlayedRound[]; readonly failed: FailedRound | undefined }> => {
  const { seed, rounds, path = '0', shrinkForMs = 0, without, onRound = () => undefined } = options;
  const played: PlayedRound[] = [];
  let until = Number.POSITIVE_INFINITY;
  const keepsPromises = async (plan: RoundPlan): Promise<boolean> => {
    // When the time is up, nothing smaller is found any more.
    if (performance.now() > until) {
      return true;
    }
    const round = await playOne(plan, stage);
    played.push(round);
    onRound(round);
    if (!wentWell(round)) {
      until = Math.min(until, performance.now() + shrinkForMs);
    }
    return wentWell(round);
  };
  const { failed, counterexamplePath } = await fc.check(fc.asyncProperty(roundPlans(without), keepsPromises), {
    seed,
    path,
    numRuns: rounds,
    unbiased: true,
    endOnFailure: shrinkForMs === 0,
  });
  const round = played.findLast((one) => !wentWell(one));
  return { played, failed: failed && round ? { path: counterexamplePath ?? path, round } : undefined };
};
