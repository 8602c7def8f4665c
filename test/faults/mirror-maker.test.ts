import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { comparePartition } from '../../local/demo/compare-partition.ts';
import { endOffsets, topicContent } from '../../local/demo/topic-content.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { createTopics } from '../../local/world/kafka/create-topics.ts';
import { type MirrorMaker, startMirrorMaker } from '../../local/world/mirror-maker/mirror-maker.ts';
import { mm2KeyOf } from '../../local/world/sync/expected-offsets.ts';
import type { Placed } from '../../local/world/sync/replicator-history.ts';
import { createSyncWorld, type SyncWorld } from '../../local/world/sync/sync-world.ts';
import { reached } from './entries.ts';

jest.setTimeout(180_000);

let source: KafkaCluster;
let target: KafkaCluster;
let toSource: Producer;
let toTarget: Producer;

beforeAll(async () => {
  [source, target] = await Promise.all([startCluster({ name: 'source' }), startCluster({ name: 'target' })]);
  const producerOf = async ({ brokers }: KafkaCluster) => {
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    return producer;
  };
  [toSource, toTarget] = await Promise.all([producerOf(source), producerOf(target)]);
}, 120_000);
afterAll(async () => {
  await Promise.allSettled([toSource?.disconnect(), toTarget?.disconnect()]);
  await Promise.all([source?.close(), target?.close()]);
}, 60_000);

const createTopic = async ({ brokers }: KafkaCluster, topic: string) => {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await createTopics(admin, [{ topic, numPartitions: 1 }]);
  await admin.disconnect();
};

/** One migration in slow motion: every step is the test's. */
const createMigration = async (sourceAlias: string, topics: readonly string[]) => {
  const world: SyncWorld = await createSyncWorld({ brokers: target.brokers, flows: [{ sourceAlias }] });
  for (const topic of topics) {
    for (const cluster of [source, target]) {
      await createTopic(cluster, topic);
    }
  }
  const produced = new Map<string, number>();
  let mirrorMaker: MirrorMaker | undefined;

  const produce = async (topic: string, count: number, also: readonly Producer[] = []) => {
    const start = produced.get(topic) ?? 0;
    const messages = Array.from({ length: count }, (_, n) => ({ key: 'k', value: `${topic} #${start + n}` }));
    for (const producer of [toSource, ...also]) {
      await producer.send({ topic, messages });
    }
    produced.set(topic, start + count);
  };

  return {
    world,
    /** New records in a source topic. */
    produce: (topic: string, count: number) => produce(topic, count),
    /** New records that Replicator has copied, and the offset that it flushes. */
    produceAndReplicate: async (topic: string, count: number): Promise<readonly Placed[]> => {
      await produce(topic, count, [toTarget]);
      return await world.flush(reached(BigInt(produced.get(topic) ?? 0) - 1n, { topic, partition: 0 }));
    },
    keyOf: (topic: string) => {
      const [flow] = world.flows;
      if (flow === undefined) {
        throw new Error('a world has at least one flow');
      }
      return mm2KeyOf(flow, { topic, partition: 0 });
    },
    startMirrorMaker: async (only: readonly string[] = topics) => {
      mirrorMaker = await startMirrorMaker({ source, target, sourceAlias, topics: only });
    },
    /** Kills MM2: stopped cleanly it would write its offsets once more, and hide what was overwritten (DESIGN, fact 13). */
    killMirrorMaker: async () => mirrorMaker?.kill(),
    /** Waits until MM2 has copied everything in a topic and has flushed the last offset of it. */
    untilCopied: async (topic: string) => {
      const last = (produced.get(topic) ?? 0) - 1;
      const key = mm2KeyOf(world.flows[0] as NonNullable<(typeof world.flows)[0]>, { topic, partition: 0 });
      const until = performance.now() + 60_000;
      while (performance.now() < until) {
        const end = (await endOffsets(target, [topic])).get(`${topic}-0`) ?? 0n;
        if (end > BigInt(last) && (await world.offsets()).get(key) === `{"offset":${last}}`) {
          return;
        }
        await sleep(200);
      }
      throw new Error(`MM2 has not copied "${topic}" up to offset ${last} within a minute`);
    },
    /** Duplicates and losses by topic, once everything that was produced has arrived and nothing more comes. */
    compare: async () => {
      await sleep(3_000);
      const [inSource, inTarget] = await Promise.all([topicContent(source, topics), topicContent(target, topics)]);
      return topics.map((topic) => {
        const comparison = comparePartition(inSource.get(`${topic}-0`) ?? [], inTarget.get(`${topic}-0`) ?? [], 0n);
        return { topic, duplicated: comparison.duplicated, lost: comparison.lost, records: comparison.sourceRecords };
      });
    },
    close: async () => {
      await mirrorMaker?.kill();
      await world.close();
    },
  };
};

