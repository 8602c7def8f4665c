import { randomUUID } from 'node:crypto';
import kafkajs, { type Kafka } from 'kafkajs';
import { parseConfiguration } from '../../functions/configuration/configuration.ts';
import type { Flow } from '../../functions/offsets/flow.ts';
import { mm2Key, mm2Value } from '../../functions/offsets/mm2-record.ts';
import { placeHeader } from '../../functions/offsets/provenance.ts';
import type { Report } from '../../functions/readiness/report.ts';
import { readReadiness } from '../../functions/verify/reading.ts';
import { openReadingCluster, type ReadingCluster } from '../../functions/verify/reading-cluster.ts';
import type { KafkaCluster } from '../world/kafka/cluster.ts';
import { createTopics, ensureOffsetsTopic } from '../world/kafka/create-topics.ts';
import { bytesOf } from '../world/sync/replicator-history.ts';
import { readBarely, type TopicToRead } from './bare-reading.ts';
import { atMost, type Comparison, comparisonOf } from './comparison.ts';
import { interleave, timed } from './measure.ts';
import type { Run } from './processes/build.ts';

const ROUNDS = 5;
const MEMORY_ROUNDS = 2;
const PARTITIONS_PER_TOPIC = 100;
const SOURCE_PARTITIONS = 10_000;
/** How often each offset stands in the offsets topics, of which nothing is compacted yet. */
const FLUSHES = 5;
/** Records of the topics whose contents are compared. */
const FEW_RECORDS = 100_000;
const MANY_RECORDS = 300_000;
/** Records of one send. */
const SEND = 5_000;

const BYTES_PER_MB = 1_000_000;

/** What a comparison of contents reads, and what a process needs to know of it. */
export interface Migration {
  readonly name: string;
  readonly replicatorOffsetsTopic: string;
}

export const flowOf = ({ name }: Pick<Migration, 'name'>): Flow => {
  const [flow] = parseConfiguration('the benchmark', { name, flows: [{ sourceAlias: name }] }).flows;
  if (flow === undefined) {
    throw new Error('The benchmark has no flow: give it one');
  }
  return flow;
};

/** One broker is both clusters: a topic's copy has another name there. */
const copyOf = (topic: string): string => `${topic}.copy`;

/** Compares everything that the topics of a migration hold. */
export const compareContents = (cluster: ReadingCluster, migration: Migration): Promise<Report> =>
  readReadiness({
    target: cluster,
    source: cluster,
    flows: [flowOf(migration)],
    replicatorOffsetsTopic: migration.replicatorOffsetsTopic,
    records: 'all',
    targetTopic: (_flow, topic) => copyOf(topic),
  });

/** Writes each flush of some source partitions to both offsets topics. */
const writeOffsets = async (
  kafka: Kafka,
  migration: Migration,
  sources: readonly { readonly topic: string; readonly partition: number }[],
  offsets: readonly bigint[],
): Promise<void> => {
  const flow = flowOf(migration);
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
  await ensureOffsetsTopic(admin, migration.replicatorOffsetsTopic);
  await ensureOffsetsTopic(admin, flow.offsetsTopic);
  for (const offset of offsets) {
    const place = { eventSource: 'arn', topic: 'connect-offsets', partition: 0, offset, timestamp: Date.now() };
    const replicator = sources.map((source) =>
      bytesOf({ kind: 'offset', connector: flow.replicatorConnector, source, offset, form: 'plain' }),
    );
    const mm2 = sources.map((source) => ({
      key: mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, ...source }),
      value: mm2Value(offset),
      headers: { ...placeHeader(place) },
    }));
    await producer.send({ topic: migration.replicatorOffsetsTopic, messages: replicator });
    await producer.send({ topic: flow.offsetsTopic, messages: mm2 });
  }
  await Promise.all([admin.disconnect(), producer.disconnect()]);
};

const newMigration = (): Migration => {
  const name = `verify-${randomUUID()}`;
  return { name, replicatorOffsetsTopic: `${name}-offsets` };
};

