import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Admin, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { parseConfiguration } from '../../functions/configuration/configuration.ts';
import { mm2Key } from '../../functions/offsets/mm2-record.ts';
import type { Report } from '../../functions/readiness/report.ts';
import { readReadiness } from '../../functions/verify/reading.ts';
import { openReadingCluster, type ReadingCluster } from '../../functions/verify/reading-cluster.ts';
import { topicContent } from '../../local/demo/topic-content.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { createTopics } from '../../local/world/kafka/create-topics.ts';
import { type MirrorMaker, startMirrorMaker } from '../../local/world/mirror-maker/mirror-maker.ts';

jest.setTimeout(180_000);

/** A state of one topic, in which MM2 is started. */
interface Case {
  readonly topic: string;
  /** Records in the source. */
  readonly records: number;
  /** How many of them have been copied; so many from the first one on. */
  readonly copied: number;
  /** Copied once more after that: a stretch from one record (inclusive) to another (exclusive). */
  readonly again?: readonly [number, number];
  /** Records of somebody else in the target, between the copies. */
  readonly foreign?: number;
  /** Replicator's stored offset. */
  readonly replicator: number;
  /** MM2's stored value. */
  readonly mm2: string | null | undefined;
  /** The source's log begins here: what was before has expired. */
  readonly expired?: number;
  /** The source's records are written in transactions of so many, each of which ends in a marker. */
  readonly transactions?: number;
  /** Where MM2 starts, how much it copies again and how much it skips; where its task dies, none of it. */
  readonly expected: {
    readonly startsAt: string | null;
    readonly copiedAgain: number | null;
    readonly skipped: number | null;
  };
}

const at = (startsAt: number, copiedAgain: number | null = 0, skipped: number | null = 0) => ({
  startsAt: String(startsAt),
  copiedAgain,
  skipped,
});

/** All cases of DESIGN's fact 16, and what a real life makes of them. */
const CASES: readonly Case[] = [
  { topic: 'goes-on', records: 20, copied: 10, replicator: 9, mm2: '{"offset":9}', expected: at(10) },
  { topic: 'waits', records: 20, copied: 20, replicator: 19, mm2: '{"offset":19}', expected: at(20) },
  { topic: 'beyond-the-end', records: 8, copied: 5, replicator: 4, mm2: '{"offset":49}', expected: at(0, 5) },
  { topic: 'created-anew', records: 8, copied: 3, replicator: 49, mm2: '{"offset":49}', expected: at(0, 3) },
  {
    topic: 'before-the-start',
    records: 20,
    copied: 5,
    replicator: 4,
    mm2: '{"offset":4}',
    expired: 10,
    expected: at(10, 0, 5),
  },
  { topic: 'none', records: 20, copied: 10, replicator: 9, mm2: undefined, expected: at(0, 10) },
  { topic: 'tombstone', records: 20, copied: 10, replicator: 9, mm2: null, expected: at(0, 10) },
  { topic: 'null-offset', records: 20, copied: 10, replicator: 9, mm2: '{"offset":null}', expected: at(0, 10) },
  { topic: 'negative', records: 20, copied: 10, replicator: 9, mm2: '{"offset":-1}', expected: at(0, 10) },
  { topic: 'no-json', records: 20, copied: 10, replicator: 9, mm2: 'nine', expected: at(0, 10) },
  {
    topic: 'a-string',
    records: 20,
    copied: 10,
    replicator: 9,
    mm2: '{"offset":"9"}',
    expected: { startsAt: null, copiedAgain: 0, skipped: 0 },
  },
  { topic: 'stale', records: 20, copied: 15, replicator: 9, mm2: '{"offset":9}', expected: at(10, 5) },
  {
    topic: 'stale-and-copied-twice',
    records: 20,
    copied: 15,
    again: [10, 14],
    foreign: 3,
    replicator: 9,
    mm2: '{"offset":9}',
    expected: at(10, 5),
  },
  { topic: 'behind', records: 20, copied: 15, replicator: 14, mm2: '{"offset":9}', expected: at(10, 5) },
  { topic: 'ahead', records: 20, copied: 10, replicator: 9, mm2: '{"offset":13}', expected: at(14, 0, 4) },
  {
    topic: 'stale-with-markers',
    records: 20,
    copied: 15,
    // Offsets 0 to 3, a marker, 5 to 8, a marker …: the tenth record has the offset 11.
    transactions: 4,
    replicator: 11,
    mm2: '{"offset":11}',
    expected: at(12, 5),
  },
];
const TOPICS = CASES.map(({ topic }) => topic);
const OFFSETS_TOPIC = 'mm2-offsets.primary.internal';

const contentOf = (topic: string, n: number) => ({ key: `key ${n % 3}`, value: `${topic} ${n}` });

interface Side {
  readonly cluster: KafkaCluster;
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly producer: Producer;
}
let source: Side;
let target: Side;
let mirrorMaker: MirrorMaker | undefined;
let report: Report;

const connect = async (name: string): Promise<Side> => {
  const cluster = await startCluster({ name });
  const kafka = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await Promise.all([admin.connect(), producer.connect()]);
  return { cluster, kafka, admin, producer };
};