const nothingMoved = (topics: readonly string[]) =>
  topics.map((topic) => expect.objectContaining({ topic, duplicated: 0, lost: 0 }));

describe('with the real MM2', () => {
  test('a late delivery and a replay of everything move nothing, though MM2 is killed and started again', async () => {
    const migration = await createMigration('late', ['late-orders']);
    const { world } = migration;
    try {
      const instance = world.startInstance();
      const early = await migration.produceAndReplicate('late-orders', 50);
      await world.deliver(instance, early);
      await world.deliver(instance, await migration.produceAndReplicate('late-orders', 50));
      await migration.startMirrorMaker();
      await migration.produce('late-orders', 50);
      await migration.untilCopied('late-orders');

      await world.deliver(instance, early);
      await world.deliver(world.startInstance(), world.history);
      await migration.killMirrorMaker();
      await migration.startMirrorMaker();
      await migration.produce('late-orders', 50);
      await migration.untilCopied('late-orders');

      expect(await migration.compare()).toEqual(nothingMoved(['late-orders']));
    } finally {
      await migration.close();
    }
  });

  test('a worker that still flushes while MM2 works does not reach what MM2 has taken over', async () => {
    const migration = await createMigration('zombie', ['zombie-orders']);
    const { world } = migration;
    try {
      const instance = world.startInstance();
      await world.deliver(instance, await migration.produceAndReplicate('zombie-orders', 50));
      await migration.startMirrorMaker();
      for (let round = 0; round < 5; round++) {
        await migration.produce('zombie-orders', 20);
        await migration.untilCopied('zombie-orders');
        // The worker flushes what it copied before it was stopped, in a record that is newer than all others.
        const stale = await world.flush(reached(49n, { topic: 'zombie-orders', partition: 0 }));
        await world.deliver(instance, stale);
      }
      await migration.killMirrorMaker();
      await migration.startMirrorMaker();
      await migration.produce('zombie-orders', 20);
      await migration.untilCopied('zombie-orders');

      expect(await migration.compare()).toEqual(nothingMoved(['zombie-orders']));
    } finally {
      await migration.close();
    }
  });

  test('a cutover topic by topic: MM2 works on one topic while Replicator and the sync go on with another', async () => {
    const topics = ['stepwise-first', 'stepwise.second'];
    const migration = await createMigration('stepwise', topics);
    const { world } = migration;
    try {
      const instance = world.startInstance();
      for (const topic of topics) {
        await world.deliver(instance, await migration.produceAndReplicate(topic, 50));
      }
      await migration.startMirrorMaker(['stepwise-first']);
      await migration.produce('stepwise-first', 30);
      await migration.untilCopied('stepwise-first');
      await world.deliver(instance, await migration.produceAndReplicate('stepwise.second', 50));
      await world.deliver(world.startInstance(), world.history);

      await migration.killMirrorMaker();
      await migration.startMirrorMaker();
      for (const topic of topics) {
        await migration.produce(topic, 30);
        await migration.untilCopied(topic);
      }

      expect(await migration.compare()).toEqual(nothingMoved(topics));
    } finally {
      await migration.close();
    }
  });

  test('a key that MM2 took over too early is handed back by a tombstone, and the sync goes on with it', async () => {
    const migration = await createMigration('early', ['early-orders']);
    const { world } = migration;
    try {
      await world.deliver(world.startInstance(), await migration.produceAndReplicate('early-orders', 50));
      await migration.startMirrorMaker();
      await migration.produce('early-orders', 10);
      await migration.untilCopied('early-orders');
      await migration.killMirrorMaker();
      // Replicator goes on where it was, and copies the ten records, too: from here on it is the only copier.
      const key = migration.keyOf('early-orders');
      await world.writeAsSomebodyElse(key, null, undefined, { 'mm2-migration': 'handed-back' });
      const flushed = await world.flush(reached(59n, { topic: 'early-orders', partition: 0 }));
      await world.deliver(world.startInstance(), flushed);

      expect(await world.offsets()).toEqual(new Map([[key, '{"offset":59}']]));
      await migration.startMirrorMaker();
      await migration.produce('early-orders', 10);
      await migration.untilCopied('early-orders');
      expect(await migration.compare()).toEqual(nothingMoved(['early-orders']));
    } finally {
      await migration.close();
    }
  });
});
