import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { run } from '../../cli/main.ts';
import { mm2Key, mm2Value } from '../../functions/offsets/mm2-record.ts';
import { topicContent } from '../../local/demo/topic-content.ts';
import { type ConnectWorker, startConnectWorker } from '../../local/world/connect/connect-worker.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { createTopics } from '../../local/world/kafka/create-topics.ts';
import { type JavaProcess, startJava } from '../../local/world/kafka/java-process.ts';
import { formatProperties } from '../../local/world/kafka/java-properties.ts';
import { aTerminal } from '../cli/a-terminal.ts';

jest.setTimeout(180_000);

const RECORDS = 10;
/** Replicator has copied so many, and was stopped. */
const COPIED = 6;
/** Records of long ago would expire. */
const START = Date.now() - 60_000;
const USER = { username: 'mm2', password: 'hunter2' };

/** Each way has a Replicator and topics of its own; a dot in a name is one in a pattern, too. */
const WAYS = {
  dedicated: {
    flow: { name: 'dedicated', replicatorConnector: 'replicator-1' },
    topics: ['dedicated.orders', 'dedicated.payments'],
    key: { connector: 'MirrorSourceConnector', offsetsTopic: 'mm2-offsets.primary.internal' },
  },
  connect: {
    flow: {
      name: 'connect',
      replicatorConnector: 'replicator-2',
      mm2: { runsAs: 'connect', connector: 'mm2', offsetsTopic: 'connect-offsets' },
    },
    topics: ['connect.orders', 'connect.payments'],
    key: { connector: 'mm2', offsetsTopic: 'connect-offsets' },
  },
} as const;
type Way = (typeof WAYS)[keyof typeof WAYS];

let source: KafkaCluster;
let target: KafkaCluster;
let folder: string;
const started: (JavaProcess | ConnectWorker)[] = [];

const messagesOf = (topic: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    key: 'k',
    value: `${topic} ${n}`,
    timestamp: String(START + n),
  }));

const fill = async (
  { brokers }: KafkaCluster,
  topics: readonly { readonly topic: string; readonly isCompact?: boolean }[],
  content: Readonly<Record<string, readonly { key: string; value: string; timestamp?: string }[]>>,
) => {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await createTopics(
    admin,
    topics.map(({ topic, isCompact }) => ({
      topic,
      numPartitions: isCompact ? 25 : 1,
      configEntries: isCompact ? [{ name: 'cleanup.policy', value: 'compact' }] : [],
    })),
  );
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  await producer.sendBatch({
    topicMessages: Object.entries(content).map(([topic, messages]) => ({ topic, messages: [...messages] })),
  });
  await producer.disconnect();
};

/** What Replicator and the sync have left: copies, and the offsets of both. */
const offsetsOf = ({ flow, topics, key }: Way) => ({
  replicator: topics.map((topic) => ({
    key: JSON.stringify([flow.replicatorConnector, { topic, partition: 0 }]),
    value: `{"offset":${COPIED - 1}}`,
  })),
  mm2: topics.map((topic) => ({
    key: mm2Key({ connector: key.connector, sourceAlias: 'primary', topic, partition: 0 }).toString(),
    value: mm2Value(BigInt(COPIED - 1)).toString(),
  })),
});

const replicatorConfiguration = ({ flow, topics }: Way) => ({
  name: flow.replicatorConnector,
  config: {
    'connector.class': 'io.confluent.connect.replicator.ReplicatorSourceConnector',
    'topic.whitelist': topics.join(','),
    'src.kafka.bootstrap.servers': source.bootstrapServersOf('scram'),
    'src.kafka.security.protocol': 'SASL_SSL',
    'src.kafka.sasl.mechanism': 'SCRAM-SHA-512',
    'src.kafka.sasl.jaas.config': jaas(),
    'src.kafka.ssl.truststore.type': 'PEM',
    'src.kafka.ssl.truststore.location': source.caCertificateFile,
    'dest.kafka.bootstrap.servers': target.bootstrapServers,
    'topic.poll.interval.ms': '2000',
  },
});

