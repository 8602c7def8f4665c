import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { mm2Key } from '../../functions/offsets/mm2-record.ts';
import { classifyValue } from '../../functions/offsets/stored-value.ts';
import { OFFSETS_TOPIC_PARTITIONS } from '../../functions/writing/offsets-topic.ts';
import { endOffsets } from '../../local/demo/topic-content.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { createTopics } from '../../local/world/kafka/create-topics.ts';
import { type MirrorMaker, startMirrorMaker } from '../../local/world/mirror-maker/mirror-maker.ts';

jest.setTimeout(180_000);

/** Each stands for a topic of its own with ten records; what is usable says 4, so that five records are left to copy. */
const VALUES: readonly (string | null)[] = [
  '{"offset":4}',
  ' { "offset" : 4 , "more" : "text", "less": null } ',
  '{"offset":"9","offset":4}',
  '{"offset":18446744073709551620}',
  '{}',
  '{"offset":null}',
  '{"offset":-1}',
  '{"offset":9223372036854775808}',
  '',
  'not JSON',
  '{"offset":4',
  '4',
  '"4"',
  '[4]',
  '{"offset":[4]}',
  '{"offset":4,"more":{}}',
  '{"schema":null,"payload":{"offset":4}}',
  null,
  'null',
  '{"offset":4} x',
  '{"offset":4}{"offset":5}',
  '\ufeff{"offset":4}',
  '{"offset":"4"}',
  '{"offset":true}',
  '{"offset":4.0}',
  '{"offset":4e0}',
];
const RECORDS = 10;
const OFFSETS_TOPIC = 'mm2-offsets.primary.internal';
const topicOf = (index: number) => `value-${index}`;
const TOPICS = VALUES.map((_, index) => topicOf(index));

let source: KafkaCluster;
let target: KafkaCluster;
let mirrorMaker: MirrorMaker;

const prepare = async ({ brokers }: KafkaCluster, topics: readonly string[], partitions: number) => {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = partitions > 1 ? [{ name: 'cleanup.policy', value: 'compact' }] : [];
  await createTopics(
    admin,
    topics.map((topic) => ({ topic, numPartitions: partitions, configEntries })),
  );
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  return producer;
};

beforeAll(async () => {
  [source, target] = await Promise.all([startCluster({ name: 'source' }), startCluster({ name: 'target' })]);
  const toSource = await prepare(source, TOPICS, 1);
  const messages = Array.from({ length: RECORDS }, (_, n) => ({ value: `record ${n}` }));
  await toSource.sendBatch({ topicMessages: TOPICS.map((topic) => ({ topic, messages })) });
  await toSource.disconnect();
  const toTarget = await prepare(target, [OFFSETS_TOPIC], OFFSETS_TOPIC_PARTITIONS);
  await toTarget.send({
    topic: OFFSETS_TOPIC,
    messages: VALUES.map((value, index) => ({
      key: mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic: topicOf(index), partition: 0 }),
      value,
    })),
  });
  await toTarget.disconnect();
  // A task for each topic: a fatal value takes its whole task along.
  const properties = { 'tasks.max': String(VALUES.length) };
  mirrorMaker = await startMirrorMaker({ source, target, topics: TOPICS, properties });
}, 120_000);
afterAll(async () => {
  await mirrorMaker?.kill();
  await Promise.all([source?.close(), target?.close()]);
}, 60_000);

const expectedOf = (value: string | null): number => {
  const { kind } = classifyValue(value === null ? null : Buffer.from(value));
  return { usable: 5, ignored: RECORDS, none: RECORDS, fatal: 0 }[kind];
};

/** How many records MM2 has copied of each topic; none of a topic that it has not created yet. */
const copied = async (): Promise<readonly number[]> => {
  const admin = new Kafka({ brokers: target.brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const there = new Set(await admin.listTopics());
  await admin.disconnect();
  const ends = await endOffsets(
    target,
    TOPICS.filter((topic) => there.has(topic)),
  );
  return TOPICS.map((topic) => Number(ends.get(`${topic}-0`) ?? 0n));
};

const failures = async (): Promise<number> =>
  (await readFile(mirrorMaker.logFile, 'utf8')).split('Task threw an uncaught and unrecoverable exception').length - 1;

test('MM2 makes of every stored value what its class says: resumes, copies everything again, or its task dies', async () => {
  const expected = VALUES.map((value) => [value, expectedOf(value)]);
  const fatal = expected.filter(([, count]) => count === 0).length;

  const until = performance.now() + 90_000;
  let seen = expected.map(([value]) => [value, 0]);
  while (
    (JSON.stringify(seen) !== JSON.stringify(expected) || (await failures()) < fatal) &&
    performance.now() < until
  ) {
    await sleep(500);
    const counts = await copied();
    seen = VALUES.map((value, index) => [value, counts[index] ?? 0]);
  }

  expect(seen).toEqual(expected);
  expect(await failures()).toBe(fatal);
});
