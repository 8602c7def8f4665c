import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Admin, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { parseConfiguration } from '../../functions/configuration/configuration.ts';
import { mm2Key } from '../../functions/offsets/mm2-record.ts';
import type { Report } from '../../functions/readiness/report.ts';
import { readReadiness } from '../../functions/verify/reading.ts';
import { openReadingCluster } from '../../functions/verify/reading-cluster.ts';
import { topicContent } from '../../local/demo/topic-content.ts';
import { startConnectWorker } from '../../local/world/connect/connect-worker.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { createTopics } from '../../local/world/kafka/create-topics.ts';
import type { JavaProcess } from '../../local/world/kafka/java-process.ts';
import { startMirrorMaker } from '../../local/world/mirror-maker/mirror-maker.ts';
import { mirrorConnectorConfig } from '../../local/world/mirror-maker/mirror-maker-properties.ts';
import { type Replicator, startReplicator } from '../../local/world/replicator/replicator.ts';

jest.setTimeout(180_000);

/** A state of one topic, in which MM2 is started. */
interface Case {
  readonly name: string;
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

const FATAL = { startsAt: null, copiedAgain: 0, skipped: 0 };

/** All cases of DESIGN's fact 16, and what a real life makes of them. */
const CASES: readonly Case[] = [
  { name: 'goes-on', records: 20, copied: 10, replicator: 9, mm2: '{"offset":9}', expected: at(10) },
  { name: 'waits', records: 20, copied: 20, replicator: 19, mm2: '{"offset":19}', expected: at(20) },
  { name: 'beyond-the-end', records: 8, copied: 5, replicator: 4, mm2: '{"offset":49}', expected: at(0, 5) },
  { name: 'created-anew', records: 8, copied: 3, replicator: 49, mm2: '{"offset":49}', expected: at(0, 3) },
  {
    name: 'before-the-start',
    records: 20,
    copied: 5,
    replicator: 4,
    mm2: '{"offset":4}',
    expired: 10,
    expected: at(10, 0, 5),
  },
  { name: 'none', records: 20, copied: 10, replicator: 9, mm2: undefined, expected: at(0, 10) },
  { name: 'tombstone', records: 20, copied: 10, replicator: 9, mm2: null, expected: at(0, 10) },
  { name: 'null-offset', records: 20, copied: 10, replicator: 9, mm2: '{"offset":null}', expected: at(0, 10) },
  { name: 'negative', records: 20, copied: 10, replicator: 9, mm2: '{"offset":-1}', expected: at(0, 10) },
  { name: 'no-json', records: 20, copied: 10, replicator: 9, mm2: 'nine', expected: at(0, 10) },
  { name: 'a-string', records: 20, copied: 10, replicator: 9, mm2: '{"offset":"9"}', expected: FATAL },
  { name: 'a-fraction', records: 20, copied: 10, replicator: 9, mm2: '{"offset":9.0}', expected: FATAL },
  { name: 'a-boolean', records: 20, copied: 10, replicator: 9, mm2: '{"offset":true}', expected: FATAL },
  { name: 'stale', records: 20, copied: 15, replicator: 9, mm2: '{"offset":9}', expected: at(10, 5) },
  {
    name: 'stale-and-copied-twice',
    records: 20,
    copied: 15,
    again: [10, 14],
    foreign: 3,
    replicator: 9,
    mm2: '{"offset":9}',
    expected: at(10, 5),
  },
  { name: 'behind', records: 20, copied: 15, replicator: 14, mm2: '{"offset":9}', expected: at(10, 5) },
  { name: 'ahead', records: 20, copied: 10, replicator: 9, mm2: '{"offset":13}', expected: at(14, 0, 4) },
  {
    name: 'stale-with-markers',
    records: 20,
    copied: 15,
    // Offsets 0 to 3, a marker, 5 to 8, a marker …: the tenth record has the offset 11.
    transactions: 4,
    replicator: 11,
    mm2: '{"offset":11}',
    expected: at(12, 5),
  },
];

/** A way to run MM2. Each has a Replicator, a flow and topics of its own, so that all of them can run at once. */
interface Way {
  readonly runsAs: string;
  readonly flow: {
    readonly replicatorConnector: string;
    readonly mm2: { readonly runsAs: string; readonly connector?: string; readonly offsetsTopic: string };
  };
  readonly start: (topics: readonly string[]) => Promise<JavaProcess>;
}

/** A task for each topic: a fatal value takes its whole task along. */
const properties = { 'tasks.max': String(CASES.length) };

const WAYS: readonly Way[] = [
  {
    runsAs: 'dedicated',
    flow: {
      replicatorConnector: 'replicator-before-dedicated',
      mm2: { runsAs: 'dedicated', offsetsTopic: 'mm2-offsets.primary.internal' },
    },
    start: (topics) => startMirrorMaker({ source: source.cluster, target: target.cluster, topics, properties }),
  },
  {
    // On the very Connect cluster that has run Replicator: both have their offsets in one topic.
    runsAs: 'connector',
    flow: {
      replicatorConnector: 'replicator-before-connector',
      mm2: { runsAs: 'connect', connector: 'primary->backup', offsetsTopic: 'connect-offsets' },
    },
    start: async (topics) => {
      const worker = await startConnectWorker({ cluster: target.cluster });
      const clusters = { source: source.cluster, target: target.cluster };
      await worker.createConnector('primary->backup', mirrorConnectorConfig({ ...clusters, topics, properties }));
      return worker;
    },
  },
];
const topicOf = ({ runsAs }: Way, { name }: Case) => `${runsAs}-${name}`;
const topicsOf = (way: Way) => CASES.map((one) => topicOf(way, one));
const TOPICS = WAYS.flatMap(topicsOf);

const contentOf = (topic: string, n: number) => ({ key: `key ${n % 3}`, value: `${topic} ${n}` });

interface Side {
  readonly cluster: KafkaCluster;
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly producer: Producer;
}
let source: Side;
let target: Side;
const started: JavaProcess[] = [];
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

const writeTransactions = async (
  topic: string,
  { records, transactions = 1 }: Case,
  timestamps: readonly string[],
): Promise<void> => {
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

const prepare = async (way: Way, one: Case): Promise<void> => {
  const { records, copied, again: [from, to] = [0, 0], foreign = 0 } = one;
  const { replicatorConnector, mm2 } = way.flow;
  const topic = topicOf(way, one);
  const start = Date.now() - 3_600_000;
  const timestamps = Array.from({ length: records }, (_, n) => String(start + n * 1_000));
  const messages = timestamps.map((timestamp, n) => ({ ...contentOf(topic, n), timestamp }));
  if (one.transactions === undefined) {
    await source.producer.send({ topic, messages });
  } else {
    await writeTransactions(topic, one, timestamps);
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
    messages: [
      {
        key: `["${replicatorConnector}",{"topic":"${topic}","partition":0}]`,
        value: `{"offset":${one.replicator}}`,
      },
    ],
  });
  if (one.mm2 !== undefined) {
    const key = mm2Key({
      connector: mm2.connector ?? 'MirrorSourceConnector',
      sourceAlias: 'primary',
      topic,
      partition: 0,
    });
    await target.producer.send({ topic: mm2.offsetsTopic, messages: [{ key, value: one.mm2 }] });
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
      { topic: 'connect-offsets', numPartitions: 25, configEntries: compact },
      { topic: 'mm2-offsets.primary.internal', numPartitions: 25, configEntries: compact },
    ]),
  ]);
  for (const way of WAYS) {
    for (const one of CASES) {
      await prepare(way, one);
    }
  }
  report = await verify(WAYS.map(({ flow }) => flow));
}, 120_000);
afterAll(async () => {
  await Promise.all(started.map((one) => one.kill()));
  await Promise.allSettled(
    [source, target].flatMap((side) => (side ? [side.admin.disconnect(), side.producer.disconnect()] : [])),
  );
  await Promise.all([source?.cluster.close(), target?.cluster.close()]);
}, 60_000);

