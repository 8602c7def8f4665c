import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Admin,
  ConfigResourceTypes,
  Kafka,
  type KafkaMessage,
  logLevel,
  type Message,
  type Producer,
} from 'kafkajs';
import { type KafkaCluster, startCluster } from '../../../../local/world/kafka/cluster.ts';
import { createTopics } from '../../../../local/world/kafka/create-topics.ts';
import {
  type Replicator,
  type ReplicatorOptions,
  startReplicator,
} from '../../../../local/world/replicator/replicator.ts';

/** Longer than any test: only a stop flushes. */
const NEVER = 3_600_000;

const clusters: KafkaCluster[] = [];
let target: Kafka;
let sourceAdmin: Admin;
let targetAdmin: Admin;
let producer: Producer;
let topic: string;
let offsetsTopic: string;
let names = 0;
let replicator: Replicator | undefined;

beforeAll(async () => {
  clusters.push(...(await Promise.all([startCluster({ name: 'source' }), startCluster({ name: 'target' })])));
  const [source, other] = clusters.map(({ brokers }) => new Kafka({ brokers, logLevel: logLevel.NOTHING }));
  if (!source || !other) {
    throw new Error('no two clusters');
  }
  target = other;
  sourceAdmin = source.admin();
  targetAdmin = target.admin();
  producer = source.producer({ idempotent: true, maxInFlightRequests: 1 });
  await Promise.all([sourceAdmin.connect(), targetAdmin.connect(), producer.connect()]);
}, 60_000);

afterAll(async () => {
  await Promise.all([sourceAdmin.disconnect(), targetAdmin.disconnect(), producer.disconnect()]);
  await Promise.all(clusters.map((cluster) => cluster.close()));
}, 20_000);

beforeEach(async () => {
  names += 1;
  topic = `foo-${names}`;
  offsetsTopic = `connect-offsets-${names}`;
  await createTopics(sourceAdmin, [{ topic, numPartitions: 3 }]);
});

afterEach(async () => {
  await replicator?.kill();
}, 20_000);

const send = (...messages: Message[]) => producer.send({ topic, messages });

const start = async (options: Partial<ReplicatorOptions> = {}) => {
  const [source, other] = clusters;
  replicator = await startReplicator({
    source: { brokers: source?.brokers ?? [] },
    target: { brokers: other?.brokers ?? [] },
    topics: [topic],
    offsetsTopic,
    flushIntervalMs: NEVER,
    ...options,
  });
  return replicator;
};

const until = async (condition: () => boolean | Promise<boolean>, milliseconds = 15_000) => {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`still not so after ${milliseconds} ms: ${condition}`);
    }
    await sleep(20);
  }
};

/** All that stands in a topic of the target cluster, partition by partition. */
const contentOf = async (name: string): Promise<{ partition: number; message: KafkaMessage }[]> => {
  const ends = await targetAdmin.fetchTopicOffsets(name);
  const total = ends.reduce((sum, { high }) => sum + Number(high), 0);
  const records: { partition: number; message: KafkaMessage }[] = [];
  const consumer = target.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: name, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      records.push({ partition, message });
    },
  });
  await until(() => records.length >= total).finally(() => consumer.disconnect());
  return records.sort((a, b) => a.partition - b.partition);
};

const valuesOf = async (name: string) => (await contentOf(name)).map(({ message }) => `${message.value}`);

const storedOffsets = async () =>
  (await contentOf(offsetsTopic)).map(({ message: { key, value } }) => `${key} ${value}`).sort();

