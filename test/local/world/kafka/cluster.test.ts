import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { type KafkaCluster, startCluster } from '../../../../local/world/kafka/cluster.ts';
import { createTopics } from '../../../../local/world/kafka/create-topics.ts';
import { freePorts } from '../../../../local/world/kafka/ports.ts';
import { eventually, isRunning } from '../process/processes.ts';
import { startParent } from '../process/start-parent.ts';
import { consumerOf, quietClient } from './quiet-client.ts';

jest.setTimeout(60_000);

const produce = async (client: Kafka, topic: string, values: readonly string[]): Promise<void> => {
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
};

const consume = async (client: Kafka, topic: string, count: number): Promise<string[]> => {
  const consumer = await consumerOf(client, topic);
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        async eachMessage({ message }) {
          values.push(String(message.value));
          if (values.length === count) {
            resolve();
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return values;
};

describe('a cluster', () => {
  let cluster: KafkaCluster;
  let client: Kafka;

  beforeAll(async () => {
    cluster = await startCluster({ name: 'test' });
    client = quietClient({ brokers: cluster.brokers });
    const admin = client.admin();
    await admin.connect();
    await createTopics(admin, [{ topic: 'kept' }]);
    await admin.disconnect();
  });

  afterAll(() => cluster?.close());

  test('listens on 127.0.0.1 only, and says where', () => {
    expect(cluster.bootstrapServers).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(cluster.brokers).toEqual([cluster.bootstrapServers]);
    expect(cluster.bootstrapServersOf('plaintext')).toBe(cluster.bootstrapServers);
  });

  test('takes records and gives them back, and keeps them and its address when it is killed and restarted', async () => {
    await produce(client, 'kept', ['a', 'b', 'c']);
    expect(await consume(client, 'kept', 3)).toEqual(['a', 'b', 'c']);
    const { pid, bootstrapServers } = cluster;

    await cluster.kill();
    expect(isRunning(pid)).toBe(false);
    await cluster.restart();

    expect(cluster.pid).not.toBe(pid);
    expect(cluster.bootstrapServers).toBe(bootstrapServers);
    await produce(client, 'kept', ['d']);
    expect(await consume(client, 'kept', 4)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('does not create a topic because somebody asks for it', async () => {
    await expect(produce(client, 'unknown', ['a'])).rejects.toThrow('does not host this topic-partition');
  });

  test('says how to get a listener that it does not have', () => {
    expect(() => cluster.bootstrapServersOf('scram')).toThrow(
      "cluster 'test' has no 'scram' listener: start it with listeners: ['scram']",
    );
    expect(() => cluster.caCertificate).toThrow("cluster 'test' has no listener with TLS");
  });
});

test('a port that somebody else was quicker to take is given up for another', async () => {
  const [taken = 0, ...free] = await freePorts(4);
  const somebody = createServer().listen(taken, '127.0.0.1');
  const offers = [[free[0] ?? 0, taken], free.slice(1)];

  const cluster = await startCluster({ name: 'late', pickPorts: async () => offers.shift() ?? [] });

  try {
    expect(offers).toEqual([]);
    expect(cluster.bootstrapServers).toBe(`127.0.0.1:${free[2]}`);
  } finally {
    await cluster.close();
    somebody.close();
  }
  expect(existsSync(cluster.folder)).toBe(false);
});

test('a broker that cannot start fails with what its log says', async () => {
  const start = startCluster({ name: 'broken', serverProperties: { 'num.io.threads': 'many' } });
  await expect(start).rejects.toThrow(/'broken' ended with exit code 1.*Invalid value many.*num\.io\.threads/s);
});

test('a broker that is not ready in the time it has fails with that', async () => {
  const start = startCluster({ name: 'slow', readyWithinMs: 1 });
  await expect(start).rejects.toThrow(/1 of 'slow' was not ready on 127\.0\.0\.1:\d+ within 0\.001 s/);
});

test('a parent that gets SIGKILL, and one that gets SIGINT, leave no broker and no folder behind', async () => {
  const parents = await Promise.all([startParent('parent-of-cluster.ts'), startParent('parent-of-cluster.ts')]);
  expect(parents.map(({ pid }) => isRunning(pid))).toEqual([true, true]);

  parents[0]?.process.kill('SIGKILL');
  parents[1]?.process.kill('SIGINT');

  await eventually('the brokers have gone', () => parents.every(({ pid }) => !isRunning(pid)));
  await eventually('the folders have gone', () => parents.every(({ folder }) => !existsSync(folder)));
});
