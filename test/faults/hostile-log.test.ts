import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { createPartitioner } from '../../functions/kafka/partitioner.ts';
import { PROVENANCE_HEADER } from '../../functions/offsets/provenance.ts';
import { bundleFunction } from '../../local/world/lambda/bundle.ts';
import type { FunctionInstance } from '../../local/world/lambda/function-instance.ts';
import { defaultPartition } from '../../local/world/sync/default-partition.ts';
import { mm2KeyOf } from '../../local/world/sync/expected-offsets.ts';
import type { Source } from '../../local/world/sync/replicator-history.ts';
import { createSyncWorld, type SyncWorld, type SyncWorldOptions } from '../../local/world/sync/sync-world.ts';
import { useKafka } from '../kafka-fixture.ts';
import { handBack, produceLines, produceOneBatch } from './console-producer.ts';
import { reached, sources } from './entries.ts';

jest.setTimeout(90_000);

const kafka = useKafka();
let bundle: string;
let admin: Admin;
beforeAll(async () => {
  admin = kafka().kafka.admin();
  [bundle] = await Promise.all([bundleFunction(), admin.connect()]);
});
afterAll(() => Promise.all([admin.disconnect(), rm(dirname(bundle), { recursive: true, force: true })]));

const worlds: SyncWorld[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.close())));

const createWorld = async (options: Partial<SyncWorldOptions> = {}): Promise<SyncWorld> => {
  const world = await createSyncWorld({ brokers: kafka().cluster.brokers, bundle, ...options });
  worlds.push(world);
  return world;
};

const foo = sources('foo', 4);
const fifty = sources('many', 50);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const topicOf = (world: SyncWorld): string => world.flows[0]?.offsetsTopic ?? '';

const keyOf = (world: SyncWorld, source: Source | undefined): string => {
  const [flow] = world.flows;
  if (flow === undefined || source === undefined) {
    throw new Error('a world has at least one flow, and the test a source');
  }
  return mm2KeyOf(flow, source);
};

/** What the last batch came to, as the function's log says. */
const lastBatch = ({ logs }: FunctionInstance): Readonly<Record<string, unknown>> => {
  const line = logs.findLast((one) => one.includes('"Batch done"')) ?? '{}';
  return JSON.parse(line.slice(line.indexOf('{')));
};

const count = ({ logs }: FunctionInstance, text: string): number => logs.filter((line) => line.includes(text)).length;

/** What each partition says of each key: MM2 reads them in no defined order, so all have to say the same. */
const everyValue = async (world: SyncWorld): Promise<ReadonlyMap<string, ReadonlySet<string | null>>> => {
  const last = new Map<string, Map<number, string | null>>();
  for (const { key, partition, value } of await world.records()) {
    const name = key?.toString() ?? '';
    last.set(name, (last.get(name) ?? new Map()).set(partition, value?.toString() ?? null));
  }
  return new Map([...last].map(([key, values]) => [key, new Set(values.values())]));
};

/** The last committed value of every key, once every marker is there: what an MM2 with exactly-once reads. */
const committedOffsets = async (world: SyncWorld): Promise<ReadonlyMap<string, string | null>> => {
  let records = await world.records();
  for (; records.some(({ outcome }) => outcome === 'open'); records = await world.records()) {
    await sleep(20);
  }
  return new Map(
    records
      .filter(({ outcome }) => outcome === 'committed')
      .map(({ key, value }) => [key?.toString() ?? '', value?.toString() ?? null]),
  );
};

/** Gives a topic a configuration; what is not in it goes back to its default. */
const configure = async (topic: string, config: Readonly<Record<string, string>>): Promise<void> => {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  });
};

const remove = async (topic: string): Promise<void> => {
  await admin.deleteTopics({ topics: [topic] });
  while ((await admin.listTopics()).includes(topic)) {
    await sleep(20);
  }
};

