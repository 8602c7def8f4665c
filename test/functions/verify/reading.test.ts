import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import { encodePlace } from '../../../functions/offsets/place.ts';
import type { Report, ReportedPartition } from '../../../functions/readiness/report.ts';
import { readReadiness } from '../../../functions/verify/reading.ts';
import { openReadingCluster, type ReadingCluster } from '../../../functions/verify/reading-cluster.ts';
import { compareRecords } from '../../../functions/verify/reading-records.ts';
import { type TestRecord, useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(60_000);

/** Compaction and retention, which a broker takes its time for, work within a second. */
const CLEANS_SOON = {
  'log.cleaner.backoff.ms': '100',
  'log.retention.check.interval.ms': '200',
  // Internal (ServerLogConfigs): how long after its start a broker first looks for what has expired, 30 s by default.
  'log.initial.task.delay.ms': '0',
};

const kafka = useKafka({ serverProperties: CLEANS_SOON });
let cluster: ReadingCluster;

beforeAll(async () => {
  cluster = await openReadingCluster(kafka().kafka);
}, 30_000);
afterAll(async () => {
  await cluster?.close();
});

/** One broker is both clusters: a topic's copy has another name there. */
const COPY = '.copy';

const OURS = {
  'mm2-migration': encodePlace({
    eventSource: 'arn',
    topic: 'connect-offsets',
    partition: 0,
    offset: 1n,
    timestamp: 2,
  }),
};

interface World {
  readonly topic: string;
  source(records: readonly TestRecord[]): Promise<void>;
  target(records: readonly TestRecord[]): Promise<void>;
  /** @param timestamp Milliseconds since the epoch. @default now */
  replicatorStored(offset: bigint, partition?: number, timestamp?: number): Promise<void>;
  /** What a PATCH through Connect's REST interface writes. */
  restStored(offset: bigint): Promise<void>;
  mm2Stored(value: bigint | string | null, headers?: Readonly<Record<string, string>>): Promise<void>;
  verify(
    records?: number | 'all',
    withSource?: boolean,
    beforeRead?: () => Promise<unknown>,
    selects?: (topic: string) => boolean,
  ): Promise<Report>;
}

/** The cluster, with something that happens between the look at the logs' ends and the first read of a topic's records. */
const disturbed = (topic: string, happen: () => Promise<unknown>): ReadingCluster => {
  let pending: (() => Promise<unknown>) | undefined = happen;
  return {
    ...cluster,
    log: {
      extent: (name) => cluster.log.extent(name),
      offsetAt: (...place) => cluster.log.offsetAt(...place),
      read: async (name, ...range) => {
        if (name === topic && pending) {
          const now = pending;
          pending = undefined;
          await now();
        }
        await cluster.log.read(name, ...range);
      },
    },
  };
};

/** A topic of one partition, its copy, and the offsets of both copiers. */
const createWorld = async (
  config: {
    source?: Readonly<Record<string, string>>;
    target?: Readonly<Record<string, string>>;
    partitions?: number;
  } = {},
): Promise<World> => {
  const topic = await kafka().createTopic(config.source, config.partitions);
  await kafka().createTopic(config.target, config.partitions, `${topic}${COPY}`);
  const compact = { 'cleanup.policy': 'compact' };
  const replicatorOffsetsTopic = await kafka().createTopic(compact, 3);
  const offsetsTopic = await kafka().createTopic(compact, 3);
  const { flows } = parseConfiguration('the test', { flows: [{ mm2: { runsAs: 'dedicated', offsetsTopic } }] });
  const keyOf = (partition: number) =>
    mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition });
  return {
    topic,
    source: (records) => kafka().produce(topic, records),
    target: (records) => kafka().produce(`${topic}${COPY}`, records),
    replicatorStored: (offset, partition = 0, timestamp = Date.now()) =>
      kafka().produce(replicatorOffsetsTopic, [
        {
          key: `["replicator",{"topic":"${topic}","partition":${partition}}]`,
          value: `{"offset":${offset}}`,
          timestamp,
        },
      ]),
    restStored: (offset) =>
      kafka().produce(replicatorOffsetsTopic, [
        { key: `["replicator",{"partition":0,"topic":"${topic}"}]`, value: `{"offset":${offset}}` },
      ]),
    mm2Stored: (value, headers = OURS) =>
      kafka().produce(offsetsTopic, [
        { key: keyOf(0), value: typeof value === 'bigint' ? mm2Value(value) : value, headers: { ...headers } },
      ]),
    verify: (records = 1_000, withSource = true, beforeRead = async () => undefined, selects = () => false) =>
      readReadiness({
        target: cluster,
        source: withSource ? disturbed(topic, beforeRead) : undefined,
        flows,
        replicatorOffsetsTopic,
        records,
        targetTopic: (_flow, name) => `${name}${COPY}`,
        selects: (_flow, name) => selects(name),
      }),
  };
};

