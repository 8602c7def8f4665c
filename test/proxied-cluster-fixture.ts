import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { startProxiedCluster } from '../local/chaos/proxied-cluster.ts';
import { startTcpProxy, type TcpProxy } from '../local/chaos/tcp-proxy.ts';
import type { KafkaCluster } from '../local/world/kafka/cluster.ts';
import { createSyncWorld, type SyncWorld } from '../local/world/sync/sync-world.ts';

/** One real broker behind a proxy, for all tests of a file or a block. */
export interface ProxiedClusterFixture {
  readonly cluster: KafkaCluster;
  readonly proxy: TcpProxy;
  /**
   * Creates a world in which only the function goes through the proxy. It is closed after the test.
   *
   * @param timeoutMs Milliseconds until Lambda ends an invocation. @default those of createSyncWorld
   */
  createWorld(timeoutMs?: number): Promise<SyncWorld>;
}

/** Starts a broker and a proxy before the tests, and ends both after them. */
export const useProxiedCluster = (): (() => ProxiedClusterFixture) => {
  let fixture: ProxiedClusterFixture | undefined;
  const worlds: SyncWorld[] = [];
  const resources = new AsyncDisposableStack();

  beforeAll(async () => {
    const proxy = await startTcpProxy();
    resources.defer(() => proxy.close());
    const cluster = await startProxiedCluster(proxy);
    resources.defer(() => cluster.close());
    fixture = {
      cluster,
      proxy,
      createWorld: async (timeoutMs) => {
        const world = await createSyncWorld({
          brokers: cluster.brokers,
          access: { authentication: 'none', configuration: { brokers: proxy.brokers }, environment: {} },
          ...(timeoutMs !== undefined && { timeoutMs }),
        });
        worlds.push(world);
        return world;
      },
    };
  }, 120_000);

  afterEach(async () => {
    await Promise.all(worlds.splice(0).map((world) => world.close()));
  }, 60_000);

  afterAll(() => resources.disposeAsync(), 60_000);

  return () => {
    if (fixture === undefined) {
      throw new Error('the broker and the proxy are there only within tests');
    }
    return fixture;
  };
};