const jaas = () =>
  `org.apache.kafka.common.security.scram.ScramLoginModule required username="${USER.username}" password="${USER.password}";`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mm2-config-'));
  [source, target] = await Promise.all([
    startCluster({ name: 'source', listeners: ['scram'], users: [USER] }),
    startCluster({ name: 'target' }),
  ]);
  const ways = Object.values(WAYS);
  const topics = ways.flatMap((way) => [...way.topics]);
  await fill(
    source,
    topics.map((topic) => ({ topic })),
    Object.fromEntries(topics.map((topic) => [topic, messagesOf(topic, RECORDS)])),
  );
  await fill(
    target,
    [
      ...topics.map((topic) => ({ topic })),
      { topic: 'connect-offsets', isCompact: true },
      { topic: 'mm2-offsets.primary.internal', isCompact: true },
    ],
    {
      ...Object.fromEntries(topics.map((topic) => [topic, messagesOf(topic, COPIED)])),
      'connect-offsets': [...ways.flatMap((way) => offsetsOf(way).replicator), ...offsetsOf(WAYS.connect).mm2],
      'mm2-offsets.primary.internal': offsetsOf(WAYS.dedicated).mm2,
    },
  );
  await writeFile(
    configuration(),
    JSON.stringify({
      brokers: target.brokers,
      source: { brokers: source.brokers },
      flows: ways.map(({ flow }) => flow),
    }),
  );
  // Where the references lead.
  await writeFile(join(folder, 'secrets.properties'), formatProperties({ 'source.sasl.jaas.config': jaas() }));
}, 120_000);

afterAll(async () => {
  await Promise.all(started.map((process) => process.kill()));
  await Promise.all([source?.close(), target?.close()]);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const configuration = () => join(folder, 'configuration.json');
const replicatorFile = ({ flow }: Way) => join(folder, `${flow.name}.replicator.json`);
const mm2File = (way: Way) => join(folder, `${way.flow.name}${way === WAYS.connect ? '.json' : '.properties'}`);

test.each(Object.values(WAYS))(
  'what is written for $flow.name is READY to verify, and holds no secret',
  async (way) => {
    const given = ['--config', configuration(), '--replicator-config', replicatorFile(way)];
    await writeFile(replicatorFile(way), JSON.stringify(replicatorConfiguration(way)));
    const [writing, verifying] = [aTerminal(), aTerminal()];

    const secrets = ['--secrets-file', join(folder, 'secrets.properties')];
    const more = [...secrets, '--replication-factor', '1', '--output', mm2File(way)];
    const written = await run(['mm2-config', ...given, ...more], writing);
    const verified = await run(['verify', ...given, '--mm2-config', mm2File(way)], verifying);

    expect([written, verified]).toEqual([0, 0]);
    expect(verifying.written().trimEnd().split('\n').at(-1)).toMatch(/^READY /);
    expect(`${writing.errors()}${await readFile(mm2File(way), 'utf8')}`).not.toContain(USER.password);
  },
);

const valueIn = (content: string): string => Buffer.from(JSON.parse(content)[1], 'base64').toString();

const copiesOf = async (topic: string): Promise<readonly string[]> =>
  ((await topicContent(target, [topic])).get(`${topic}-0`) ?? []).map(({ content }) => valueIn(content));

/** Waits until all is there; more of it than once, or in another order, is seen then. */
const untilCopied = async ({ topics }: Way): Promise<void> => {
  const expected = topics.map((topic) => messagesOf(topic, RECORDS).map(({ value }) => value));
  const until = performance.now() + 90_000;
  let copies = await Promise.all(topics.map(copiesOf));
  while (copies.some(({ length }) => length < RECORDS) && performance.now() < until) {
    await sleep(500);
    copies = await Promise.all(topics.map(copiesOf));
  }
  expect(copies).toEqual(expected);
};

test('a dedicated MM2 starts with what is written, resolves its secrets, and goes on at the next record', async () => {
  started.push(
    await startJava(target.distribution, {
      name: 'MirrorMaker 2',
      mainClass: 'org.apache.kafka.connect.mirror.MirrorMaker',
      args: [mm2File(WAYS.dedicated)],
      logFile: join(target.folder, 'mm2.log'),
    }),
  );

  await untilCopied(WAYS.dedicated);
});

test('a connector is created STOPPED with what is written, and goes on at the next record once it is resumed', async () => {
  const worker = await startConnectWorker({
    cluster: target,
    properties: {
      'config.providers': 'file',
      'config.providers.file.class': 'org.apache.kafka.common.config.provider.FileConfigProvider',
      // What a Connect cluster has by default, and MM2 must not inherit.
      'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'header.converter': 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
    },
  });
  started.push(worker);

  await worker.ask('POST', '/connectors', JSON.parse(await readFile(mm2File(WAYS.connect), 'utf8')));
  const until = performance.now() + 30_000;
  let state = '';
  while (state !== 'STOPPED' && performance.now() < until) {
    await sleep(200);
    state = await worker.status('mm2').then(
      ({ connector, tasks }) => `${connector}${tasks.length > 0 ? ' with tasks' : ''}`,
      () => '',
    );
  }
  expect(state).toBe('STOPPED');
  expect(await copiesOf('connect.orders')).toHaveLength(COPIED);

  await worker.resumeConnector('mm2');
  await untilCopied(WAYS.connect);
});
