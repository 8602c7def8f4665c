import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bundleFunction } from '../world/lambda/bundle.ts';
import { planRound } from './plan-round.ts';
import { playRound, type RoundResult, type Stage } from './play-round.ts';
import { startProxiedCluster } from './proxied-cluster.ts';
import type { RoundPlan } from './round-plan.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import { withoutGuard } from './without-guard.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** The rounds to play, by number: every one can be played alone. */
  readonly rounds: readonly number[];
  /** Told of each round that has ended. @returns whether to go on; only with a round that went well, by default */
  readonly onRound?: (round: PlayedRound) => boolean;
}

/** A round that has ended. */
export interface PlayedRound {
  readonly round: number;
  readonly plan: RoundPlan;
  readonly milliseconds: number;
  /** The result, or the error that kept the round from its end. */
  readonly result: RoundResult | Error;
}

/** Whether a round kept every promise. */
export const wentWell = ({ result }: PlayedRound): boolean =>
  !(result instanceof Error) && result.discrepancies.length === 0;

/**
 * Starts what rounds are played on: a real broker behind a proxy, and the bundle that is deployed.
 *
 * @throws Error when the broker cannot be started (see cluster.ts)
 */
export const openStage = async (): Promise<Stage & AsyncDisposable> => {
  await using starting = new AsyncDisposableStack();
  const proxy = await startTcpProxy();
  starting.defer(() => proxy.close());
  const cluster = await startProxiedCluster(proxy);
  starting.defer(() => cluster.close());
  const bundle = await bundleFunction();
  starting.defer(() => rm(dirname(bundle), { recursive: true, force: true }));
  const started = starting.move();
  return { cluster, proxy, bundle, [Symbol.asyncDispose]: () => started.disposeAsync() };
};

/** The same stage, for a function without its guard: a control, which has to fail. */
export const withoutItsGuard = async (stage: Stage): Promise<Stage & AsyncDisposable> => {
  const bundle = await bundleFunction('none', [withoutGuard]);
  return { ...stage, bundle, [Symbol.asyncDispose]: () => rm(dirname(bundle), { recursive: true, force: true }) };
};

/**
 * Plays rounds, one after the other.
 *
 * @returns the rounds played, of which the last one may have failed
 */
export const runChaos = async (stage: Stage, options: ChaosOptions): Promise<readonly PlayedRound[]> => {
  const { seed, rounds, onRound = wentWell } = options;
  const played: PlayedRound[] = [];
  for (const round of rounds) {
    const plan = planRound(seed, round);
    const startedAt = performance.now();
    let step = 0;
    const result = await playRound(plan, stage, (index) => {
      step = index;
    }).catch((cause) => new Error(`step ${step + 1}: ${cause instanceof Error ? cause.message : cause}`, { cause }));
    const one = { round, plan, result, milliseconds: performance.now() - startedAt };
    played.push(one);
    if (!onRound(one)) {
      break;
    }
  }
  return played;
};