/** What the sync's header says of a record that comes from Replicator's first flush. */
const placeOf = (world: SyncWorld, timestamp: number): string =>
  JSON.stringify({
    eventSource: 'arn:aws:kafka:us-east-1:123456789012:cluster/local/0',
    topic: world.connectOffsets,
    partition: 0,
    offset: 0,
    timestamp,
  });

describe('a record whose header "mm2-migration" is null', () => {
  test("counts as somebody else's, warm and cold, and stops nothing", async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(10n, ...foo)));
    const key = keyOf(world, foo[0]);

    await produceLines(kafka().cluster, topicOf(world), [`${PROVENANCE_HEADER}:NULL\t${key}\t{"offset":500}`]);
    await world.deliver(instance, await world.flush(reached(20n, ...foo)));
    await world.deliver(world.startInstance(), world.history);

    const takenOver = new Map([[key, '{"offset":500}']]);
    expect((await world.records()).find(({ value }) => value?.toString() === '{"offset":500}')?.headers).toEqual({
      [PROVENANCE_HEADER]: null,
    });
    expect(await world.offsets()).toEqual(world.expected(takenOver));
  });
});

describe("after Replicator's offsets topic was deleted and created anew", () => {
  test('a batch of the deleted topic that the event source still held rewinds nothing, warm or cold', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(100n, ...foo)));
    const held = await world.flush(reached(200n, ...foo));
    for (const offset of [300n, 400n, 500n]) {
      await world.deliver(instance, await world.flush(reached(offset, ...foo)));
    }
    const stands = world.expected();
    await world.recreateConnectOffsets();

    await world.deliver(instance, held);
    await world.deliver(world.startInstance(), held);
    expect(await world.offsets()).toEqual(stands);

    await world.deliverUntilTaken(instance, await world.flush(reached(550n, ...foo)));
    await world.deliver(instance, held);
    await world.deliver(world.startInstance(), held);
    expect(await world.offsets()).toEqual(world.expected());
    expect(count(instance, 'created anew')).toBe(foo.length);
  });

  test('a batch that spans both topics ends where the new one does', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(100n, ...foo)));
    const held = [...(await world.flush(reached(200n, ...foo))), ...(await world.flush(reached(300n, ...foo)))];
    await world.recreateConnectOffsets();
    // A new topic's worker starts where its connector is told to: lower than before.
    const fresh = await world.flush(reached(50n, ...foo));

    for (const batch of [
      [...held, ...fresh],
      [...fresh, ...held],
    ]) {
      await world.deliver(instance, batch);
      expect(await world.offsets()).toEqual(world.expected());
    }
  });
});

describe("after MM2's offsets topic was deleted and created anew under a warm instance", () => {
  /** An instance that has written fifty keys, and the topic anew, with MM2's own offset for every second one. */
  const recreateUnder = async (padTo: (end: bigint) => bigint) => {
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(10n, ...fifty)));
    const topic = topicOf(world);
    let ends = await world.ends();
    // The markers of the transaction come a moment after its commit.
    for (let settled = new Map(); settled.size === 0 || [...ends].some(([p, end]) => settled.get(p) !== end); ) {
      settled = new Map(ends);
      await sleep(100);
      ends = await world.ends();
    }
    await remove(topic);
    await kafka().createTopic({ 'cleanup.policy': 'compact' }, ends.size, topic);
    const takenOver = fifty.filter(({ partition }) => partition % 2 === 0).map((source) => keyOf(world, source));
    for (const [partition, end] of ends) {
      const keys = takenOver.filter((key) => defaultPartition(key) === partition);
      const padding = Math.max(0, Number(padTo(end)) - keys.length);
      const records = [
        ...Array.from({ length: padding }, (_, n) => ({ key: `another ${n}`, value: '{}', partition })),
        ...keys.map((key) => ({ key, value: '{"offset":500}', partition })),
      ];
      if (records.length > 0) {
        await kafka().produce(topic, records);
      }
    }
    return { world, instance, ends, takenOver: new Map(takenOver.map((key) => [key, '{"offset":500}'])) };
  };

  /** Without the records that only fill the topic. */
  const ofKeys = (offsets: ReadonlyMap<string, string | null>) =>
    new Map([...offsets].filter(([key]) => !key.startsWith('another')));

  test.each([
    ['beyond its old ends', (end: bigint) => end + 3n],
    ['exactly to its old ends', (end: bigint) => end],
  ])(
    "and filled %s, none of MM2's offsets is overwritten, and keys that stand nowhere are written",
    async (_what, padTo) => {
      const { world, instance, ends, takenOver } = await recreateUnder(padTo);
      const newEnds = await world.ends();
      expect([...newEnds].every(([partition, end]) => end === padTo(ends.get(partition) ?? 0n))).toBe(true);

      // A replay: every key stood there before.
      await world.deliver(instance, world.history);
      expect(lastBatch(instance)).toMatchObject({ written: 25, repeated: 0, takenOver: 25 });
      await world.deliver(instance, await world.flush(reached(20n, ...fifty)));

      expect(ofKeys(await world.offsets())).toEqual(world.expected(takenOver));
    },
  );
});