/** Writes a topic of one partition and its copy, and the offsets with which Replicator has copied all of it. */
const writeContents = async (
  kafka: Kafka,
  records: number,
): Promise<{ readonly migration: Migration; readonly topics: readonly TopicToRead[] }> => {
  const migration = newMigration();
  const topic = `orders-${randomUUID()}`;
  const topics = [topic, copyOf(topic)];
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
  await createTopics(
    admin,
    topics.map((one) => ({ topic: one, numPartitions: 1 })),
  );
  const text = 'x'.repeat(180);
  const start = Date.now() - records;
  for (let sent = 0; sent < records; sent += SEND) {
    const messages = Array.from({ length: Math.min(SEND, records - sent) }, (_, index) => {
      const number = sent + index;
      return { partition: 0, key: `key ${number % 1_000}`, value: `${number} ${text}`, timestamp: `${start + number}` };
    });
    await producer.sendBatch({ topicMessages: topics.map((one) => ({ topic: one, messages })) });
  }
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await writeOffsets(kafka, migration, [{ topic, partition: 0 }], [BigInt(records - 1)]);
  return { migration, topics: topics.map((one) => ({ topic: one, records })) };
};

const assertCompared = ({ verdict, partitions }: Report, wanted: number): void => {
  if (partitions.length !== wanted) {
    throw new Error(
      `verify found ${partitions.length} partitions instead of ${wanted} (${verdict}): its time is no use`,
    );
  }
};

const measureOffsets = async (kafka: Kafka, cluster: ReadingCluster): Promise<Comparison> => {
  const migration = newMigration();
  const flow = flowOf(migration);
  const sources = Array.from({ length: SOURCE_PARTITIONS }, (_, n) => ({
    topic: `orders.eu.v${Math.floor(n / PARTITIONS_PER_TOPIC)}`,
    partition: n % PARTITIONS_PER_TOPIC,
  }));
  await writeOffsets(
    kafka,
    migration,
    sources,
    Array.from({ length: FLUSHES }, (_, flush) => 1_000_000n + BigInt(flush)),
  );
  const records = SOURCE_PARTITIONS * FLUSHES;
  const topics = [migration.replicatorOffsetsTopic, flow.offsetsTopic].map((topic) => ({ topic, records }));
  const samples = await interleave(
    {
      ours: () =>
        timed(async () => {
          const { replicatorOffsetsTopic } = migration;
          const options = { target: cluster, source: undefined, flows: [flow], replicatorOffsetsTopic, records: 0 };
          assertCompared(await readReadiness(options), SOURCE_PARTITIONS);
        }),
      bare: async () => (await readBarely(kafka, topics)).readingMs,
    },
    ROUNDS,
  );
  return comparisonOf({
    what: 'verify, offsets of 10,000 partitions',
    against: 'kafkajs reads the topics',
    unit: 'ms',
    ours: samples.ours,
    theirs: samples.bare,
    goal: atMost(1.5),
  });
};

/** Measures what `verify` takes against the bare reading of the same topics, and its memory. */
export const measureVerification = async (
  cluster: KafkaCluster,
  kafka: Kafka,
  run: Run,
): Promise<readonly Comparison[]> => {
  const reading = await openReadingCluster(kafka);
  await using resources = new AsyncDisposableStack();
  resources.defer(() => reading.close());
  const offsets = await measureOffsets(kafka, reading);

  const few = await writeContents(kafka, FEW_RECORDS);
  const contents = await interleave(
    {
      ours: () => timed(async () => assertCompared(await compareContents(reading, few.migration), 1)),
      bare: async () => (await readBarely(kafka, few.topics)).readingMs,
    },
    ROUNDS,
  );

  const many = await writeContents(kafka, MANY_RECORDS);
  const peak = async ({ migration }: typeof many): Promise<number> => {
    const bytes = await run<VerifyMemory, number>('verify-memory', { brokers: cluster.brokers, migration });
    return bytes / BYTES_PER_MB;
  };
  const memory = await interleave({ many: () => peak(many), few: () => peak(few) }, MEMORY_ROUNDS);
  return [
    offsets,
    comparisonOf({
      what: 'verify, contents of 100,000 records',
      against: 'kafkajs reads the topics',
      unit: 'ms',
      ours: contents.ours,
      theirs: contents.bare,
      goal: atMost(2),
    }),
    comparisonOf({
      what: 'verify, memory for 300,000 records',
      against: 'for 100,000 records',
      unit: 'MB',
      ours: memory.many,
      theirs: memory.few,
      goal: atMost(1.2),
    }),
  ];
};

/** What the program `verify-memory` is asked for. */
export interface VerifyMemory {
  readonly brokers: readonly string[];
  readonly migration: Migration;
}
