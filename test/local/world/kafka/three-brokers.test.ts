import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Admin, ConfigResourceTypes, type Kafka, type Producer } from 'kafkajs';
import { type ClusterNode, type KafkaCluster, startCluster } from '../../../../local/world/kafka/cluster.ts';
import { createTopics } from '../../../../local/world/kafka/create-topics.ts';
import { untilInSync } from '../../../../local/world/kafka/in-sync.ts';
import { isRunning } from '../process/processes.ts';
import { consumerOf, quietClient } from './quiet-client.ts';

jest.setTimeout(120_000);

let cluster: KafkaCluster;
let client: Kafka;
let admin: Admin;
let producer: Producer;

beforeAll(async () => {
  cluster = await startCluster({ name: 'three', brokers: 3 });
  client = quietClient({ brokers: cluster.brokers, retry: { retries: 10 } });
  admin = client.admin();
  producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await Promise.all([admin.connect(), producer.connect()]);
});

afterAll(async () => {
  await Promise.allSettled([admin?.disconnect(), producer?.disconnect()]);
  await cluster?.close();
});

const partitionOf = async (topic: string) => {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const [partition] = topics[0]?.partitions ?? [];
  if (partition === undefined) {
    throw new Error(`topic ${topic} has no partition`);
  }
  return partition;
};

const leaderOf = async (topic: string): Promise<ClusterNode> => {
  const { leader } = await partitionOf(topic);
  const node = cluster.nodes.find(({ id }) => id === leader);
  if (node === undefined) {
    throw new Error(`topic ${topic} is led by ${leader}, which is no broker of the cluster`);
  }
  return node;
};

test('three brokers serve, each at an address of its own', async () => {
  const { brokers } = await admin.describeCluster();

  expect(brokers.map(({ nodeId, host, port }) => [nodeId, `${host}:${port}`]).sort()).toEqual(
    cluster.nodes.map(({ id, bootstrapServers }) => [id, bootstrapServers]),
  );
  expect(cluster.brokers).toEqual(cluster.nodes.map(({ bootstrapServers }) => bootstrapServers));
  expect(new Set(cluster.brokers).size).toBe(3);
  expect(cluster.bootstrapServersOf('plaintext')).toBe(cluster.brokers.join(','));
});

test("every record has three replicas, of which one may be missing, as Kafka's own topics have", async () => {
  await createTopics(admin, [{ topic: 'replicated' }]);
  // Has the consumers' and the transactions' topics created.
  const consumer = await consumerOf(client, 'replicated');
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ eachMessage: async () => undefined });
  await joined;
  await consumer.disconnect();
  const transactional = client.producer({ transactionalId: 'three', maxInFlightRequests: 1, idempotent: true });
  await transactional.connect();
  const transaction = await transactional.transaction();
  await transaction.send({ topic: 'replicated', messages: [{ value: 'a' }] });
  await transaction.commit();
  await transactional.disconnect();

  for (const topic of ['replicated', '__consumer_offsets', '__transaction_state']) {
    const { replicas } = await partitionOf(topic);
    expect([...replicas].sort()).toEqual([1, 2, 3]);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['min.insync.replicas'] }],
    });
    expect(resources[0]?.configEntries[0]?.configValue).toBe('2');
  }
});

test('a killed broker takes nothing with it, another one leads on, and the missing replicas are named until it is back', async () => {
  await createTopics(admin, [{ topic: 'led' }]);
  await producer.send({ topic: 'led', messages: [{ value: 'a' }] });
  const killed = await leaderOf('led');

  await killed.kill();
  expect(isRunning(killed.pid)).toBe(false);
  await producer.send({ topic: 'led', messages: [{ value: 'b' }] });
  const leader = await leaderOf('led');
  await expect(untilInSync(cluster.brokers, 1_000)).rejects.toThrow(
    /after 1 s not every replica has caught up: .*led-0.*; see the brokers' logs/,
  );
  await killed.restart();
  await untilInSync(cluster.brokers);

  expect(leader.id).not.toBe(killed.id);
  expect((await partitionOf('led')).isr).toHaveLength(3);
  expect(await admin.fetchTopicOffsets('led')).toMatchObject([{ low: '0', high: '2' }]);
});

test('a restart in turn leaves a majority at work all the time', async () => {
  await createTopics(admin, [{ topic: 'worked-on' }]);
  const pids = cluster.nodes.map(({ pid }) => pid);
  let isRestarting = true;
  let sent = 0;

  const sending = (async () => {
    while (isRestarting) {
      await producer.send({ topic: 'worked-on', messages: [{ value: String(sent) }] });
      sent += 1;
    }
  })();
  await cluster.restartInTurn();
  isRestarting = false;
  await sending;

  const now = cluster.nodes.map(({ pid }) => pid);
  expect(now.filter((pid) => pids.includes(pid))).toEqual([]);
  expect(sent).toBeGreaterThan(0);
  expect(await admin.fetchTopicOffsets('worked-on')).toMatchObject([{ high: String(sent) }]);
});