describe("when partitions are added to MM2's offsets topic", () => {
  const partitionOf60 = createPartitioner(60);

  /** A world in which fifty keys stand, and then have other partitions to stand in. */
  const addPartitions = async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(10n, ...fifty)));
    await admin.createPartitions({ topicPartitions: [{ topic: topicOf(world), count: 60 }] });
    return { world, instance };
  };

  test('a warm instance sees what somebody else wrote to a new one, and leaves it alone', async () => {
    const { world, instance } = await addPartitions();
    const moved = fifty.filter((source) => partitionOf60(keyOf(world, source)) >= 25);
    const takenOver = new Map(moved.map((source) => [keyOf(world, source), '{"offset":500}']));
    // Not through the world's producer, which would find out minutes later that there are more partitions.
    await kafka().produce(
      topicOf(world),
      [...takenOver].map(([key, value]) => ({ key, value, partition: partitionOf60(key) })),
    );

    await world.deliver(instance, await world.flush(reached(20n, ...fifty)));

    expect(takenOver.size).toBeGreaterThan(0);
    expect(lastBatch(instance)).toMatchObject({ takenOver: takenOver.size, written: 50 - takenOver.size });
    for (const [key, value] of takenOver) {
      expect((await everyValue(world)).get(key)).toContain(value);
    }
  });

  test.each(['warm', 'cold'])(
    'no key has two values after a %s instance has written, and the log says so',
    async (state) => {
      const { world, instance } = await addPartitions();
      const writing = state === 'warm' ? instance : world.startInstance();

      await world.deliver(writing, await world.flush(reached(20n, ...fifty)));

      const values = await everyValue(world);
      expect(values).toEqual(new Map(fifty.map((source) => [keyOf(world, source), new Set(['{"offset":20}'])])));
      expect(count(writing, 'stands in several partitions')).toBeGreaterThan(0);
    },
  );
});

describe('a value that an instance put back and did not live to commit', () => {
  test('is settled by the next one: both kinds of reader see what somebody else wrote last', async () => {
    const world = await createWorld();
    await world.createOffsetsTopic();
    const [key, topic, now] = [keyOf(world, foo[0]), topicOf(world), Date.now()];
    await world.writeAsSomebodyElse(key, '{"offset":100}');
    const lost = await kafka().openTransaction(topic, [
      { key, value: '{"offset":7}', headers: { [PROVENANCE_HEADER]: placeOf(world, now) } },
    ]);
    await world.writeAsSomebodyElse(key, '{"offset":200}');
    await lost.send({
      topic,
      messages: [{ key, value: '{"offset":100}', headers: { [PROVENANCE_HEADER]: `returned ${now}` } }],
    });
    await lost.abort();

    await world.deliver(world.startInstance(), []);

    expect((await committedOffsets(world)).get(key)).toBe('{"offset":200}');
    expect((await world.offsets()).get(key)).toBe('{"offset":200}');
  });
});