const START = Date.now() - 86_400_000;

/** Records of different contents, one a second since a day ago; the same ones whenever they are asked for. */
const recordsOf = (from: number, to: number): readonly TestRecord[] =>
  Array.from({ length: to - from }, (_, n) => ({
    key: `key ${(from + n) % 3}`,
    value: `value ${from + n}`,
    timestamp: START + (from + n) * 1_000,
  }));

/** Waits for a transaction's marker, which is written after the transaction counts as ended. */
const untilEnd = async (topic: string, end: bigint) => {
  while ((await cluster.log.extent(topic)).ends.get(0) !== end) {
    await sleep(20);
  }
};

/** Removes the records before an offset, as retention does. */
const expire = async (topic: string, before: number, partition = 0) => {
  const admin = kafka().kafka.admin();
  await admin.connect();
  // kafkajs has to know the leader before.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
  await admin.disconnect();
};

/** A record begins a segment of its own where it is so much younger than the first one of the last segment. */
const SEGMENT_MS = { 'segment.ms': '1000' };

/** Waits until of a topic's records only these are left, by their values. */
const untilLeft = async (topic: string, expected: readonly TestRecord[]) => {
  const valuesOf = async () => {
    const { starts, ends } = await cluster.log.extent(topic);
    const values: string[] = [];
    await cluster.log.read(topic, starts, ends, ({ value }) => values.push(String(value)));
    return values.join();
  };
  const wanted = expected.map(({ value }) => value).join();
  const until = performance.now() + 40_000;
  for (let left = await valuesOf(); left !== wanted; left = await valuesOf()) {
    if (performance.now() > until) {
      throw new Error(`${topic} holds ${left}, and not ${wanted}`);
    }
    await sleep(100);
  }
};

const only = ({ partitions }: Report): ReportedPartition => {
  const [partition, ...others] = partitions;
  if (partition === undefined || others.length > 0) {
    throw new Error(`${partitions.length} partitions are reported instead of one`);
  }
  return partition;
};

const codesOf = (report: Report) => only(report).findings.map(({ code, severity }) => `${code} ${severity}`);

