import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { type Admin, ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { type ClusterNode, type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { untilInSync } from '../../local/world/kafka/in-sync.ts';
import type { FunctionInstance } from '../../local/world/lambda/function-instance.ts';
import type { Placed } from '../../local/world/sync/replicator-history.ts';
import { createSyncWorld, type SyncWorld } from '../../local/world/sync/sync-world.ts';
import { eventually } from '../local/world/process/processes.ts';
import { reached, sources } from './entries.ts';

jest.setTimeout(180_000);

const foo = sources('foo', 4);
/** So many that their batch is on its way for a while. */
const many = sources('many', 3_000);

let cluster: KafkaCluster;
const worlds: SyncWorld[] = [];

beforeAll(async () => {
  cluster = await startCluster({ brokers: 3 });
}, 120_000);
/** What a test has killed, for the next one to find it back. */
const killed = new Set<ClusterNode>();
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
  await bringBack(...killed);
});
afterAll(() => cluster?.close());

const createWorld = async (timeoutMs = 30_000): Promise<SyncWorld> => {
  const world = await createSyncWorld({ brokers: cluster.brokers, timeoutMs });
  worlds.push(world);
  await world.createOffsetsTopic();
  return world;
};

const withAdmin = async <T>(work: (admin: Admin) => Promise<T>): Promise<T> => {
  // A client of its own, which knows nothing of brokers that have gone since.
  const admin = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING }).admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};

/** The partitions of a topic; none while one of them has no leader. */
const partitionsOf = (topic: string) =>
  withAdmin(async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }));
    return topics[0]?.partitions ?? [];
  });

const offsetsTopicOf = ({ flows: [flow] }: SyncWorld): string => flow?.offsetsTopic ?? '';

const leadersOf = async (topic: string): Promise<readonly number[]> =>
  (await partitionsOf(topic)).toSorted((a, b) => a.partitionId - b.partitionId).map(({ leader }) => leader);

const nodeWithId = (id: number | undefined): ClusterNode => {
  const node = cluster.nodes.find((one) => one.id === id);
  if (node === undefined) {
    throw new Error(`${id} is no broker of the cluster`);
  }
  return node;
};

/** Waits until no replica but these brokers' is in sync. */
const untilOnlyInSync = (topic: string, ids: readonly number[]) =>
  eventually(
    `only the replicas on ${ids} of ${topic} are in sync`,
    async () => {
      const partitions = await partitionsOf(topic);
      return partitions.length > 0 && partitions.every(({ isr }) => isr.every((id) => ids.includes(id)));
    },
    60,
  );

const kill = async (...nodes: readonly ClusterNode[]) => {
  await Promise.all(
    nodes.map((node) => {
      killed.add(node);
      return node.kill();
    }),
  );
};

const bringBack = async (...nodes: readonly ClusterNode[]) => {
  await Promise.all(nodes.map((node) => node.restart()));
  for (const node of nodes) {
    killed.delete(node);
  }
  await untilInSync(cluster.brokers);
};

test('a restart of all brokers in turn in the flow loses nothing, and needs no other instance', async () => {
  const world = await createWorld();
  const instance = world.startInstance();
  let isRestarting = true;
  let flushes = 0n;

  const flowing = (async () => {
    while (isRestarting) {
      flushes += 1n;
      await world.deliverUntilTaken(instance, await world.flush(reached(flushes, ...foo)));
    }
  })();
  await Promise.all([cluster.restartInTurn().finally(() => (isRestarting = false)), flowing]);

  expect(await world.offsets()).toEqual(world.expected());
  expect(flushes).toBeGreaterThan(3n);
  expect(instance.coldStarts).toBe(1);
});

test('leaders that move in mid-batch cost at most a repetition', async () => {
  const world = await createWorld();
  const topic = offsetsTopicOf(world);
  const instance = world.startInstance();
  await world.deliverUntilTaken(instance, await world.flush(reached(0n, ...many)));

  /** Takes every replica from a broker, and with it every leadership. */
  const moveAwayFrom = (id: number) =>
    withAdmin((admin) =>
      admin.alterPartitionReassignments({
        topics: [
          {
            topic,
            partitionAssignment: Array.from({ length: 25 }, (_, partition) => ({
              partition,
              replicas: [1, 2, 3].filter((one) => one !== id),
            })),
          },
        ],
      }),
    );
  for (const id of [1, 2, 3]) {
    const batch = await world.flush(reached(BigInt(id), ...many));
    const taken = world.deliverUntilTaken(instance, batch);
    await moveAwayFrom(id);
    await taken;
    await eventually('no partition is led there', async () => {
      const leaders = await leadersOf(topic);
      return leaders.length > 0 && !leaders.includes(id);
    });
  }

  expect(await world.offsets()).toEqual(world.expected());
});