const verify = async (flows: readonly object[]): Promise<Report> => {
  const [from, to] = [await openReadingCluster(source.kafka), await openReadingCluster(target.kafka)];
  try {
    return await readReadiness({
      source: from,
      target: to,
      flows: parseConfiguration('the test', { flows }).flows,
      replicatorOffsetsTopic: 'connect-offsets',
      records: 1_000,
    });
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
};

/** What was predicted of a way, by topic. */
const predictedOf = ({ flow }: Way) =>
  report.partitions
    .filter((one) => one.flow === flow.replicatorConnector)
    .map(({ topic, prediction }) => [topic, prediction] as const);

const isFatal = ({ expected }: Case): boolean => expected.startsAt === null;

/** What MM2 did, by what the target then holds: copies of a record beyond those before, and records without a copy. */
const outcomesOf = async (way: Way) => {
  const contents = await topicContent(target.cluster, topicsOf(way));
  return CASES.map((one) => {
    const { records, copied, again: [from, to] = [0, 0] } = one;
    const topic = topicOf(way, one);
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
      // What a dead task has not copied it has not skipped either.
      skipped: isFatal(one) ? 0 : all.filter((n) => copiesOf(n) === 0).length,
      /** Each topic's last record comes after everything else that MM2 copies of it; a dead task copies none. */
      isComplete: isFatal(one) || copiesOf(records) === 1,
      last: copiesOf(records),
    };
  });
};

