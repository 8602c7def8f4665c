import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Admin, Kafka, logLevel, Partitioners } from 'kafkajs';
import { run } from '../../cli/main.ts';
import { mm2Key, mm2Value } from '../../functions/offsets/mm2-record.ts';
import { startProxiedCluster } from '../../local/chaos/proxied-cluster.ts';
import { startTcpProxy, type TcpProxy } from '../../local/chaos/tcp-proxy.ts';
import type { KafkaCluster } from '../../local/world/kafka/cluster.ts';
import { createTopics } from '../../local/world/kafka/create-topics.ts';
import { aTerminal, type KeptTerminal } from '../cli/a-terminal.ts';

jest.setTimeout(120_000);

const PARTITIONS = 9;
const OFFSETS_TOPICS = ['connect-offsets', 'mm2-offsets.primary.internal'];
/** Reads of the offsets topics come first, one for each; then both sides of each partition are read. */
const IN_THE_MIDDLE = { of: 'read', request: OFFSETS_TOPICS.length + PARTITIONS, side: 'before' } as const;

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
    { topic: 'orders', numPartitions: PARTITIONS },
    ...OFFSETS_TOPICS.map((topic) => ({ topic, numPartitions: 1, configEntries: compact })),
  ]);

  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const topic = 'orders';
  await producer.sendBatch({
    topicMessages: [
      { topic, messages: partitions.flatMap((partition) => [0, 1, 2].map((n) => ({ partition, value: `${n}` }))) },
      {
        topic: 'connect-offsets',
        messages: partitions.map((partition) => ({
          key: JSON.stringify(['replicator', { topic, partition }]),
          value: '{"offset":2}',
        })),
      },
      {
        topic: 'mm2-offsets.primary.internal',
        messages: partitions.map((partition) => ({
          key: mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition }),
          value: mm2Value(2n),
        })),
      },
    ],
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

/** Runs the command, and has something happen while it is reading records, of which nothing arrives meanwhile. */
const verify = async (strike: () => Promise<void>): Promise<KeptTerminal & { readonly exitCode: number }> => {
  const terminal = aTerminal();
  const callOff = proxy.strikeAt(IN_THE_MIDDLE, async () => {
    proxy.withholdAnswers(true);
    await strike();
    proxy.withholdAnswers(false);
  });
  const exitCode = await run(['verify', '--config', configuration], terminal);
  expect(callOff()).toBe(true);
  return { ...terminal, exitCode };
};

test('of three brokers one is lost in the middle of a read, and it goes on by itself', async () => {
  const { topics } = await admin.fetchTopicMetadata({ topics: ['orders'] });
  const last = topics[0]?.partitions.find(({ partitionId }) => partitionId === PARTITIONS - 1);
  const leader = cluster.nodes.find(({ id }) => id === last?.leader);

  const answer = await verify(async () => leader?.kill());

  expect(answer.errors()).toBe('');
  expect(answer.exitCode).toBe(0);
  expect(answer.written()).toMatch(/\nREADY at .*: 0 copied again, 0 skipped, 9 of 9 partitions proven/);
});

test('all brokers are lost in the middle of a read, and one sentence says so, with exit code 69', async () => {
  const answer = await verify(() => cluster.kill());

  expect(answer.exitCode).toBe(69);
  expect(answer.errors()).toMatch(/^The (source|target) cluster \(127\.0\.0\.1:.*\) cannot be reached: .*\n$/);
  expect(answer.written()).toBe('');
});
