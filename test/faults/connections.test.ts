import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { type SecretsManager, startSecretsManager } from '../../local/world/secrets-manager/secrets-manager.ts';
import { createSyncWorld, type SyncWorld, type SyncWorldOptions } from '../../local/world/sync/sync-world.ts';
import { useProxiedCluster } from '../proxied-cluster-fixture.ts';
import { reached, sources } from './entries.ts';

jest.setTimeout(120_000);

const foo = sources('foo', 4);
const worlds: SyncWorld[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.close())));

const createWorld = async (options: SyncWorldOptions): Promise<SyncWorld> => {
  const world = await createSyncWorld(options);
  worlds.push(world);
  return world;
};

describe('behind a network that fails', () => {
  const proxied = useProxiedCluster();

  test('a connection that was dropped between two invocations costs nothing', async () => {
    const { proxy, createWorld } = proxied();
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(1n, ...foo)));
    const batch = await world.flush(reached(2n, ...foo));
    proxy.drop();

    await world.deliver(instance, batch);

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('a connection that went silent while the function was frozen is given up for a new one', async () => {
    const { proxy, createWorld } = proxied();
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(1n, ...foo)));
    const batch = await world.flush(reached(2n, ...foo));
    proxy.silence();

    await world.deliver(instance, batch);

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('an invocation that gets no answer ends with an error that says what it waited for, before Lambda ends it', async () => {
    const { proxy, createWorld } = proxied();
    const world = await createWorld(6_000);
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(1n, ...foo)));
    const batch = await world.flush(reached(2n, ...foo));
    proxy.withholdAnswers(true);

    const delivered = world.deliver(instance, batch);
    await expect(delivered).rejects.toThrow(/Gave up after \d+ ms, having waited for .*the event source repeats/);
    proxy.withholdAnswers(false);
    await world.deliverUntilTaken(instance, batch);

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('an instance that times out after its send, while the next one already works, changes nothing any more', async () => {
    const { proxy, createWorld } = proxied();
    const world = await createWorld(6_000);
    const [slow, next] = [world.startInstance(), world.startInstance()];
    await world.deliver(slow, await world.flush(reached(1n, ...sources('many', 2_000))));
    const batch = await world.flush(reached(2n, ...sources('many', 2_000)));
    const later = await world.flush(reached(3n, ...sources('many', 2_000)));
    // The records of a batch are the only request as large as that: they reach the broker, the answer does not come.
    proxy.withholdAnswersFrom(100_000);
    const timedOut = expect(world.deliver(slow, batch)).rejects.toThrow('Gave up after');
    await sleep(1_000);
    proxy.withholdAnswersFrom(Number.POSITIVE_INFINITY);

    await world.deliverUntilTaken(next, batch);
    await world.deliverUntilTaken(next, later);
    await timedOut;

    expect(await world.offsets()).toEqual(world.expected());
    await world.deliverUntilTaken(slow, batch);
    expect(await world.offsets()).toEqual(world.expected());
  });
});

describe('on a broker that is killed', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.close());

  test('in mid-batch and comes back after 20 seconds: nothing is lost', async () => {
    const world = await createWorld({ brokers: cluster.brokers });
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(1n, ...sources('many', 3_000))));
    const batch = await world.flush(reached(2n, ...sources('many', 3_000)));

    const taken = world.deliverUntilTaken(instance, batch);
    await sleep(20);
    await cluster.kill();
    await sleep(20_000);
    await cluster.restart();
    await taken;

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('while the function starts: the error says so within its time, and the batch goes through later', async () => {
    const world = await createWorld({ brokers: cluster.brokers, timeoutMs: 15_000 });
    const batch = await world.flush(reached(1n, ...foo));
    await cluster.kill();
    const instance = world.startInstance();

    // Lambda's own word would be that the task timed out.
    const failure = await world.deliver(instance, batch).catch(({ message }: Error) => message);
    await cluster.restart();
    await world.deliverUntilTaken(instance, batch);

    expect(failure).toMatch(/ECONNREFUSED|Gave up after/);
    expect(await world.offsets()).toEqual(world.expected());
  });
});

describe('with SASL/SCRAM', () => {
  const username = 'mm2-migration';
  const newPassword = () => randomBytes(24).toString('base64url');
  const first = newPassword();
  let cluster: KafkaCluster;
  let secrets: SecretsManager;

  beforeAll(async () => {
    [cluster, secrets] = await Promise.all([
      startCluster({ listeners: ['plaintext', 'scram'], users: [{ username, password: first }] }),
      startSecretsManager({ username, password: first }),
    ]);
  });
  afterAll(() => Promise.all([cluster?.close(), secrets?.close()]));

  const createScramWorld = () =>
    createWorld({
      brokers: cluster.brokers,
      access: {
        authentication: 'scram',
        configuration: {
          authentication: { type: 'scram', secretArn: secrets.secretArn },
          brokers: [cluster.bootstrapServersOf('scram')],
        },
        environment: { ...secrets.environment, NODE_EXTRA_CA_CERTS: cluster.caCertificateFile },
      },
    });

  test('a password that is rotated in mid-flow needs no deployment', async () => {
    const world = await createScramWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(1n, ...foo)));
    const password = newPassword();
    await cluster.setPassword(username, password);
    secrets.put({ username, password });
    // Connections that are open outlive a rotation; a restarted broker asks anew.
    await cluster.stop();
    await cluster.restart();

    await world.deliver(instance, await world.flush(reached(2n, ...foo)));

    expect(await world.offsets()).toEqual(world.expected());
    expect(instance.coldStarts).toBe(1);
  });

  test("a wrong password is one clear error that names the secret's ARN and never its content", async () => {
    const world = await createScramWorld();
    const password = newPassword();
    secrets.put({ username, password });
    const instance = world.startInstance();

    const delivered = world.deliver(instance, await world.flush(reached(1n, ...foo)));

    await expect(delivered).rejects.toThrow(secrets.secretArn);
    const said = [...instance.logs, String(await delivered.catch((error: Error) => error.message))].join('\n');
    expect(said).not.toContain(password);
    expect(said).not.toContain(first);
  });
});

describe('with TLS client certificates', () => {
  test('the function writes through the listener that asks for one, and is refused with another one', async () => {
    const [cluster, stranger] = await Promise.all([
      startCluster({ listeners: ['plaintext', 'mtls'] }),
      startCluster({ listeners: ['plaintext', 'mtls'] }),
    ]);
    const secrets = await startSecretsManager(cluster.clientCertificate);
    try {
      const world = await createWorld({
        brokers: cluster.brokers,
        access: {
          authentication: 'mtls',
          configuration: {
            authentication: { type: 'mtls', secretArn: secrets.secretArn },
            brokers: [cluster.bootstrapServersOf('mtls')],
          },
          environment: { ...secrets.environment, NODE_EXTRA_CA_CERTS: cluster.caCertificateFile },
        },
      });
      await world.deliver(world.startInstance(), await world.flush(reached(1n, ...foo)));
      expect(await world.offsets()).toEqual(world.expected());

      secrets.put(stranger.clientCertificate);
      const refused = world.deliver(world.startInstance(), await world.flush(reached(2n, ...foo)));
      await expect(refused).rejects.toThrow(secrets.secretArn);
    } finally {
      await Promise.all([cluster.close(), stranger.close(), secrets.close()]);
    }
  });
});
