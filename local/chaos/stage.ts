import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BrokerControl } from '../world/kafka/cluster.ts';
import { bundleFunction } from '../world/lambda/bundle.ts';
import { moveLeaders } from './move-leaders.ts';
import { startProxiedCluster } from './proxied-cluster.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { withoutGuard } from './without-guard.ts';

/** What rounds are played on. */
export interface Stage {
  /** How everybody but the function reaches the cluster. */
  readonly bootstrapServers: readonly string[];
  /** Each can be killed, and started again. */
  readonly brokers: readonly BrokerControl[];
  /** Between the function and the cluster. */
  readonly proxy: TcpProxy;
  /** Gives every partition of some topics another leader; with a single broker there is none. */
  moveLeaders(topics: readonly string[]): Promise<void>;
  readonly bundle: string;
}

/** Milliseconds for the start of a broker, which says by itself when it has failed: a busy machine is no fault. */
const READY_WITHIN_MS = 180_000;

/**
 * Starts what rounds are played on: a real cluster behind a proxy, and the bundle that is deployed.
 *
 * @param brokers How many the cluster has.
 * @throws Error when the cluster cannot be started (see cluster.ts)
 */
export const openStage = async (brokers: 1 | 3 = 1): Promise<Stage & AsyncDisposable> => {
  await using starting = new AsyncDisposableStack();
  const proxy = await startTcpProxy(brokers);
  starting.defer(() => proxy.close());
  const cluster = await startProxiedCluster(proxy, { readyWithinMs: READY_WITHIN_MS });
  starting.defer(() => cluster.close());
  const bundle = await bundleFunction();
  starting.defer(() => rm(dirname(bundle), { recursive: true, force: true }));
  const started = starting.move();
  return {
    bootstrapServers: cluster.brokers,
    brokers: cluster.nodes,
    proxy,
    moveLeaders: (topics) => moveLeaders(cluster.brokers, topics),
    bundle,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
};

/** The same stage, for a function without its guard: a control, which has to fail. */
export const withoutItsGuard = async (stage: Stage): Promise<Stage & AsyncDisposable> => {
  const bundle = await bundleFunction('none', [withoutGuard]);
  return { ...stage, bundle, [Symbol.asyncDispose]: () => rm(dirname(bundle), { recursive: true, force: true }) };
};
