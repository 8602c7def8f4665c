import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Admin, Kafka } from 'kafkajs';
import { type KafkaCluster, startCluster } from '../../../../local/world/kafka/cluster.ts';
import { createTopics } from '../../../../local/world/kafka/create-topics.ts';
import { type MirrorMaker, startMirrorMaker } from '../../../../local/world/mirror-maker/mirror-maker.ts';
import { consumerOf, quietClient } from '../kafka/quiet-client.ts';
import { eventually, isRunning } from '../process/processes.ts';

jest.setTimeout(60_000);

const TOPICS = ['foo', 'orders.eu'];
// The pattern `orders.eu` would match it.
const LOOKALIKE = 'orders-eu';
const OFFSETS_TOPIC = 'mm2-offsets.primary.internal';

let source: KafkaCluster;
let target: KafkaCluster;
let sourceClient: Kafka;
let targetClient: Kafka;
let targetAdmin: Admin;
let mirrorMaker: MirrorMaker;

beforeAll(async () => {
  [source, target] = await Promise.all([startCluster({ name: 'primary' }), startCluster({ name: 'backup' })]);
  sourceClient = quietClient({ brokers: source.brokers });
  targetClient = quietClient({ brokers: target.brokers });
  targetAdmin = targetClient.admin();
  await targetAdmin.connect();
  const sourceAdmin = sourceClient.admin();
  await sourceAdmin.connect();
  await createTopics(
    sourceAdmin,
    [...TOPICS, LOOKALIKE].map((topic) => ({ topic, numPartitions: 1 })),
  );
  await sourceAdmin.disconnect();
});

afterAll(async () => {
  await targetAdmin?.disconnect();
  await Promise.all([mirrorMaker?.kill(), source?.close(), target?.close()]);
});

const produce = async (topic: string, count: number): Promise<void> => {
  const producer = sourceClient.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic, messages: Array.from({ length: count }, (_, n) => ({ value: `record ${n}` })) });
  await producer.disconnect();
};

/** How many records a topic has on the target. */
const copied = async (topic: string): Promise<number> => {
  // Asking for the offsets of a topic that is not there yet takes kafkajs many seconds.
  if (!(await targetAdmin.listTopics()).includes(topic)) {
    return 0;
  }
  const [partition] = await targetAdmin.fetchTopicOffsets(topic);
  return Number(partition?.high);
};

/** Reads MM2's offsets from the beginning until they are as expected, the last record of a key counting. */
const expectOffsets = async (expected: Readonly<Record<string, string>>): Promise<void> => {
  const consumer = await consumerOf(targetClient, OFFSETS_TOPIC);
  const offsets: Record<string, string> = {};
  await consumer.run({
    async eachMessage({ message }) {
      offsets[String(message.key)] = String(message.value);
    },
  });
  try {
    await eventually('MM2 has written its offsets', () =>
      Object.entries(expected).every(([key, value]) => offsets[key] === value),
    );
  } finally {
    await consumer.disconnect();
    expect(offsets).toEqual(expected);
  }
};

const start = () => startMirrorMaker({ source, target, topics: TOPICS });

test('100 records in two topics are copied, nothing else is, and the offsets are those of the last ones', async () => {
  await produce('foo', 60);
  await produce('orders.eu', 40);
  await produce(LOOKALIKE, 1);

  mirrorMaker = await start();

  await eventually('foo is copied', async () => (await copied('foo')) === 60, 30);
  await eventually('orders.eu is copied', async () => (await copied('orders.eu')) === 40);
  await expectOffsets({
    '["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"foo"}]': '{"offset":59}',
    '["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"orders.eu"}]': '{"offset":39}',
  });
  expect(await targetAdmin.listTopics()).not.toContain(LOOKALIKE);
});

test('stopped and started again, it copies only what is new', async () => {
  await mirrorMaker.stop();
  expect(isRunning(mirrorMaker.pid)).toBe(false);
  expect(await mirrorMaker.exited).toBeUndefined();
  await produce('foo', 5);

  mirrorMaker = await start();

  await eventually('the new records are copied', async () => (await copied('foo')) >= 65, 30);
  expect(await copied('foo')).toBe(65);
});

test('killed and started again, it goes on at the offsets that it wrote', async () => {
  await expectOffsets({
    '["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"foo"}]': '{"offset":64}',
    '["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"orders.eu"}]': '{"offset":39}',
  });
  await mirrorMaker.kill();
  expect(isRunning(mirrorMaker.pid)).toBe(false);
  await produce('orders.eu', 3);

  mirrorMaker = await start();

  await eventually('the new records are copied', async () => (await copied('orders.eu')) >= 43, 30);
  expect(await copied('orders.eu')).toBe(43);
});

test('one that ends by itself says how and why', async () => {
  const failing = await startMirrorMaker({ source, target, topics: TOPICS, properties: { clusters: 'primary' } });

  const error = await failing.exited;

  expect(error?.message).toContain("MirrorMaker 2 from 'primary' to 'backup' ended with exit code");
  expect(error?.message).toContain('No source->target replication flows');
});
