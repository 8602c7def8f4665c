import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { type EventSource, startEventSource } from '../../local/world/event-source/event-source.ts';
import { grant } from '../../local/world/kafka/acls.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { bundleFunction } from '../../local/world/lambda/bundle.ts';
import type { FunctionInstance } from '../../local/world/lambda/function-instance.ts';
import { type SecretsManager, startSecretsManager } from '../../local/world/secrets-manager/secrets-manager.ts';
import { createSyncWorld, type SyncWorld } from '../../local/world/sync/sync-world.ts';
import { type DocumentedPermission, documentedPermissions } from './documented-permissions.ts';
import { reached, sources } from './entries.ts';

jest.setTimeout(60_000);

/** Long enough to succeed, and too short to fail by retrying: an error that is slower is no clear one. */
const TIMEOUT_MS = 15_000;
const foo = sources('foo', 4);

const permissions = documentedPermissions().filter(({ neededBy: who }) => who !== 'verify');
const neededBy = (who: DocumentedPermission['neededBy']) => permissions.filter((one) => one.neededBy === who);
/** Nobody is granted anything twice: each row that is taken away is one user's. */
const userWithout = (missing: DocumentedPermission | undefined) =>
  missing === undefined ? 'with-all' : `without-${permissions.indexOf(missing)}`;
const PASSWORD = 'a-password';

let cluster: KafkaCluster;
let admin: Admin;
let bundle: string;
const secrets: SecretsManager[] = [];
const worlds: SyncWorld[] = [];
const eventSources: EventSource[] = [];

beforeAll(async () => {
  const users = [undefined, ...permissions].map((one) => ({ username: userWithout(one), password: PASSWORD }));
  [cluster, bundle] = await Promise.all([
    startCluster({ listeners: ['plaintext', 'scram'], users, authorizer: true }),
    bundleFunction('scram'),
  ]);
  admin = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});
afterEach(async () => {
  await Promise.all(eventSources.splice(0).map((one) => one.stop()));
  await Promise.all(worlds.splice(0).map((world) => world.close()));
  await Promise.all(secrets.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await admin?.disconnect();
  await cluster?.close();
  await rm(dirname(bundle), { recursive: true, force: true });
});

interface RestrictedWorld {
  readonly world: SyncWorld;
  readonly secretArn: string;
  /** The event source as the same user. */
  deliverTo(instance: FunctionInstance): Promise<EventSource>;
}

/** A world whose function and event source log in as a user with all documented permissions but one. */
const createWorld = async (missing?: DocumentedPermission): Promise<RestrictedWorld> => {
  const username = userWithout(missing);
  const secret = await startSecretsManager({ username, password: PASSWORD });
  secrets.push(secret);
  const brokers = [cluster.bootstrapServersOf('scram')];
  const world = await createSyncWorld({
    brokers: cluster.brokers,
    bundle,
    timeoutMs: TIMEOUT_MS,
    access: {
      authentication: 'scram',
      configuration: { authentication: { type: 'scram', secretArn: secret.secretArn }, brokers },
      environment: { ...secret.environment, NODE_EXTRA_CA_CERTS: cluster.caCertificateFile },
    },
  });
  worlds.push(world);
  const [mm2OffsetsTopic = ''] = world.flows.map(({ offsetsTopic }) => offsetsTopic);
  const names = { name: world.name, connectOffsets: world.connectOffsets, mm2OffsetsTopic };
  const granted = permissions.filter((one) => one !== missing).map((one) => one.grantFor(names));
  await grant(admin, username, granted);
  return {
    world,
    secretArn: secret.secretArn,
    deliverTo: async (instance) => {
      const eventSource = await startEventSource({
        brokers,
        security: {
          ssl: { ca: cluster.caCertificate },
          sasl: { mechanism: 'scram-sha-512', username, password: PASSWORD },
        },
        topic: world.connectOffsets,
        // As the stack names it: the deployment's name, a hash of the flows, and the replay.
        consumerGroup: `${world.name}-0123456789-0`,
        invoke: (event) => instance.invoke(event),
      });
      eventSources.push(eventSource);
      return eventSource;
    },
  };
};

test('with exactly the documented permissions everything works', async () => {
  const { world, deliverTo } = await createWorld();
  const first = await world.flush(reached(1n, ...foo));

  const eventSource = await deliverTo(world.startInstance());
  await eventSource.idle();
  await eventSource.stop();
  expect(await world.offsets()).toEqual(world.expected());

  // A later instance finds the topic and checks it, and goes on in the event source's group.
  const later = world.startInstance();
  await world.flush(reached(2n, ...foo));
  const again = await deliverTo(later);
  await again.idle();
  await again.stop();
  // A batch that comes late has the function look at the end of Replicator's offsets topic.
  await world.deliver(later, first);
  expect(await world.offsets()).toEqual(world.expected());
  expect([eventSource.failures, again.failures]).toEqual([0, 0]);
});

describe('the function fails with a clear error without', () => {
  test.each(neededBy('function'))('$title', async (missing) => {
    const { world, secretArn } = await createWorld(missing);
    if (missing.operation !== 'Create') {
      await world.createOffsetsTopic();
      // Nobody misses the right to read where there is nothing to read.
      await world.writeAsSomebodyElse('somebody else', '{"offset":1}');
    }
    const before = await world.offsets().catch(() => new Map());

    const delivered = world.deliver(world.startInstance(), await world.flush(reached(1n, ...foo)));

    await expect(delivered).rejects.toMatchObject({
      errorType: 'CredentialsError',
      errorMessage: expect.stringMatching(/authoriz/i),
    });
    await expect(delivered).rejects.toThrow(secretArn);
    expect(await world.offsets().catch(() => new Map())).toEqual(before);
  });

  test('the right to look at the end of `connect-offsets`, when a late batch is newer by its clock', async () => {
    const [read] = neededBy('event source').filter(({ title }) => title.includes('connect-offsets'));
    const { world, secretArn } = await createWorld(read);
    // By its clock the later one: only the end of the topic tells that it is a late delivery.
    const late = await world.flush(reached(1n, ...foo), 60_000);
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(2n, ...foo)));

    const delivered = world.deliver(instance, late);

    await expect(delivered).rejects.toMatchObject({ errorType: 'CredentialsError' });
    await expect(delivered).rejects.toThrow(secretArn);
  });
});

describe('the event source fails with a clear error without', () => {
  test.each(neededBy('event source'))('$title', async (missing) => {
    const { world, deliverTo } = await createWorld(missing);
    await world.flush(reached(1n, ...foo));

    const delivered = deliverTo(world.startInstance()).then((eventSource) => eventSource.idle());

    // kafkajs keeps for itself why it finds no group coordinator.
    await expect(delivered).rejects.toThrow(missing.title.startsWith('group') ? /group coordinator/ : /authoriz/i);
  });
});