describe('a key that is handed back', () => {
  test("while somebody else's record for it stands in another partition, stays handed back, warm and cold", async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    const [source] = foo;
    const [key, topic] = [keyOf(world, source), topicOf(world)];
    await world.deliver(instance, await world.flush(reached(10n, ...foo)));
    const elsewhere = (defaultPartition(key) + 1) % 25;
    await kafka().produce(topic, [{ key, value: '{"offset":500}', partition: elsewhere }]);
    await world.deliver(instance, await world.flush(reached(20n, ...foo)));
    expect(lastBatch(instance)).toMatchObject({ takenOver: 1 });

    await produceLines(kafka().cluster, topic, [handBack(key)]);
    for (const offset of [30n, 40n]) {
      await world.deliver(instance, await world.flush(reached(offset, ...foo)));
      expect(lastBatch(instance)).toMatchObject({ written: foo.length, takenOver: 0 });
    }
    await world.deliver(world.startInstance(), await world.flush(reached(50n, ...foo)));

    expect((await everyValue(world)).get(key)).toEqual(new Set(['{"offset":50}']));
    expect(await world.offsets()).toEqual(world.expected());
  });

  test('and taken over again is logged again', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    const [source] = foo;
    const [key, topic] = [keyOf(world, source), topicOf(world)];
    await world.deliver(instance, await world.flush(reached(10n, ...foo)));
    for (const [times, offset] of [20n, 40n].entries()) {
      await world.writeAsSomebodyElse(key, '{"offset":500}');
      await world.deliver(instance, await world.flush(reached(offset, ...foo)));
      await world.deliver(instance, await world.flush(reached(offset + 1n, ...foo)));
      expect(count(instance, 'Left alone')).toBe(times + 1);
      await world.writeAsSomebodyElse(key, null, topic, { [PROVENANCE_HEADER]: 'handed-back' });
      await world.deliver(instance, await world.flush(reached(offset + 10n, ...foo)));
    }

    expect(await world.offsets()).toEqual(world.expected());
  });
});