describe.each(WAYS)('what verify predicts of MM2 that runs as $runsAs', (way) => {
  test('is what every case calls for', () => {
    expect(Object.fromEntries(predictedOf(way))).toEqual(
      Object.fromEntries(CASES.map((one) => [topicOf(way, one), one.expected])),
    );
  });
});

test('is not surprised by the keys that MM2 as a connector has in the offsets topic of Replicator', () => {
  expect(report.findings.map(({ code }) => code)).not.toContain('connector-uncovered');
});

describe('what a real MM2 then does', () => {
  beforeAll(async () => {
    started.push(...(await Promise.all(WAYS.map((way) => way.start(topicsOf(way))))));
    for (const topic of TOPICS) {
      const { records } = CASES.find(({ name }) => topic.endsWith(`-${name}`)) ?? { records: 0 };
      await source.producer.send({ topic, messages: [contentOf(topic, records)] });
    }
  }, 120_000);

  test.each(WAYS)('is what was predicted, where it runs as $runsAs', async (way) => {
    const until = performance.now() + 90_000;
    let done = await outcomesOf(way);
    while (!done.every(({ isComplete }) => isComplete) && performance.now() < until) {
      await sleep(500);
      done = await outcomesOf(way);
    }

    const counted = done.map(({ topic, copiedAgain, skipped }) => [topic, { copiedAgain, skipped }]);
    const predicted = predictedOf(way).map(([topic, { copiedAgain, skipped }]) => [topic, { copiedAgain, skipped }]);
    expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(predicted));
    expect(done.filter(({ last }) => last === 1).length).toBe(CASES.filter((one) => !isFatal(one)).length);
  });
});

describe('what verify says of a Replicator under traffic', () => {
  const topic = 'live';
  const flow = {
    replicatorConnector: 'live',
    mm2: { runsAs: 'connect', connector: 'x', offsetsTopic: 'connect-offsets' },
  };
  const state = async () => {
    const { verdict, partitions } = await verify([flow]);
    return [
      verdict,
      ...partitions.flatMap(({ findings }) => findings.map(({ code, severity }) => `${code} ${severity}`)),
    ];
  };
  let isOver = false;
  let traffic: Promise<void>;
  let replicator: Replicator | undefined;
  /** Its flushes are as good as never, but for the one at its stop. */
  const start = async () => {
    const clusters = { source: source.cluster, target: target.cluster };
    replicator = await startReplicator({ ...clusters, topics: [topic], connector: 'live', flushIntervalMs: 3_600_000 });
    return replicator;
  };

  beforeAll(async () => {
    await createTopics(source.admin, [{ topic, numPartitions: 1 }]);
    const produce = async () => {
      for (let n = 0; !isOver; n += 1) {
        await source.producer.send({ topic, messages: [contentOf(topic, n)] });
        await sleep(50);
      }
    };
    traffic = produce();
    const { copied, stop } = await start();
    while (copied().size === 0) {
      await sleep(50);
    }
    await stop();
  }, 60_000);
  afterAll(async () => {
    isOver = true;
    await Promise.all([traffic, replicator?.kill()]);
  });

  /** What was seen once it has copied more than it has stored. */
  const lookAfterCopying = async (look: () => Promise<readonly string[]>) => {
    const { copied } = await start();
    const stored = copied().get('live-0') ?? 0n;
    while ((copied().get('live-0') ?? 0n) < stored + 5n) {
      await sleep(50);
    }
    return await look();
  };

  test('is to wait as long as it runs, to repair once it was killed, and neither after a clean stop', async () => {
    const running = await lookAfterCopying(state);
    await replicator?.kill();
    const killed = await state();
    const stopped = await lookAfterCopying(async () => {
      await replicator?.stop();
      return await state();
    });

    // Nobody writes offsets of MM2 here.
    expect(running).toEqual(['NOT YET', 'missing waits', 'stale waits']);
    expect(killed).toEqual(['BLOCKED', 'missing waits', 'stale blocks']);
    expect(stopped).toEqual(['NOT YET', 'missing waits']);
  });
});