describe('verify, on real Kafka', () => {
  test('is ready where both offsets and the records agree', async () => {
    const world = await createWorld();
    const records = recordsOf(0, 20);
    await world.source(records);
    await world.target(records.slice(0, 10));
    await world.replicatorStored(9n);
    await world.mm2Stored(9n);

    const report = await world.verify();

    expect({ verdict: report.verdict, ...only(report) }).toEqual({
      verdict: 'READY',
      flow: 'replicator',
      topic: world.topic,
      partition: 0,
      proven: true,
      next: { replicator: '10', mm2: '10', true: '10' },
      source: { start: '0', end: '20' },
      prediction: { startsAt: '10', copiedAgain: 0, skipped: 0 },
      evidence: { compared: 10, reason: null },
      findings: [],
    });
  });

  test('tells how many records a stale offset makes MM2 copy again', async () => {
    const world = await createWorld();
    const records = recordsOf(0, 20);
    await world.source(records);
    await world.target(records.slice(0, 15));
    await world.replicatorStored(9n);
    await world.mm2Stored(9n);

    const report = await world.verify();

    expect(report).toMatchObject({ verdict: 'BLOCKED', copiedAgain: 5, skipped: 0 });
    expect(only(report)).toMatchObject({
      proven: true,
      next: { true: '15' },
      prediction: { startsAt: '10', copiedAgain: 5 },
    });
    expect(codesOf(report)).toEqual(['stale blocks']);
  });

  const HOUR_MS = 3_600_000;

  test.each([
    ['flushed a moment ago', 0, HOUR_MS, 'NOT YET', 'stale waits'],
    ['has copied only for a moment, after a long pause', HOUR_MS, 0, 'NOT YET', 'stale waits'],
    // As where the task of this partition has died, and the others go on.
    ['has not flushed this partition for an hour', HOUR_MS, HOUR_MS, 'BLOCKED', 'stale blocks'],
  ])('tells what to do about a stale offset of a Replicator that is at work, and %s', async (...given) => {
    const [, flushedMs, unflushedMs, verdict, code] = given;
    const world = await createWorld();
    const now = Date.now();
    const records = recordsOf(0, 20).map((record, n) => ({
      ...record,
      timestamp: n < 10 ? START + n : now - unflushedMs + n,
    }));
    await world.source(records);
    await world.target(records.slice(0, 15));
    await world.replicatorStored(9n, 0, now - flushedMs);
    await world.mm2Stored(9n);

    const report = await world.verify(1_000, true, () => world.target(records.slice(15, 17)));

    expect([report.verdict, ...codesOf(report)]).toEqual([verdict, code]);
  });

  test('proves nothing without the source, and says so', async () => {
    const world = await createWorld();
    await world.source(recordsOf(0, 20));
    await world.replicatorStored(9n);
    await world.mm2Stored(9n);

    const report = await world.verify(1_000, false);

    expect(report.verdict).toBe('CANNOT TELL');
    expect(only(report)).toMatchObject({
      proven: false,
      source: null,
      next: { replicator: '10', mm2: '10', true: null },
    });
  });

  test('finds the copies through transactions, aborted records, codecs and a target that stamps its own time', async () => {
    const world = await createWorld({
      target: { 'message.timestamp.type': 'LogAppendTime', 'compression.type': 'zstd' },
    });
    const records = recordsOf(0, 12);
    const aborted = await kafka().openTransaction(world.topic, records.slice(0, 4));
    await aborted.abort();
    await untilEnd(world.topic, 5n);
    const committed = await kafka().openTransaction(world.topic, records.slice(4, 8));
    await committed.commit();
    await untilEnd(world.topic, 10n);
    await world.source(records.slice(8));
    // Offsets 0 to 3, a marker, 5 to 8, a marker, 10 to 13. The copier reads what is uncommitted, too.
    const copies = await kafka().openTransaction(`${world.topic}${COPY}`, records.slice(0, 10));
    await copies.commit();
    await world.replicatorStored(8n);
    await world.mm2Stored(8n);

    const report = await world.verify();

    expect(only(report)).toMatchObject({
      proven: true,
      next: { replicator: '9', true: '12' },
      prediction: { copiedAgain: 2 },
    });
  });

  test('counts duplicates and losses over everything that both sides hold', async () => {
    const world = await createWorld();
    const records = recordsOf(0, 50);
    await world.source(records);
    await world.target([...records.slice(0, 20), ...records.slice(10, 20), { key: 'x', value: 'foreign' }]);
    await world.target(records.slice(22, 40));
    await world.replicatorStored(39n);
    await world.mm2Stored(39n);

    const report = await world.verify('all');

    expect(only(report).evidence).toEqual({ compared: 40, reason: null, duplicated: 10, lost: 2 });
    expect(codesOf(report)).toEqual(['gap blocks']);
  });

  test('is not misled by traffic that goes on between two reads', async () => {
    const world = await createWorld();
    const records = recordsOf(0, 30);
    await world.source(records.slice(0, 20));
    await world.target(records.slice(0, 15));
    await world.replicatorStored(9n);
    await world.mm2Stored(9n);

    const report = await world.verify(1_000, true, async () => {
      await world.source(records.slice(20));
      await world.target(records.slice(15, 25));
      await world.replicatorStored(24n);
    });

    // What was true when the ends were asked for.
    expect(only(report)).toMatchObject({ proven: true, source: { end: '20' }, next: { replicator: '10', true: '15' } });
  });

  test('looks again where retention removes what is being read', async () => {
    const world = await createWorld();
    await world.source(recordsOf(0, 20));
    await world.target(recordsOf(0, 15));
    await world.replicatorStored(9n);
    await world.mm2Stored(9n);

    const report = await world.verify(1_000, true, () => expire(world.topic, 5));

    expect(only(report)).toMatchObject({ proven: true, source: { start: '5', end: '20' }, next: { true: '15' } });
  });

  test('proves the next offset where both sides have lost their oldest records', async () => {
    const world = await createWorld();
    await world.source(recordsOf(0, 20));
    await world.target(recordsOf(0, 12));
    await expire(world.topic, 4);
    await expire(`${world.topic}${COPY}`, 7);
    await world.replicatorStored(9n);
    await world.mm2Stored(9n);

    const report = await world.verify('all');

    expect(only(report)).toMatchObject({
      proven: true,
      next: { true: '12' },
      prediction: { copiedAgain: 2 },
      evidence: { duplicated: 0, lost: 0 },
    });
  });

  describe('where the log cleaner has run', () => {
    const COMPACTED = { ...SEGMENT_MS, 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' };
    /** Every other record has a key of its own; the others share one, so that compaction leaves the last of them. */
    const records = recordsOf(0, 20).map((record, n) => ({ ...record, key: n % 2 === 0 ? 'shared' : `own ${n}` }));
    const isLeft = (_record: TestRecord, n: number) => n % 2 === 1 || n >= 8;
    /** The first ten in segments that are cleaned, the others in one that still grows. */
    const produce = async (write: World['source'], some: readonly TestRecord[]) => {
      await write(some.slice(0, 5));
      await write(some.slice(5, 10));
      await write(some.slice(10));
    };

    test.each([
      ['the source', { source: COMPACTED }, { compared: 11, lost: 0 }],
      ['the target', { target: COMPACTED }, { compared: 15, lost: 0 }],
      ['both sides', { source: COMPACTED, target: COMPACTED }, { compared: 11, lost: 0 }],
    ])('of %s, proves the next offset, and takes nothing that it removed for lost', async (_sides, config, counts) => {
      const world = await createWorld(config);
      await produce(world.source, records);
      await produce(world.target, records.slice(0, 15));
      await untilLeft(world.topic, 'source' in config ? records.filter(isLeft) : records);
      const copies = records.slice(0, 15);
      await untilLeft(`${world.topic}${COPY}`, 'target' in config ? copies.filter(isLeft) : copies);
      await world.replicatorStored(9n);
      await world.mm2Stored(9n);

      const report = await world.verify('all');

      expect(only(report)).toMatchObject({
        proven: true,
        next: { replicator: '10', true: '15' },
        prediction: { startsAt: '10', copiedAgain: 5, skipped: 0 },
        evidence: { duplicated: 0, ...counts },
      });
      expect(codesOf(report)).toEqual(['stale blocks']);
    });

    test('cannot tell where what it removed could have had the contents at the boundary', async () => {
      const world = await createWorld({ source: COMPACTED });
      await produce(world.source, records);
      await world.target(records.slice(0, 9));
      await untilLeft(world.topic, records.filter(isLeft));
      await world.replicatorStored(3n);
      await world.mm2Stored(3n);

      const report = await world.verify();

      expect(report.verdict).toBe('CANNOT TELL');
      expect(only(report)).toMatchObject({
        proven: false,
        evidence: { reason: expect.stringContaining('several answers fit') },
      });
    });
  });

  test.each(['source', 'target'] as const)(
    'proves the next offset where segments of the %s have expired',
    async (side) => {
      const expires = { ...SEGMENT_MS, 'retention.ms': '3600000' };
      const world = await createWorld({ [side]: expires });
      // The first ten are two hours old, the others of the last minute.
      const ago = (n: number) => (n < 10 ? 7_200_000 : 60_000);
      const now = Date.now();
      const records = recordsOf(0, 20).map((record, n) => ({ ...record, timestamp: now - ago(n) + n * 100 }));
      for (const write of [world.source, world.target]) {
        await write(records.slice(0, 10));
        await write(records.slice(10, 18));
      }
      await world.source(records.slice(18));
      await untilLeft(world.topic, side === 'source' ? records.slice(10) : records);
      await untilLeft(`${world.topic}${COPY}`, records.slice(side === 'target' ? 10 : 0, 18));
      await world.replicatorStored(15n);
      await world.mm2Stored(15n);

      const report = await world.verify('all');

      expect(only(report)).toMatchObject({
        proven: true,
        next: { true: '18' },
        prediction: { startsAt: '16', copiedAgain: 2, skipped: 0 },
        evidence: { compared: side === 'source' ? 8 : 18, duplicated: 0, lost: 0 },
      });
    },
  );

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('compares what %s has compressed', async (codec) => {
    const config = { 'compression.type': codec };
    const world = await createWorld({ source: config, target: config });
    await world.source(recordsOf(0, 20));
    await world.target(recordsOf(0, 15));
    await world.replicatorStored(9n);
    await world.mm2Stored(9n);

    expect(only(await world.verify('all'))).toMatchObject({
      proven: true,
      next: { true: '15' },
      evidence: { compared: 15, duplicated: 0, lost: 0 },
    });
  });

  test('is sure through records that repeat each other, but for those at the boundary', async () => {
    const same = { key: 'k', value: 'the same', timestamp: START };
    const distinct = recordsOf(0, 10);
    const records = [...distinct.slice(0, 2), same, same, same, ...distinct.slice(2), same, same];
    const [sure, unsure] = [await createWorld(), await createWorld()];
    for (const world of [sure, unsure]) {
      await world.source(records);
      await world.replicatorStored(3n);
      await world.mm2Stored(3n);
    }
    await sure.target(records.slice(0, 10));
    await unsure.target(records.slice(0, 14));

    expect(only(await sure.verify())).toMatchObject({ proven: true, next: { true: '10' } });
    expect(only(await unsure.verify())).toMatchObject({
      proven: false,
      evidence: { reason: expect.stringContaining('several answers fit') },
    });
  });

  test('counts a partition that is empty, whoever wrote into the target', async () => {
    const world = await createWorld({ partitions: 3 });
    const records = recordsOf(0, 5);
    // The first one is as usual; of the second all records have expired; the third never had one, nor an offset.
    for (const partition of [0, 1]) {
      await world.source(records.map((record) => ({ ...record, partition })));
      await world.replicatorStored(4n, partition);
    }
    await world.target(records.map((record) => ({ ...record, partition: 0 })));
    await world.target([0, 1, 2].map((partition) => ({ key: 'x', value: "somebody else's", partition })));
    await expire(world.topic, 5, 1);

    const { partitions } = await world.verify('all');

    const counts = { reason: null, duplicated: 0, lost: 0 };
    expect(partitions.map(({ proven, evidence }) => ({ proven, ...evidence }))).toEqual([
      { proven: true, compared: 5, ...counts },
      { proven: true, compared: 0, ...counts },
      { proven: true, compared: 0, ...counts },
    ]);
  });

  test('cannot tell where retention has removed the boundary', async () => {
    const world = await createWorld();
    await world.source(recordsOf(0, 20));
    await world.target(recordsOf(0, 10));
    await expire(world.topic, 15);
    await world.replicatorStored(9n);
    await world.mm2Stored(9n);

    const report = await world.verify();

    expect(only(report)).toMatchObject({ proven: false, evidence: { reason: expect.stringContaining('retention') } });
    expect(codesOf(report)).toEqual(['out-of-range blocks', 'unproven warns']);
  });

  test('compares through a provenance header, and headers that come twice or are null', async () => {
    const world = await createWorld();
    const headers = { twice: ['a', 'b'], empty: Buffer.of() };
    const records = recordsOf(0, 6).map((record) => ({ ...record, headers }));
    await world.source(records);
    await world.target(
      records.slice(0, 4).map((record) => ({ ...record, headers: { ...headers, __replicator_id: 'origin' } })),
    );
    await world.replicatorStored(2n);
    await world.mm2Stored(2n);

    expect(only(await world.verify())).toMatchObject({ proven: true, next: { true: '4' } });
  });

  test('cannot tell where the copies were changed on their way', async () => {
    const world = await createWorld();
    await world.source(recordsOf(0, 6));
    await world.target(recordsOf(0, 4).map((record) => ({ ...record, value: `{"re-encoded":"${record.value}"}` })));
    await world.replicatorStored(3n);
    await world.mm2Stored(3n);

    const report = await world.verify();

    expect(report.verdict).toBe('CANNOT TELL');
    expect(only(report).evidence.reason).toContain('not one of 6 source records');
  });

  test('looks at every partition of a topic that Replicator covers', async () => {
    const world = await createWorld({ partitions: 2 });
    await world.source([{ key: 'a', value: 'b', partition: 1 }]);
    await world.target([]);
    await world.replicatorStored(0n);

    const { partitions } = await world.verify();

    expect(partitions.map(({ partition, findings }) => [partition, findings.map(({ code }) => code)])).toEqual([
      // Empty, so nothing can be copied again, whatever Replicator's offset says.
      [0, ['missing']],
      // Never copied, so that MM2 begins at the right place without an offset.
      [1, []],
    ]);
  });

  test('looks at topics that the configurations select, of which nothing is stored', async () => {
    const world = await createWorld();
    const [begun, untouched] = [`${world.topic}-begun`, `${world.topic}-untouched`];
    for (const topic of [begun, `${begun}${COPY}`, untouched]) {
      await kafka().createTopic({}, 1, topic);
    }
    const records = recordsOf(0, 4);
    for (const topic of [begun, untouched]) {
      await kafka().produce(topic, records);
    }
    await kafka().produce(`${begun}${COPY}`, records.slice(0, 2));
    const unselected = await world.verify();

    const report = await world.verify(undefined, true, undefined, (name) => [begun, untouched].includes(name));

    expect(unselected.partitions).toEqual([]);
    expect(report.verdict).toBe('BLOCKED');
    expect(
      report.partitions.map(({ topic, proven, next, prediction, findings }) => ({
        topic,
        proven,
        next: next.true,
        again: prediction.copiedAgain,
        codes: findings.map(({ code, severity }) => `${code} ${severity}`),
      })),
    ).toEqual([
      { topic: begun, proven: false, next: null, again: null, codes: ['uncovered blocks', 'unproven warns'] },
      { topic: untouched, proven: true, next: '0', again: 0, codes: [] },
    ]);
  });

  test('waits where Replicator has begun a new topic a moment ago, and is at work', async () => {
    const world = await createWorld();
    await world.source([{ key: 'a', value: 'b', timestamp: Date.now() }]);
    await world.target([{ key: 'a', value: 'b' }]);
    let copying = true;
    const copied = (async () => {
      while (copying) {
        await world.target([{ key: 'a', value: 'c' }]);
        await sleep(50);
      }
    })();

    const report = await world.verify(undefined, true, undefined, (name) => name === world.topic);
    copying = false;
    await copied;

    expect(codesOf(report)).toEqual(['uncovered waits', 'unproven warns']);
  });

  test('is ready where everything was copied, and has expired on the source', async () => {
    const world = await createWorld();
    await world.source(recordsOf(0, 10));
    await world.target(recordsOf(0, 9));
    await expire(world.topic, 10);
    await world.replicatorStored(8n);
    await world.mm2Stored(8n);

    const report = await world.verify();

    expect(codesOf(report)).toEqual(['out-of-range notes']);
    expect(only(report)).toMatchObject({ proven: true, prediction: { copiedAgain: 0, skipped: 0 } });
  });

  test("departs from Replicator's own key, and not from one that REST has written ahead of it", async () => {
    const world = await createWorld({ target: { 'cleanup.policy': 'compact' } });
    await world.source(recordsOf(0, 20));
    await world.target(recordsOf(0, 10));
    await world.replicatorStored(9n);
    await world.restStored(14n);
    await world.mm2Stored(14n);

    const report = await world.verify();

    expect(only(report).next).toEqual({ replicator: '15', mm2: '15', true: '10' });
    expect(codesOf(report)).toEqual(['ahead blocks', 'ambiguous-key blocks']);
  });

  test('leaves topics and groups as they were', async () => {
    const world = await createWorld();
    await world.source(recordsOf(0, 3));
    await world.target(recordsOf(0, 3));
    await world.replicatorStored(2n);
    const admin = kafka().kafka.admin();
    await admin.connect();
    const look = async () => ({
      topics: (await admin.listTopics()).sort(),
      groups: (await admin.listGroups()).groups,
      ends: await admin.fetchTopicOffsets(world.topic),
    });
    const before = await look();

    await world.verify('all');

    expect(await look()).toEqual(before);
    await admin.disconnect();
  });
});

describe('the flow as a whole', () => {
  test('hints at a connector whose name is nearly right, and at an offsets topic that MM2 would refuse', async () => {
    const offsetsTopic = await kafka().createTopic({ 'cleanup.policy': 'delete' });
    const replicatorOffsetsTopic = await kafka().createTopic({ 'cleanup.policy': 'compact' });
    await kafka().produce(replicatorOffsetsTopic, [
      { key: '["Replicator-1",{"topic":"t","partition":0}]', value: '{"offset":1}' },
    ]);
    const { flows } = parseConfiguration('the test', {
      flows: [{ replicatorConnector: 'replicator1', mm2: { runsAs: 'dedicated', offsetsTopic } }],
    });

    const report = await readReadiness({
      target: cluster,
      source: cluster,
      flows,
      replicatorOffsetsTopic,
      group: `group-${randomUUID()}`,
      records: 10,
    });

    expect(report.verdict).toBe('BLOCKED');
    expect(report.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'cleanup-policy blocks',
      'partition-count notes',
      'replication warns',
      'connector-unknown blocks',
      'connector-uncovered warns',
      'lag notes',
    ]);
    expect(report.findings.find(({ code }) => code === 'connector-unknown')?.message).toContain(
      'did you mean "Replicator-1"?',
    );
  });

  test("counts what the event source has still to deliver, by its group's offsets", async () => {
    const replicatorOffsetsTopic = await kafka().createTopic({ 'cleanup.policy': 'compact' });
    const group = `group-${randomUUID()}`;
    const record = { key: '["replicator",{"topic":"t","partition":0}]', value: '{"offset":1}' };
    await kafka().produce(replicatorOffsetsTopic, [record, record, record]);
    const admin = kafka().kafka.admin();
    await admin.connect();
    await admin.setOffsets({
      groupId: group,
      topic: replicatorOffsetsTopic,
      partitions: [{ partition: 0, offset: '1' }],
    });
    await admin.disconnect();

    const report = await readReadiness({
      target: cluster,
      source: undefined,
      flows: parseConfiguration('the test', {}).flows,
      replicatorOffsetsTopic,
      group,
      records: 10,
    });

    expect(report.findings.find(({ code }) => code === 'undelivered')).toMatchObject({
      severity: 'waits',
      message: expect.stringContaining('still to deliver 2 records'),
    });
  });
});