describe("MM2's offsets topic", () => {
  test('that refuses old timestamps still gets an old value put back, which keeps its age', async () => {
    const world = await createWorld();
    await world.createOffsetsTopic();
    const [key, topic, now] = [keyOf(world, foo[0]), topicOf(world), Date.now()];
    await kafka().produce(topic, [{ key, value: '{"offset":500}', timestamp: now - 2 * DAY }]);
    const lost = await kafka().openTransaction(topic, [
      { key, value: '{"offset":7}', headers: { [PROVENANCE_HEADER]: placeOf(world, now) } },
    ]);
    await lost.abort();
    await configure(topic, { 'cleanup.policy': 'compact', 'message.timestamp.before.max.ms': String(HOUR) });

    await world.deliver(world.startInstance(), await world.flush(reached(20n, ...foo)));
    expect(await world.offsets()).toEqual(world.expected(new Map([[key, '{"offset":500}']])));

    const overwriteBefore = new Date(now - DAY).toISOString();
    const flows = [{ sourceAlias: world.flows[0]?.sourceAlias ?? '', overwriteBefore }];
    await world.deliver(world.startInstance(flows), await world.flush(reached(30n, ...foo)));
    expect(await world.offsets()).toEqual(world.expected());
  });

  test('that takes only small batches gets several', async () => {
    const world = await createWorld();
    const config = { 'cleanup.policy': 'compact', 'max.message.bytes': '2000' };
    await kafka().createTopic(config, 2, topicOf(world));

    await world.deliver(world.startInstance(), await world.flush(reached(10n, ...fifty)));

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('that takes no batch with a record in it is an error that says what to do, and works once that is done', async () => {
    const world = await createWorld();
    const config = { 'cleanup.policy': 'compact', 'max.message.bytes': '200' };
    const topic = await kafka().createTopic(config, 2, topicOf(world));
    const instance = world.startInstance();
    const batch = await world.flush(reached(10n, ...foo));

    const refused = world.deliver(instance, batch);
    await expect(refused).rejects.toThrow(`"${topic}" has max.message.bytes=200`);
    await expect(refused).rejects.toThrow('--add-config max.message.bytes=1048588');
    await configure(topic, { 'cleanup.policy': 'compact' });
    await world.deliver(instance, batch);

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('gets a value put back that fits into a batch only where that is compressed', async () => {
    const world = await createWorld();
    await world.createOffsetsTopic();
    const [key, topic] = [keyOf(world, foo[0]), topicOf(world)];
    const large = `{"offset":500}${' '.repeat(2_000_000)}`;
    await produceOneBatch(kafka().cluster, topic, key, [large]);
    const lost = await kafka().openTransaction(topic, [
      { key, value: '{"offset":7}', headers: { [PROVENANCE_HEADER]: placeOf(world, Date.now()) } },
    ]);
    await lost.abort();

    await world.deliver(world.startInstance(), await world.flush(reached(20n, ...foo)));

    const offsets = await world.offsets();
    expect(offsets.get(key) === large).toBe(true);
    expect(new Map([...offsets].filter(([one]) => one !== key))).toEqual(
      new Map(foo.slice(1).map((source) => [keyOf(world, source), '{"offset":20}'])),
    );
  });

  test('is read though 200,000 records came in one compressed batch', async () => {
    const world = await createWorld();
    await world.createOffsetsTopic();
    const key = keyOf(world, foo[0]);
    const values = Array.from({ length: 200_000 }, () => '{"offset":500}');
    await produceOneBatch(kafka().cluster, topicOf(world), key, values);
    expect((await world.records()).length).toBe(values.length);

    await world.deliver(world.startInstance(), await world.flush(reached(20n, ...foo)));

    expect(await world.offsets()).toEqual(world.expected(new Map([[key, '{"offset":500}']])));
  });
});

describe("when MM2's offsets topic is lost under a warm instance", () => {
  test('because it was deleted, it is created again and the log says what is missing and how to get it back', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(10n, ...fifty)));
    await remove(topicOf(world));

    await world.deliver(instance, await world.flush(reached(20n, ...fifty.slice(0, 1))));

    expect(lastBatch(instance)).toMatchObject({ written: 1, missing: 49 });
    const warning = instance.logs.find((line) => line.includes('are gone'));
    expect(warning).toContain(topicOf(world));
    expect(warning).toContain('raise \\"replay\\"');

    await world.deliver(instance, world.history);
    expect(lastBatch(instance)).toMatchObject({ missing: 0 });
    expect(await world.offsets()).toEqual(world.expected());
  });

  test('because its policy was changed to delete and it was emptied, a replay is written, not counted as repeated', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(10n, ...fifty)));
    const topic = topicOf(world);
    await configure(topic, { 'cleanup.policy': 'delete' });
    const partitions = [...(await world.ends())].map(([partition]) => ({ partition, offset: '-1' }));
    await admin.deleteTopicRecords({ topic, partitions });

    await expect(world.deliver(instance, world.history)).rejects.toThrow('has cleanup.policy=delete');
    await configure(topic, { 'cleanup.policy': 'compact' });
    await world.deliver(instance, await world.flush(reached(20n, ...fifty.slice(0, 1))));
    expect(lastBatch(instance)).toMatchObject({ written: 1, missing: 49 });
    await world.deliver(instance, world.history);

    expect(lastBatch(instance)).toMatchObject({ missing: 0 });
    expect(await world.offsets()).toEqual(world.expected());
  });
});
