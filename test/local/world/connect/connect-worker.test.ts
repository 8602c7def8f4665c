import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { endOffsets, topicContent } from '../../../../local/demo/topic-content.ts';
import { type ConnectWorker, startConnectWorker } from '../../../../local/world/connect/connect-worker.ts';
import { type KafkaCluster, startCluster } from '../../../../local/world/kafka/cluster.ts';
import { createTopics } from '../../../../local/world/kafka/create-topics.ts';
import { mirrorConnectorConfig } from '../../../../local/world/mirror-maker/mirror-maker-properties.ts';
import { eventually, isRunning } from '../process/processes.ts';

jest.setTimeout(90_000);

/** MM2 copies within one cluster here, from `foo` to `primary.foo`: a worker needs no second one. */
const POLICY = { 'replication.policy.class': 'org.apache.kafka.connect.mirror.DefaultReplicationPolicy' };
const NAME = 'mm2 -> backup';

let cluster: KafkaCluster;
let admin: Admin;
let worker: ConnectWorker;

beforeAll(async () => {
  cluster = await startCluster({ name: 'backup' });
  const kafka = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
  await createTopics(admin, [{ topic: 'foo', numPartitions: 1 }]);
  await produce(5);
  worker = await startConnectWorker({ cluster });
});
afterAll(async () => {
  await admin?.disconnect();
  await worker?.kill();
  await cluster?.close();
});

const produce = async (records: number) => {
  const kafka = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic: 'foo', messages: Array.from({ length: records }, (_, n) => ({ value: `${n}` })) });
  await producer.disconnect();
};

const copied = async (): Promise<number> => {
  if (!(await admin.listTopics()).includes('primary.foo')) {
    return 0;
  }
  return Number((await endOffsets(cluster, ['primary.foo'])).get('primary.foo-0'));
};

/** What Connect's REST interface shows of a connector's offsets (KIP-875). */
const offsets = () => worker.ask('GET', `/connectors/${encodeURIComponent(NAME)}/offsets`);
const offsetOf = (offset: number) => ({
  offsets: [{ partition: { cluster: 'primary', partition: 0, topic: 'foo' }, offset: { offset } }],
});

test('a connector that is created stopped copies nothing until it is resumed', async () => {
  const config = mirrorConnectorConfig({ source: cluster, target: cluster, topics: ['foo'], properties: POLICY });

  await worker.createConnector(NAME, config, 'STOPPED');
  expect(await worker.status(NAME)).toEqual({ connector: 'STOPPED', tasks: [] });
  expect(await copied()).toBe(0);

  await worker.resumeConnector(NAME);
  expect((await worker.status(NAME)).connector).toBe('RUNNING');
  await eventually('it copies', async () => (await copied()) === 5, 30);
});

test("a connector that is stopped has flushed its offset, under its name in the worker's topic", async () => {
  await worker.stopConnector(NAME);

  expect(await worker.status(NAME)).toEqual({ connector: 'STOPPED', tasks: [] });
  expect(await offsets()).toEqual(offsetOf(4));
  const stored = [...(await topicContent(cluster, ['connect-offsets'])).values()].flat();
  const texts = stored.map(({ content }) =>
    JSON.parse(content).map((text: string) => Buffer.from(text, 'base64').toString()),
  );
  expect(texts).toContainEqual([`["${NAME}",{"cluster":"primary","partition":0,"topic":"foo"}]`, '{"offset":4}']);
});

test('a second one of a name is refused with what Connect says', async () => {
  await expect(worker.createConnector(NAME, { 'connector.class': 'x' })).rejects.toThrow(
    /Connect answered POST \/connectors with \d+: /,
  );
});

test('another worker takes over what a killed one has run, from the offsets that it flushed', async () => {
  await worker.resumeConnector(NAME);
  await produce(3);
  await eventually('it goes on', async () => (await copied()) === 8, 30);
  await eventually('it flushes', async () => JSON.stringify(await offsets()) === JSON.stringify(offsetOf(7)), 30);

  await worker.kill();
  expect(isRunning(worker.pid)).toBe(false);
  await produce(2);
  worker = await startConnectWorker({ cluster });

  await eventually('the other copies', async () => (await copied()) >= 10, 40);
  expect(await copied()).toBe(10);
});

test('a worker that ends by itself says how and why', async () => {
  const starting = startConnectWorker({ cluster, properties: { 'offset.storage.topic': '' } });

  await expect(starting).rejects.toThrow("the Connect worker of 'backup' ended with exit code");
});