describe('a source that goes on while Replicator is stopped', () => {
  const compare = async (world: World, replicatorNext: bigint, mostAfter: bigint) => {
    const sideOf = async (topic: string) => {
      const { starts, ends } = await cluster.log.extent(topic);
      const range = { start: starts.get(0) ?? 0n, end: ends.get(0) ?? 0n };
      return { log: cluster.log, topic, partition: 0, range, settings: undefined };
    };
    const { evidence } = await compareRecords(
      {
        source: await sideOf(world.topic),
        target: await sideOf(`${world.topic}${COPY}`),
        replicatorNext,
        mm2Next: undefined,
        records: 5,
        at: Date.now(),
      },
      mostAfter,
    );
    return evidence;
  };

  test('is proven by the records that copies can reach, however many come after them', async () => {
    const world = await createWorld();
    await world.source(recordsOf(0, 40));
    await world.target(recordsOf(0, 12));

    expect(await compare(world, 10n, 5n)).toMatchObject({ kind: 'compared', proof: { kind: 'proven', next: 12n } });
  });

  test('is not compared where copies may reach beyond what is read', async () => {
    const world = await createWorld();
    await world.source(recordsOf(0, 40));
    await world.target(recordsOf(0, 20));

    expect(await compare(world, 10n, 5n)).toEqual({
      kind: 'not-compared',
      reason: expect.stringMatching(/30 records after Replicator's next offset 10, of which at most 5 are compared/),
    });
    expect(await compare(world, 10n, 30n)).toMatchObject({ kind: 'compared', proof: { kind: 'proven', next: 20n } });
  });
});
