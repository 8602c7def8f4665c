import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { runJava } from '../../local/world/kafka/java-process.ts';
import { useProxiedCluster } from '../proxied-cluster-fixture.ts';
import { reached, sources } from './entries.ts';

jest.setTimeout(240_000);

const proxied = useProxiedCluster();

describe('a cold start that is not over in time', () => {
  test('is given up, and what it had begun fences neither its successor nor itself', async () => {
    const { proxy, createWorld } = proxied();
    const world = await createWorld(8_000);
    const [slow, next] = [world.startInstance(), world.startInstance()];
    const first = await world.flush(reached(1n, ...sources('foo', 4)));
    await world.deliver(next, first);
    const second = await world.flush(reached(2n, ...sources('foo', 4)));
    proxy.withholdAnswers(true);
    await expect(world.deliver(slow, second)).rejects.toThrow('Gave up after');
    proxy.withholdAnswers(false);

    // Its process is frozen until its next invocation; then what it had begun comes up beside what that begins.
    await world.deliver(next, second);
    await world.deliver(slow, first);
    await sleep(500);
    await world.deliver(slow, await world.flush(reached(3n, ...sources('foo', 4))));

    expect(await world.offsets()).toEqual(world.expected());
    expect([...slow.logs, ...next.logs].filter((line) => line.includes('FencedError'))).toEqual([]);
  });
});

describe('on brokers that take no more than a few kilobytes a second', () => {
  /** What the brokers grant a client that says who it is: bytes in a second, or no limit. */
  const setQuota = (client: string, bytesPerSecond: number | undefined) =>
    runJava(proxied().cluster.distribution, {
      name: `the quota of '${client}'`,
      mainClass: 'kafka.admin.ConfigCommand',
      args: [
        ...['--bootstrap-server', proxied().cluster.bootstrapServers, '--alter'],
        ...['--entity-type', 'clients', '--entity-name', client],
        ...(bytesPerSecond === undefined
          ? ['--delete-config', 'producer_byte_rate']
          : ['--add-config', `producer_byte_rate=${bytesPerSecond}`]),
      ],
      logFile: join(proxied().cluster.folder, 'quota.log'),
    });

  test('a batch of ten thousand keys gets through, part by part, and nothing looks like a rival', async () => {
    const world = await proxied().createWorld(30_000);
    const instance = world.startInstance();
    await setQuota(world.name, 60_000);
    const batch = await world.flush(reached(7n, ...sources('many', 10_000)));

    await world.deliverUntilTaken(instance, batch);
    expect(instance.logs.filter((line) => line.includes('FencedError'))).toEqual([]);

    await setQuota(world.name, undefined);
    expect(await world.offsets()).toEqual(world.expected());
  });
});