const writeTransactions = async ({ topic, records, transactions = 1 }: Case, timestamps: readonly string[]) => {
  const producer = source.kafka.producer({
    transactionalId: topic,
    createPartitioner: Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  for (let first = 0; first < records; first += transactions) {
    const transaction = await producer.transaction();
    const messages = Array.from({ length: Math.min(transactions, records - first) }, (_, n) => ({
      ...contentOf(topic, first + n),
      timestamp: timestamps[first + n] ?? '',
    }));
    await transaction.send({ topic, messages });
    await transaction.commit();
  }
  await producer.disconnect();
};

const prepare = async (one: Case): Promise<void> => {
  const { topic, records, copied, again: [from, to] = [0, 0], foreign = 0 } = one;
  const start = Date.now() - 3_600_000;
  const timestamps = Array.from({ length: records }, (_, n) => String(start + n * 1_000));
  const messages = timestamps.map((timestamp, n) => ({ ...contentOf(topic, n), timestamp }));
  if (one.transactions === undefined) {
    await source.producer.send({ topic, messages });
  } else {
    await writeTransactions(one, timestamps);
  }
  if (one.expired !== undefined) {
    const partitions = [{ partition: 0, offset: String(one.expired) }];
    await source.admin.deleteTopicRecords({ topic, partitions });
  }
  const others = Array.from({ length: foreign }, (_, n) => ({ value: `somebody else's ${n}` }));
  const copies = [...messages.slice(0, copied), ...others, ...messages.slice(from, to)];
  await target.producer.send({ topic, messages: copies });
  await target.producer.send({
    topic: 'connect-offsets',
    messages: [{ key: `["replicator",{"topic":"${topic}","partition":0}]`, value: `{"offset":${one.replicator}}` }],
  });
  if (one.mm2 !== undefined) {
    const key = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition: 0 });
    await target.producer.send({ topic: OFFSETS_TOPIC, messages: [{ key, value: one.mm2 }] });
  }
};

const compact = [{ name: 'cleanup.policy', value: 'compact' }];

beforeAll(async () => {
  [source, target] = await Promise.all([connect('source'), connect('target')]);
  const topics = TOPICS.map((topic) => ({ topic, numPartitions: 1 }));
  await Promise.all([
    createTopics(source.admin, topics),
    createTopics(target.admin, [
      ...topics,
      { topic: 'connect-offsets', numPartitions: 5, configEntries: compact },
      { topic: OFFSETS_TOPIC, numPartitions: 25, configEntries: compact },
    ]),
  ]);
  for (const one of CASES) {
    await prepare(one);
  }
}, 120_000);
afterAll(async () => {
  await mirrorMaker?.kill();
  await Promise.allSettled(
    [source, target].flatMap((side) => (side ? [side.admin.disconnect(), side.producer.disconnect()] : [])),
  );
  await Promise.all([source?.cluster.close(), target?.cluster.close()]);
}, 60_000);

/** What MM2 did, by what the target then holds: copies of a record beyond those before, and records without a copy. */
const outcome = async () => {
  const contents = await topicContent(target.cluster, TOPICS);
  return CASES.map(({ topic, records, copied, again: [from, to] = [0, 0] }) => {
    const inTarget = Map.groupBy(contents.get(`${topic}-0`) ?? [], ({ content }) => content);
    const copiesOf = (n: number) => {
      const { key, value } = contentOf(topic, n);
      const base64 = (text: string) => Buffer.from(text).toString('base64');
      return inTarget.get(JSON.stringify([base64(key), base64(value)]))?.length ?? 0;
    };
    const all = Array.from({ length: records }, (_, n) => n);
    const before = (n: number) => (n < copied ? 1 : 0) + (n >= from && n < to ? 1 : 0);
    return {
      topic,
      copiedAgain: all.filter((n) => n < copied && copiesOf(n) > before(n)).length,
      skipped: all.filter((n) => copiesOf(n) === 0).length,
      last: copiesOf(records),
    };
  });
};

const isFatal = ({ expected }: Case): boolean => expected.startsAt === null;

describe('what verify predicts, and what a real MM2 then does', () => {
  test('predicts every case', async () => {
    const clusters: ReadingCluster[] = [];
    for (const { kafka } of [source, target]) {
      clusters.push(await openReadingCluster(kafka));
    }
    const [from, to] = clusters;
    if (from === undefined || to === undefined) {
      throw new Error('both clusters were opened');
    }
    report = await readReadiness({
      source: from,
      target: to,
      flows: parseConfiguration('the test', {}).flows,
      replicatorOffsetsTopic: 'connect-offsets',
      records: 1_000,
    });
    await Promise.all(clusters.map((cluster) => cluster.close()));

    const predicted = report.partitions.map(({ topic, prediction }) => [topic, prediction]);
    expect(Object.fromEntries(predicted)).toEqual(
      Object.fromEntries(CASES.map(({ topic, expected }) => [topic, expected])),
    );
  });

  test('is what MM2 does', async () => {
    // A task for each topic: a fatal value takes its whole task along.
    const properties = { 'tasks.max': String(CASES.length) };
    mirrorMaker = await startMirrorMaker({
      source: source.cluster,
      target: target.cluster,
      topics: TOPICS,
      properties,
    });
    for (const { topic, records } of CASES) {
      await source.producer.send({ topic, messages: [contentOf(topic, records)] });
    }
    // Each topic's last record comes after everything else that MM2 copies of it.
    const until = performance.now() + 90_000;
    let done = await outcome();
    while (!CASES.every((one, n) => isFatal(one) || done[n]?.last === 1) && performance.now() < until) {
      await sleep(500);
      done = await outcome();
    }

    const counted = done.map(({ topic, copiedAgain, skipped }, n) => {
      // What a dead task has not copied it has not skipped either.
      const one = CASES[n];
      return [topic, { copiedAgain, skipped: one && isFatal(one) ? 0 : skipped }];
    });
    const predicted = report.partitions.map(({ topic, prediction: { copiedAgain, skipped } }) => [
      topic,
      { copiedAgain, skipped },
    ]);
    expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(predicted));
    expect(done.filter(({ last }) => last === 1).length).toBe(CASES.length - 1);
  });
});
