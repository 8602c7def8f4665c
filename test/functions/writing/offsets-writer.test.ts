import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import kafkajs, { type Producer, type Transaction } from 'kafkajs';
import { FencedError } from '../../../functions/errors.ts';
import { openTopicLog, type TopicLog } from '../../../functions/kafka/topic-log.ts';
import type { Flow } from '../../../functions/offsets/flow.ts';
import type { Mm2Record } from '../../../functions/offsets/last-records.ts';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import type { Place } from '../../../functions/offsets/place.ts';
import { PROVENANCE_HEADER } from '../../../functions/offsets/provenance.ts';
import type { Translation } from '../../../functions/offsets/translate.ts';
import { createFencedTransactions } from '../../../functions/writing/fencing.ts';
import { type OffsetsWriter, openOffsetsWriter } from '../../../functions/writing/offsets-writer.ts';
import type { KeysByTopic } from '../../../functions/writing/write-outcome.ts';
import { type TestRecord, useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(60_000);

const kafka = useKafka();
const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.allSettled(closers.map((close) => close())));

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

const keyOf = (topic: string) =>
  mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition: 0 });

/** An instance of the function: it looks at the topics before every batch. */
type Instance = Pick<OffsetsWriter, 'write'>;

/** The text of the sync's header. */
const provenanceOf = ({ headers }: Mm2Record): string | undefined => headers[PROVENANCE_HEADER]?.toString();