test("the transaction coordinator's broker is killed in mid-batch: nothing is lost, with one broker missing", async () => {
  const world = await createWorld();
  const instance = world.startInstance();
  await world.deliver(instance, await world.flush(reached(1n, ...many)));
  const batch = await world.flush(reached(2n, ...many));
  const [coordinator] = await leadersOf('__transaction_state');
  const itsBroker = nodeWithId(coordinator);

  const taken = world.deliverUntilTaken(instance, batch);
  await sleep(20);
  await kill(itsBroker);
  await taken;
  const withOneMissing = [await world.offsets(), world.expected()];
  // Another instance finds its way past the broker that is missing.
  await world.deliverUntilTaken(world.startInstance(), await world.flush(reached(3n, ...many)));
  await bringBack(itsBroker);

  expect(withOneMissing[0]).toEqual(withOneMissing[1]);
  expect(await world.offsets()).toEqual(world.expected());
});

test("a topic of somebody else's without a leader is nobody's concern: a new instance starts, a warm one goes on", async () => {
  const world = await createWorld();
  const warm = world.startInstance();
  await world.deliver(warm, await world.flush(reached(1n, ...foo)));
  const alone = nodeWithId(3);
  const topic = `only-on-${alone.id}-${world.name}`;
  await withAdmin((admin) =>
    admin.createTopics({ topics: [{ topic, replicaAssignment: [{ partition: 0, replicas: [alone.id] }] }] }),
  );
  await kill(alone);
  await eventually('the topic has no leader', async () => (await partitionsOf(topic)).length === 0, 60);

  const [byWarm, byNew] = [await world.flush(reached(2n, ...foo)), await world.flush(reached(3n, ...foo))];
  const warmDelivered = await world.deliverUntilTaken(warm, byWarm).catch((error: Error) => error.message);
  const newDelivered = await world
    .deliverUntilTaken(world.startInstance(), byNew)
    .catch((error: Error) => error.message);
  await bringBack(alone);
  await withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));

  expect([warmDelivered, newDelivered]).toEqual([undefined, undefined]);
  expect(await world.offsets()).toEqual(world.expected());
});

test('with fewer in-sync replicas than needed a batch fails, and goes through once there are enough', async () => {
  const world = await createWorld(15_000);
  const instance = world.startInstance();
  await world.deliver(instance, await world.flush(reached(1n, ...foo)));
  const batch = await world.flush(reached(2n, ...foo));
  const [left, ...away] = cluster.nodes;
  const before = await world.offsets();
  await kill(...away);
  await untilOnlyInSync(offsetsTopicOf(world), [left?.id ?? 0]);

  const delivered = world.deliver(instance, batch);
  await expect(delivered).rejects.toThrow(/in-sync replicas|Gave up after/);
  await bringBack(...away);
  const meanwhile = await world.offsets();
  await world.deliverUntilTaken(instance, batch);

  // What was sent and never acknowledged may stand there, too.
  expect([before, world.expected()]).toContainEqual(meanwhile);
  expect(await world.offsets()).toEqual(world.expected());
});

/**
 * Has a batch delivered of which MM2's offsets topic then loses everything: of three replicas two have it, both are
 * killed, and the third, which was away, is elected although it knows nothing (unclean.leader.election.enable).
 */
const loseWhatIsDelivered = async (world: SyncWorld, instance: FunctionInstance, batch: readonly Placed[]) => {
  const topic = offsetsTopicOf(world);
  await withAdmin((admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [
            { name: 'cleanup.policy', value: 'compact' },
            { name: 'unclean.leader.election.enable', value: 'true' },
          ],
        },
      ],
    }),
  );
  const [a, b, behind] = cluster.nodes.map(({ id }) => nodeWithId(id));
  if (a === undefined || b === undefined || behind === undefined) {
    throw new Error('an unclean election takes three brokers');
  }
  await kill(behind);
  await untilOnlyInSync(topic, [a.id, b.id]);
  await world.deliverUntilTaken(instance, batch);
  await kill(a, b);
  await behind.restart();
  await eventually(
    'the broker that was away leads',
    async () => {
      const leaders = await leadersOf(topic);
      return leaders.length > 0 && leaders.every((id) => id === behind.id);
    },
    60,
  );
  await bringBack(a, b);
};

test('what an unclean election lost is noticed by a warm instance, and written again when it is delivered again', async () => {
  const world = await createWorld();
  const instance = world.startInstance();
  await world.deliver(instance, await world.flush(reached(1n, ...foo)));
  const before = await world.offsets();
  const batch = await world.flush(reached(2n, ...foo));

  await loseWhatIsDelivered(world, instance, batch);
  expect(await world.offsets()).toEqual(before);
  await world.deliverUntilTaken(instance, batch);

  expect(await world.offsets()).toEqual(world.expected());
  expect(instance.coldStarts).toBe(1);
});

test('the same where others have written beyond what was lost, so that the ends of the topic do not tell', async () => {
  const world = await createWorld();
  const instance = world.startInstance();
  await world.deliver(instance, await world.flush(reached(1n, ...foo)));
  const batch = await world.flush(reached(2n, ...foo));
  const before = await world.offsets();

  await loseWhatIsDelivered(world, instance, batch);
  expect(await world.offsets()).toEqual(before);
  const others = new Map(
    Array.from({ length: 300 }, (_, index) => [`another connector's key ${index}`, '{"offset":1}']),
  );
  for (const [key, value] of others) {
    await world.writeAsSomebodyElse(key, value);
  }
  await world.deliverUntilTaken(instance, batch);

  expect(await world.offsets()).toEqual(world.expected(others));
  expect(instance.coldStarts).toBe(1);
});