describe('the Replicator stand-in', () => {
  test('copies key, value, headers and timestamp as they are to the partition of the same number', async () => {
    const bytes = Buffer.from([0, 200, 255]);
    await send({ partition: 2, key: bytes, value: bytes, headers: { h: bytes }, timestamp: '1545084650987' });
    await send({ partition: 1, key: null, value: null });

    const { copied } = await start();
    await until(() => copied().size === 2);

    const [second, third, ...others] = await contentOf(topic);
    expect(others).toEqual([]);
    expect(second).toMatchObject({ partition: 1, message: { key: null, value: null } });
    expect(third).toMatchObject({
      partition: 2,
      message: { key: bytes, value: bytes, headers: { h: bytes }, timestamp: '1545084650987' },
    });
    expect((await targetAdmin.fetchTopicOffsets(topic)).length).toBe(3);
  });

  test("keeps the offsets topic as a Connect worker does, and the last copied record's offset in it", async () => {
    await send({ partition: 2, value: 'a' }, { partition: 2, value: 'b' }, { partition: 0, value: 'c' });

    const running = await start();
    await until(() => running.copied().get(`${topic}-2`) === 1n && running.copied().get(`${topic}-0`) === 0n);
    await running.stop();

    expect(await storedOffsets()).toEqual([
      `["replicator",{"topic":"${topic}","partition":0}] {"offset":0}`,
      `["replicator",{"topic":"${topic}","partition":2}] {"offset":1}`,
    ]);
    expect((await targetAdmin.fetchTopicOffsets(offsetsTopic)).length).toBe(25);
    const { resources } = await targetAdmin.describeConfigs({
      resources: [{ type: ConfigResourceTypes.TOPIC, name: offsetsTopic, configNames: ['cleanup.policy'] }],
      includeSynonyms: false,
    });
    expect(resources[0]?.configEntries[0]?.configValue).toBe('compact');
  });

  test('flushes at the interval only partitions that advanced', async () => {
    await send({ partition: 0, value: 'a' }, { partition: 1, value: 'b' });
    await start({ flushIntervalMs: 100 });
    // The offsets topic was made this moment, so its partitions may have no leader yet.
    const flushes = async () => (await storedOffsets().catch(() => [])).length;
    await until(async () => (await flushes()) >= 2);
    await send({ partition: 1, value: 'c' });
    await until(async () => (await flushes()) >= 3);
    await send({ partition: 1, value: 'd' });
    await until(async () => (await flushes()) >= 4);

    expect(await storedOffsets()).toEqual([
      `["replicator",{"topic":"${topic}","partition":0}] {"offset":0}`,
      `["replicator",{"topic":"${topic}","partition":1}] {"offset":0}`,
      `["replicator",{"topic":"${topic}","partition":1}] {"offset":1}`,
      `["replicator",{"topic":"${topic}","partition":1}] {"offset":2}`,
    ]);
  });

  test('goes on after a stop without copying anything twice', async () => {
    await send({ partition: 0, value: 'a' }, { partition: 1, value: 'b' });
    const first = await start();
    await until(() => first.copied().size === 2);
    await first.stop();
    await send({ partition: 0, value: 'c' }, { partition: 2, value: 'd' });

    const second = await start();
    await until(() => second.copied().get(`${topic}-0`) === 1n && second.copied().size === 3);
    await second.stop();

    expect(await valuesOf(topic)).toEqual(['a', 'c', 'b', 'd']);
  });

  test('copies again after a kill only what came after the last flush', async () => {
    await send({ partition: 0, value: 'flushed' });
    const flushing = await start();
    await until(() => flushing.copied().size === 1);
    await flushing.stop();
    const killed = await start();
    await send({ partition: 0, value: 'not flushed' });
    await until(() => killed.copied().get(`${topic}-0`) === 1n);
    await killed.kill();

    const { copied } = await start();
    expect(copied().get(`${topic}-0`)).toBe(0n);
    await until(() => copied().get(`${topic}-0`) === 1n);

    expect(await valuesOf(topic)).toEqual(['flushed', 'not flushed', 'not flushed']);
  });

  test('begins anew where a tombstone stands for the offset', async () => {
    await send({ partition: 0, value: 'a' });
    const first = await start();
    await until(() => first.copied().size === 1);
    await first.stop();
    const [stored] = await contentOf(offsetsTopic);
    const resetter = target.producer();
    await resetter.connect();
    await resetter.send({
      topic: offsetsTopic,
      messages: [{ key: stored?.message.key ?? null, value: null, partition: stored?.partition ?? 0 }],
    });
    await resetter.disconnect();

    const { copied } = await start();
    await until(() => copied().size === 1);

    expect(await valuesOf(topic)).toEqual(['a', 'a']);
  });

  test('refuses a target topic that has too few partitions', async () => {
    await createTopics(targetAdmin, [{ topic, numPartitions: 2 }]);

    await expect(start()).rejects.toThrow(
      `topic ${topic} has 2 partitions in the target cluster and 3 in the source cluster`,
    );
  });

  test('refuses a source topic that does not exist', async () => {
    await expect(start({ topics: ['missing'] })).rejects.toThrow('topics missing cannot be copied');
  });

  test('copies on, nothing twice, after both clusters were killed and came back', async () => {
    await send({ partition: 0, value: 'before' });
    const { copied, stop } = await start({ flushIntervalMs: 200 });
    await until(() => copied().size === 1);

    await Promise.all(clusters.map((cluster) => cluster.kill()));
    await Promise.all(clusters.map((cluster) => cluster.restart()));
    await send({ partition: 1, value: 'after' });
    await until(() => copied().size === 2);
    await stop();

    expect(await valuesOf(topic)).toEqual(['before', 'after']);
    expect(await storedOffsets()).toHaveLength(2);
  }, 60_000);

  // The last one, for it leaves no target cluster behind.
  test('says at a stop that the target cluster is away', async () => {
    await send({ partition: 0, value: 'a' });
    const running = await start({ stopTimeoutMs: 200 });
    await until(() => running.copied().size === 1);
    await clusters[1]?.stop();

    await expect(running.stop()).rejects.toThrow('could not finish and flush its offsets in 200 ms');
  });
});
