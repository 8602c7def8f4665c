import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Admin, Kafka, logLevel, Partitioners } from 'kafkajs';
import { run } from '../../cli/main.ts';
import { mm2Key, mm2Value } from '../../functions/offsets/mm2-record.ts';
import { startProxiedCluster } from '../../local/chaos/proxied-cluster.ts';
import { startTcpProxy, type TcpProxy } from '../../local/chaos/tcp-proxy.ts';
import type { ClusterNode, KafkaCluster } from '../../local/world/kafka/cluster.ts';
import { createTopics } from '../../local/world/kafka/create-topics.ts';
import { untilInSync } from '../../local/world/kafka/in-sync.ts';
import { aTerminal, type KeptTerminal } from '../cli/a-terminal.ts';

jest.setTimeout(120_000);

/** Some 10 MB, of which a fetch returns less than half. */
const RECORDS = 1_000;
const RECORD_BYTES = 10_000;
const OFFSETS_TOPICS = ['connect-offsets', 'mm2-offsets.primary.internal'];
/** The offsets topics are read first, each at once, and then the source. */
const IN_THE_MIDDLE = { of: 'read', request: OFFSETS_TOPICS.length + 2, side: 'before' } as const;

let proxy: TcpProxy;
let cluster: KafkaCluster;
let admin: Admin;
let folder: string;
let configuration: string;

/** A topic that is its own copy, as the one cluster is source and target; every offset is right. */
beforeAll(async () => {
  proxy = await startTcpProxy(3);
  [cluster, folder] = await Promise.all([startProxiedCluster(proxy), mkdtemp(join(tmpdir(), 'mm2-migration-'))]);
  const kafka = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
  const compact = [{ name: 'cleanup.policy', value: 'compact' }];
  await createTopics(admin, [
    { topic: 'orders', numPartitions: 1 },
    ...OFFSETS_TOPICS.map((topic) => ({ topic, numPartitions: 1, configEntries: compact })),
  ]);

  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  for (let sent = 0; sent < RECORDS; sent += 50) {
    const messages = Array.from({ length: 50 }, () => ({ value: randomBytes(RECORD_BYTES) }));
    await producer.send({ topic: 'orders', messages });
  }
  const source = { topic: 'orders', partition: 0 };
  await producer.send({
    topic: 'connect-offsets',
    messages: [{ key: JSON.stringify(['replicator', source]), value: `{"offset":${RECORDS - 1}}` }],
  });
  const key = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', ...source });
  await producer.send({
    topic: 'mm2-offsets.primary.internal',
    messages: [{ key, value: mm2Value(BigInt(RECORDS - 1)) }],
  });
  await producer.disconnect();
  configuration = join(folder, 'configuration.json');
  await writeFile(configuration, JSON.stringify({ brokers: proxy.brokers, source: { brokers: proxy.brokers } }));
}, 120_000);
afterAll(async () => {
  await admin?.disconnect();
  await cluster?.close();
  await proxy?.close();
  await rm(folder, { recursive: true, force: true });
});

const verify = async (): Promise<KeptTerminal & { readonly exitCode: number }> => {
  const terminal = aTerminal();
  const exitCode = await run(['verify', '--config', configuration], terminal);
  return { ...terminal, exitCode };
};

/** The same, and something happens while it is reading records, of which nothing arrives meanwhile. */
const verifyThrough = async (strike: () => Promise<void>) => {
  const callOff = proxy.strikeAt(IN_THE_MIDDLE, async () => {
    proxy.withholdAnswers(true);
    await strike();
    proxy.withholdAnswers(false);
  });
  const answer = await verify();
  expect(callOff()).toBe(true);
  return answer;
};

/** The broker that leads the partition. */
const leader = async (): Promise<ClusterNode | undefined> => {
  const { topics } = await admin.fetchTopicMetadata({ topics: ['orders'] });
  return cluster.nodes.find(({ id }) => id === topics[0]?.partitions[0]?.leader);
};

const READY = /\nREADY at .*: 0 copied again, 0 skipped, 1 of 1 partitions proven/;

test('of three brokers one is lost in the middle of a read, and it goes on by itself', async () => {
  const lost = await leader();

  const answer = await verifyThrough(async () => lost?.kill());

  expect([answer.exitCode, answer.errors()]).toEqual([0, '']);
  expect(answer.written()).toMatch(READY);
});

test('begun right after one was lost, it waits until another one leads', async () => {
  // With two of three lost nobody could lead: the last one alone is fewer than min.insync.replicas (KIP-966).
  await Promise.all(cluster.nodes.map((node) => node.restart()));
  await untilInSync(cluster.brokers);
  await (await leader())?.kill();

  const answer = await verify();

  expect([answer.exitCode, answer.errors()]).toEqual([0, '']);
  expect(answer.written()).toMatch(READY);
});

test('all brokers are lost in the middle of a read, and one sentence says so, with exit code 69', async () => {
  const answer = await verifyThrough(() => cluster.kill());

  expect(answer.exitCode).toBe(69);
  expect(answer.errors()).toMatch(/^The (source|target) cluster \(127\.0\.0\.1:.*\) cannot be reached: .*\n$/);
  expect(answer.written()).toBe('');
});