/** A world of its own for a test: an MM2 offsets topic, a flow that writes to it, and instances of the function. */
const createWorld = async (options: Partial<Flow> = {}, partitions = 3) => {
  const offsetsTopic = await kafka().createTopic({ 'cleanup.policy': 'compact' }, partitions);
  const connectOffsets = await kafka().createTopic({ 'cleanup.policy': 'compact' }, 1);
  // Long enough that the places of the tests lie below its end.
  await kafka().produce(
    connectOffsets,
    Array.from({ length: 100 }, () => ({ key: 'k', value: 'v' })),
  );
  const transactionalId = randomUUID();
  const flow: Flow = {
    name: 'replicator',
    replicatorConnector: 'replicator',
    sourceAlias: 'primary',
    mm2Connector: 'MirrorSourceConnector',
    offsetsTopic,
    tombstones: 'ignore',
    ...options,
  };

  const connectLog = async (): Promise<TopicLog> => {
    const log = openTopicLog(kafka().kafka);
    await log.connect();
    closers.push(() => log.disconnect());
    return log;
  };
  const log = await connectLog();

  const connectProducer = async (deployment: string): Promise<Producer> => {
    const producer = kafka().kafka.producer({
      transactionalId: deployment,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    closers.push(() => producer.disconnect());
    return producer;
  };

  const open = async (deployment: string, known: KeysByTopic = new Map()) => {
    const transactions = createFencedTransactions({
      connectProducer: () => connectProducer(deployment),
      transactionTimeoutMs: 60_000,
      maxBatchBytes: () => 800_000,
    });
    return await openOffsetsWriter({ transactions, log: await connectLog(), flows: [flow], known });
  };

  return {
    offsetsTopic,
    flow,
    connectLog,
    open,
    /** Starts an instance. `meddle` comes between the guard's look at the topic and the send of the first batch. */
    start: async (meddle?: () => Promise<void>, deployment: string = transactionalId): Promise<Instance> => {
      const writer = await open(deployment);
      let writes = 0;
      return {
        write: async (translations) => {
          await writer.catchUp();
          writes += 1;
          if (writes === 1) {
            await meddle?.();
          }
          return await writer.write(translations);
        },
      };
    },
    translation: (topic: string, offset: bigint, place: Partial<Place> = {}): Translation => ({
      flow,
      key: keyOf(topic),
      value: mm2Value(offset),
      place: { eventSource: 'arn', topic: connectOffsets, partition: 0, offset: 1n, timestamp: NOW, ...place },
    }),
    connectOffsets,
    produce: (...records: readonly TestRecord[]) => kafka().produce(offsetsTopic, records),
    /** The last record of each key, as MM2 reads it. */
    last: async (): Promise<ReadonlyMap<string, string | null>> => {
      const values = new Map<string, string | null>();
      await log.read(offsetsTopic, await log.starts(offsetsTopic), await log.ends(offsetsTopic), ({ key, value }) =>
        values.set(key?.toString() ?? '', value?.toString() ?? null),
      );
      return values;
    },
    /** The last record of each key, as an exactly-once MM2 reads it, once every marker is there. */
    lastCommitted: async (): Promise<ReadonlyMap<string, string | null>> => {
      for (;;) {
        const records: Mm2Record[] = [];
        const take = (record: Mm2Record) => records.push(record);
        await log.read(offsetsTopic, await log.starts(offsetsTopic), await log.ends(offsetsTopic), take);
        const committed = records.filter(({ outcome }) => outcome === 'committed');
        if (records.every(({ outcome }) => outcome !== 'open')) {
          return new Map(committed.map(({ key, value }) => [key?.toString() ?? '', value?.toString() ?? null]));
        }
        await sleep(20);
      }
    },
    records: async (): Promise<readonly Mm2Record[]> => {
      const records: Mm2Record[] = [];
      await log.read(offsetsTopic, await log.starts(offsetsTopic), await log.ends(offsetsTopic), (record) =>
        records.push(record),
      );
      return records;
    },
  };
};

describe('the offsets writer', () => {
  test("writes the exact bytes, each key's place in a header, to the partition that Java picks", async () => {
    const world = await createWorld();
    const writer = await world.start();

    const outcome = await writer.write([world.translation('foo', 7n, { offset: 3n })]);

    expect(outcome.written).toHaveLength(1);
    const [record] = await world.records();
    expect(record?.key?.toString()).toBe('["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"foo"}]');
    expect(record?.value?.toString()).toBe('{"offset":7}');
    expect(record && provenanceOf(record)).toBe(
      `{"eventSource":"arn","topic":"${world.connectOffsets}","partition":0,"offset":3,"timestamp":${NOW}}`,
    );
  });

  test('skips what it wrote before, also in a new instance', async () => {
    const world = await createWorld();
    const batch = [world.translation('foo', 7n), world.translation('bar', 8n)];
    await (await world.start()).write(batch);
    const restarted = await world.start();

    const outcome = await restarted.write(batch);

    expect(outcome.repeated).toEqual(batch);
    expect(await world.records()).toHaveLength(2);
  });

  test('never puts an older offset over a newer one', async () => {
    const world = await createWorld();
    const writer = await world.start();
    await writer.write([world.translation('foo', 9n, { offset: 5n })]);

    const outcome = await writer.write([world.translation('foo', 7n, { offset: 4n })]);

    expect(outcome.repeated).toHaveLength(1);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":9}');
  });

  test.each([-5 * MINUTE, 5 * MINUTE])('goes by the offset when the clocks differ by %d ms', async (difference) => {
    const world = await createWorld();
    const writer = await world.start();
    await writer.write([world.translation('foo', 9n, { offset: 5n })]);

    const later = await writer.write([world.translation('foo', 10n, { offset: 6n, timestamp: NOW + difference })]);
    const earlier = await writer.write([world.translation('foo', 8n, { offset: 4n, timestamp: NOW + difference })]);

    expect([later.written.length, earlier.repeated.length]).toEqual([1, 1]);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":10}');
  });

  test('follows Replicator when it was rewound', async () => {
    const world = await createWorld();
    const writer = await world.start();
    await writer.write([world.translation('foo', 900n, { offset: 5n })]);

    const outcome = await writer.write([world.translation('foo', 3n, { offset: 6n })]);

    expect(outcome.written).toHaveLength(1);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":3}');
  });

  test("follows Replicator's offsets topic when it was created anew, and says so", async () => {
    const world = await createWorld();
    const writer = await world.start();
    await writer.write([world.translation('foo', 900n, { offset: 5_000n })]);

    const outcome = await writer.write([world.translation('foo', 901n, { offset: 0n, timestamp: NOW + 1 })]);

    expect(outcome.recreated).toHaveLength(1);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":901}');
  });

  test.each([
    ['a value', '{"offset":20}'],
    ['a tombstone', null],
  ])("leaves a key alone for which somebody else's last record is %s", async (_what, value) => {
    const world = await createWorld();
    await world.produce({ key: keyOf('foo'), value });
    const writer = await world.start();

    const outcome = await writer.write([world.translation('foo', 7n), world.translation('bar', 8n)]);

    expect(outcome.takenOver.map(({ key }) => key)).toEqual([keyOf('foo')]);
    expect(await world.last()).toEqual(
      new Map([
        [keyOf('foo'), value],
        [keyOf('bar'), '{"offset":8}'],
      ]),
    );
  });

  test('leaves a key alone that somebody else writes between two invocations', async () => {
    const world = await createWorld();
    const writer = await world.start();
    await writer.write([world.translation('foo', 7n)]);
    await world.produce({ key: keyOf('foo'), value: '{"offset":20}' });

    const outcome = await writer.write([world.translation('foo', 8n, { offset: 2n })]);

    expect(outcome.takenOver).toHaveLength(1);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":20}');
  });

  test("writes over somebody else's record that is older than overwriteBefore, not over a newer one", async () => {
    const world = await createWorld({ overwriteBefore: NOW });
    await world.produce(
      { key: keyOf('old'), value: '{"offset":1}', timestamp: NOW - 1 },
      { key: keyOf('new'), value: '{"offset":2}', timestamp: NOW },
    );
    const writer = await world.start();

    await writer.write([world.translation('old', 7n), world.translation('new', 8n)]);

    expect(await world.last()).toEqual(
      new Map([
        [keyOf('old'), '{"offset":7}'],
        [keyOf('new'), '{"offset":2}'],
      ]),
    );
  });

  test("takes a key back that a tombstone with the sync's header hands back", async () => {
    const world = await createWorld();
    await world.produce(
      { key: keyOf('foo'), value: '{"offset":20}' },
      { key: keyOf('foo'), value: null, headers: { [PROVENANCE_HEADER]: 'handed-back' } },
    );
    const writer = await world.start();

    const outcome = await writer.write([world.translation('foo', 7n)]);

    expect(outcome.written).toHaveLength(1);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":7}');
  });

  test('propagates a tombstone to a key that is still ours, and never to one that is not', async () => {
    const world = await createWorld({ tombstones: 'propagate' });
    await world.produce({ key: keyOf('theirs'), value: '{"offset":20}' });
    const writer = await world.start();
    await writer.write([world.translation('ours', 7n)]);

    await writer.write([
      { ...world.translation('ours', 0n, { offset: 2n }), value: null },
      { ...world.translation('theirs', 0n, { offset: 3n }), value: null },
    ]);

    expect(await world.last()).toEqual(
      new Map([
        [keyOf('theirs'), '{"offset":20}'],
        [keyOf('ours'), null],
      ]),
    );
  });

  test('writes again what an aborted transaction of its own left, for MM2 with exactly-once does not see it', async () => {
    const world = await createWorld();
    const translation = world.translation('foo', 7n);
    const place = `{"eventSource":"arn","topic":"${world.connectOffsets}","partition":0,"offset":1,"timestamp":${NOW}}`;
    const lost = await kafka().openTransaction(world.offsetsTopic, [
      { key: keyOf('foo'), value: '{"offset":7}', headers: { [PROVENANCE_HEADER]: place } },
    ]);
    await lost.abort();
    const writer = await world.start();

    const outcome = await writer.write([translation]);

    expect(outcome.written).toHaveLength(1);
  });

  test('reports values that MM2 would not resume from, and leaves them where they are not ours', async () => {
    const world = await createWorld();
    await world.produce(
      { key: keyOf('foo'), value: '{"offset":"20"}' },
      { key: keyOf('bar'), value: '{"offset":1.5}' },
      { key: keyOf('baz'), value: '{}' },
    );
    const writer = await world.start();

    const { unusable } = await writer.write([world.translation('foo', 7n)]);

    expect(new Set(unusable.get(world.offsetsTopic)?.fatal)).toEqual(new Set([keyOf('foo'), keyOf('bar')]));
    expect(unusable.get(world.offsetsTopic)?.ignored).toEqual([keyOf('baz')]);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":"20"}');
  });

  test.each(['{"offset":"7"}', '{"offset":-7}'])('repairs the value %s where it is ours', async (value) => {
    const world = await createWorld();
    const place = `{"eventSource":"arn","topic":"${world.connectOffsets}","partition":0,"offset":1,"timestamp":${NOW}}`;
    await world.produce({ key: keyOf('foo'), value, headers: { [PROVENANCE_HEADER]: place } });
    const writer = await world.start();

    const outcome = await writer.write([world.translation('foo', 7n)]);

    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":7}');
    expect(outcome.unusable.get(world.offsetsTopic)).toEqual({ ignored: [], fatal: [] });
  });

  test('writes ten thousand keys in one batch', async () => {
    const world = await createWorld({}, 25);
    const writer = await world.start();
    const batch = Array.from({ length: 10_000 }, (_, n) => world.translation(`topic-${n}`, BigInt(n)));

    const outcome = await writer.write(batch);

    expect(outcome.written).toHaveLength(10_000);
    expect((await world.last()).size).toBe(10_000);
  });

  test("splits what is larger than a partition's largest batch", async () => {
    const world = await createWorld({}, 1);
    const writer = await world.start();
    const batch = Array.from({ length: 10_000 }, (_, n) => world.translation(`${'t'.repeat(200)}-${n}`, BigInt(n)));

    await writer.write(batch);

    expect((await world.last()).size).toBe(10_000);
  });
});

describe('a race between the look and the send', () => {
  test("is lost to somebody else's record: their value is put back, marked as theirs", async () => {
    const world = await createWorld();
    const writer = await world.start(() =>
      world.produce({ key: keyOf('foo'), value: '{"offset":20}', timestamp: NOW - 5 }),
    );

    const outcome = await writer.write([world.translation('foo', 7n), world.translation('bar', 8n)]);

    expect(outcome.takenOver.map(({ key }) => key)).toEqual([keyOf('foo')]);
    expect(outcome.written.map(({ key }) => key)).toEqual([keyOf('bar')]);
    const recordsOfFoo = async () => (await world.records()).filter(({ key }) => key?.toString() === keyOf('foo'));
    // The transaction's marker comes a moment after its commit.
    while ((await recordsOfFoo()).at(-1)?.outcome === 'open') {
      await sleep(20);
    }
    const ofFoo = await recordsOfFoo();
    expect(ofFoo.map(({ value }) => value?.toString())).toEqual(['{"offset":20}', '{"offset":7}', '{"offset":20}']);
    const [last] = ofFoo.slice(-1);
    expect(last?.outcome).toBe('committed');
    expect(last && provenanceOf(last)).toBe(`returned ${NOW - 5}`);
  });

  test('stays lost in the following invocations and after a restart', async () => {
    const world = await createWorld();
    const writer = await world.start(() => world.produce({ key: keyOf('foo'), value: '{"offset":20}' }));
    await writer.write([world.translation('foo', 7n)]);

    const next = await writer.write([world.translation('foo', 8n, { offset: 2n })]);
    const restarted = await (await world.start()).write([world.translation('foo', 9n, { offset: 3n })]);

    expect([next.takenOver.length, restarted.takenOver.length]).toEqual([1, 1]);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":20}');
  });

  test("is lost to somebody else's tombstone as well", async () => {
    const world = await createWorld();
    const writer = await world.start(() => world.produce({ key: keyOf('foo'), value: null }));

    const outcome = await writer.write([world.translation('foo', 7n)]);

    expect(outcome.takenOver).toHaveLength(1);
    expect((await world.last()).get(keyOf('foo'))).toBeNull();
  });

  /** A race with a transaction of MM2's that is still open when the sync has sent. */
  const raceWithOpenTransaction = async () => {
    const world = await createWorld();
    const open: Transaction[] = [];
    const writer = await world.start(async () => {
      open.push(await kafka().openTransaction(world.offsetsTopic, [{ key: keyOf('foo'), value: '{"offset":500}' }]));
    });
    const batch = [world.translation('foo', 7n)];
    await expect(writer.write(batch)).rejects.toThrow(/A transaction is open in .* the batch is repeated until/);
    await expect(writer.write(batch)).rejects.toThrow(/A transaction is open/);
    const [transaction] = open;
    if (transaction === undefined) {
      throw new Error('the race had no transaction');
    }
    /** Delivers the batch until the transaction's marker is there. */
    const deliver = async () => {
      for (;;) {
        try {
          return await writer.write(batch);
        } catch {
          await sleep(50);
        }
      }
    };
    return { world, transaction, deliver, batch };
  };

  test("with a transaction of MM2's waits for its end, and is lost when it is committed", async () => {
    const { world, transaction, deliver, batch } = await raceWithOpenTransaction();
    await transaction.commit();

    expect((await deliver()).takenOver).toEqual(batch);
    expect((await world.lastCommitted()).get(keyOf('foo'))).toBe('{"offset":500}');
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":500}');
  });

  test("with a transaction of MM2's waits for its end, and is won when it is aborted: its offset is never put back", async () => {
    const { world, transaction, deliver, batch } = await raceWithOpenTransaction();
    await transaction.abort();

    expect((await deliver()).written).toEqual(batch);
    expect((await world.lastCommitted()).get(keyOf('foo'))).toBe('{"offset":7}');
    const committed = (await world.records()).filter(({ outcome }) => outcome === 'committed');
    expect(committed.map(({ value }) => value?.toString())).toEqual(['{"offset":7}']);
  });

  test('is lost to another deployment that has written something later, and stays lost', async () => {
    const world = await createWorld();
    const later = world.translation('foo', 900n, { offset: 9n });
    const writer = await world.start(async () => {
      await (await world.start(undefined, 'another deployment')).write([later]);
    });
    const earlier = world.translation('foo', 100n, { offset: 2n });

    const outcome = await writer.write([earlier]);
    const repeated = await writer.write([earlier]);

    expect(outcome).toMatchObject({ written: [], repeated: [earlier], contested: [earlier] });
    expect(repeated).toMatchObject({ written: [], repeated: [earlier] });
    expect((await world.lastCommitted()).get(keyOf('foo'))).toBe('{"offset":900}');
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":900}');
  });

  test('is lost to a deployment of another event source, which counts as somebody else', async () => {
    const world = await createWorld();
    const theirs = world.translation('foo', 900n, { eventSource: 'another', offset: 9n });
    const writer = await world.start(async () => {
      await (await world.start(undefined, 'another deployment')).write([theirs]);
    });
    const ours = world.translation('foo', 100n, { offset: 20n });

    expect(await writer.write([ours])).toMatchObject({ written: [], takenOver: [ours] });
    expect(await writer.write([ours])).toMatchObject({ written: [], takenOver: [ours] });
    expect((await world.lastCommitted()).get(keyOf('foo'))).toBe('{"offset":900}');
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":900}');
  });

  test("is none where somebody else's record is for another key", async () => {
    const world = await createWorld({}, 1);
    const writer = await world.start(() => world.produce({ key: keyOf('other'), value: '{"offset":20}' }));

    const outcome = await writer.write([world.translation('foo', 7n)]);
    const next = await writer.write([world.translation('other', 8n)]);

    expect([outcome.written.length, next.takenOver.length]).toEqual([1, 1]);
  });
});

describe('a race that an earlier instance lost without living to put the value back', () => {
  type World = Awaited<ReturnType<typeof createWorld>>;

  /** What an instance leaves that ends between its send and its commit: a record of ours that was aborted. */
  const leaveAborted = async (world: World, ...topics: readonly string[]) => {
    const place = `{"eventSource":"arn","topic":"${world.connectOffsets}","partition":0,"offset":1,"timestamp":${NOW}}`;
    const lost = await kafka().openTransaction(
      world.offsetsTopic,
      topics.map((topic) => ({
        key: keyOf(topic),
        value: '{"offset":7}',
        headers: { [PROVENANCE_HEADER]: place },
      })),
    );
    await lost.abort();
  };

  const ofKey = async (world: World, topic: string) =>
    (await world.records())
      .filter(({ key }) => key?.toString() === keyOf(topic))
      .map((record) => ({
        value: record.value?.toString() ?? null,
        provenance: provenanceOf(record),
        outcome: record.outcome,
      }));

  test.each([
    ['value', '{"offset":20}'],
    ['tombstone', null],
  ])("is settled at opening: somebody else's %s is the last record again, marked as theirs", async (_what, value) => {
    const world = await createWorld();
    await world.produce({ key: keyOf('foo'), value, timestamp: NOW - 5 });
    await leaveAborted(world, 'foo');

    const writer = await world.start();

    let records = await ofKey(world, 'foo');
    // The marker of the transaction comes a moment after its end was acknowledged.
    for (; records.at(-1)?.outcome === 'open'; records = await ofKey(world, 'foo')) {
      await sleep(20);
    }
    expect(records).toHaveLength(3);
    expect(records[1]).toMatchObject({ value: '{"offset":7}', outcome: 'aborted' });
    expect(records[2]).toEqual({ value, provenance: `returned ${NOW - 5}`, outcome: 'committed' });
    const translation = world.translation('foo', 8n, { offset: 2n });
    expect(await writer.write([translation])).toMatchObject({ written: [], takenOver: [translation] });
    expect(await ofKey(world, 'foo')).toHaveLength(3);
  });

  test('is settled once, however often an instance is started', async () => {
    const world = await createWorld();
    await world.produce({ key: keyOf('foo'), value: '{"offset":20}' });
    await leaveAborted(world, 'foo');
    await world.start();

    const restarted = await world.start();

    expect((await ofKey(world, 'foo')).map(({ provenance }) => provenance)).toEqual([
      undefined,
      expect.stringContaining('"eventSource"'),
      expect.stringMatching(/^returned \d+$/),
    ]);
    const outcome = await restarted.write([world.translation('foo', 9n, { offset: 3n })]);
    expect(outcome.takenOver).toHaveLength(1);
  });

  test('is settled for each key it was lost for, in every partition, and the others are written', async () => {
    const world = await createWorld();
    const theirs = ['a', 'b', 'c', 'd', 'e'];
    await world.produce(...theirs.map((topic, index) => ({ key: keyOf(topic), value: `{"offset":${index}}` })));
    await leaveAborted(world, ...theirs, 'ours');
    const writer = await world.start();

    const outcome = await writer.write(
      [...theirs, 'ours'].map((topic) => world.translation(topic, 99n, { offset: 2n })),
    );

    expect(outcome.takenOver.map(({ key }) => key)).toEqual(theirs.map(keyOf));
    expect(outcome.written.map(({ key }) => key)).toEqual([keyOf('ours')]);
    expect(await world.last()).toEqual(
      new Map([
        ...theirs.map((topic, index) => [keyOf(topic), `{"offset":${index}}`] as const),
        [keyOf('ours'), '{"offset":99}'],
      ]),
    );
    for (const topic of theirs) {
      expect((await ofKey(world, topic)).at(-1)?.provenance).toMatch(/^returned \d+$/);
    }
  });

  test('is none where their record is older than overwriteBefore: the key is written', async () => {
    const world = await createWorld({ overwriteBefore: NOW });
    await world.produce({ key: keyOf('foo'), value: '{"offset":20}', timestamp: NOW - 1 });
    await leaveAborted(world, 'foo');
    const writer = await world.start();
    expect(await ofKey(world, 'foo')).toHaveLength(2);

    const outcome = await writer.write([world.translation('foo', 7n)]);

    expect(outcome.written).toHaveLength(1);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":7}');
  });
});

describe('two instances', () => {
  test('cannot both write: the older one is refused, whatever it was about to do', async () => {
    const world = await createWorld();
    const older = await world.start();
    await older.write([world.translation('foo', 7n)]);
    const newer = await world.start();

    await expect(older.write([world.translation('foo', 8n, { offset: 2n })])).rejects.toThrow(FencedError);
    await newer.write([world.translation('foo', 9n, { offset: 3n })]);

    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":9}');
  });

  test('cannot overtake each other: the older one is refused between its look and its send', async () => {
    const world = await createWorld();
    const newer: Instance[] = [];
    const older = await world.start(async () => {
      const started = await world.start();
      await started.write([world.translation('foo', 9n, { offset: 3n })]);
      newer.push(started);
    });

    await expect(older.write([world.translation('foo', 7n, { offset: 1n })])).rejects.toThrow(FencedError);

    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":9}');
    await newer[0]?.write([world.translation('foo', 10n, { offset: 4n })]);
    expect((await world.last()).get(keyOf('foo'))).toBe('{"offset":10}');
  });
});
