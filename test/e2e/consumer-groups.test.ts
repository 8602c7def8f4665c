import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { mm2Key, mm2Value } from '../../functions/offsets/mm2-record.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { createTopics } from '../../local/world/kafka/create-topics.ts';
import { type MirrorMaker, startMirrorMaker } from '../../local/world/mirror-maker/mirror-maker.ts';

jest.setTimeout(120_000);

const TOPIC = 'orders';
/** Records in the source; so many of them were copied by Replicator, and MM2 goes on after them. */
const [RECORDS, COPIED] = [100, 60];
/** Records of somebody else at the beginning of the target, so that no offset is the same on both sides. */
const FOREIGN = 5;

let source: KafkaCluster;
let target: KafkaCluster;
let mirrorMaker: MirrorMaker | undefined;
const admins: Admin[] = [];

const connect = async ({ brokers }: KafkaCluster) => {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  admins.push(admin);
  return { kafka, admin };
};

const send = async (kafka: Kafka, topic: string, messages: readonly { key?: string; value: string }[]) => {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic, messages: [...messages] });
  await producer.disconnect();
};

const record = (n: number) => ({ value: `order ${n}` });
const from = (first: number, last: number) => Array.from({ length: last - first }, (_, n) => record(first + n));

const commit = async (admin: Admin | undefined, groupId: string, offset: number): Promise<void> => {
  await admin?.setOffsets({ groupId, topic: TOPIC, partitions: [{ partition: 0, offset: String(offset) }] });
};

/** What a group has committed on a cluster; -1 for nothing. */
const committed = async (admin: Admin | undefined, groupId: string): Promise<number> => {
  const [found] = (await admin?.fetchOffsets({ groupId, topics: [TOPIC] })) ?? [];
  return Number(found?.partitions[0]?.offset ?? -1);
};

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + 60_000;
  while (!(await holds()) && performance.now() < end) {
    await sleep(250);
  }
};

beforeAll(async () => {
  [source, target] = await Promise.all([startCluster({ name: 'source' }), startCluster({ name: 'target' })]);
  const [onSource, onTarget] = [await connect(source), await connect(target)];
  const offsetsTopic = 'mm2-offsets.primary.internal';
  const compact = [{ name: 'cleanup.policy', value: 'compact' }];
  await createTopics(onSource.admin, [{ topic: TOPIC, numPartitions: 1 }]);
  await createTopics(onTarget.admin, [
    { topic: TOPIC, numPartitions: 1 },
    { topic: offsetsTopic, numPartitions: 25, configEntries: compact },
  ]);
  await send(onSource.kafka, TOPIC, from(0, RECORDS));
  const foreign = Array.from({ length: FOREIGN }, () => ({ value: "somebody else's" }));
  await send(onTarget.kafka, TOPIC, [...foreign, ...from(0, COPIED)]);
  const key = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic: TOPIC, partition: 0 });
  await send(onTarget.kafka, offsetsTopic, [{ key, value: mm2Value(BigInt(COPIED - 1)) }]);

  await commit(onSource.admin, 'behind', 40);
  await commit(onTarget.admin, 'behind', 40 + FOREIGN);
  await commit(onSource.admin, 'behind, never translated', 40);
  await commit(onSource.admin, 'at the cutover', COPIED);
  await commit(onSource.admin, 'past the cutover', 70);
  await commit(onSource.admin, 'past the cutover, translated before', 70);
  await commit(onTarget.admin, 'past the cutover, translated before', 70 + FOREIGN);

  mirrorMaker = await startMirrorMaker({
    source,
    target,
    topics: [TOPIC],
    properties: {
      'emit.checkpoints.enabled': 'true',
      'emit.checkpoints.interval.seconds': '1',
      'sync.group.offsets.enabled': 'true',
      'sync.group.offsets.interval.seconds': '1',
      'refresh.groups.interval.seconds': '1',
      'checkpoints.topic.replication.factor': '1',
    },
  });
}, 120_000);
afterAll(async () => {
  await mirrorMaker?.kill();
  await Promise.allSettled(admins.map((admin) => admin.disconnect()));
  await Promise.all([source?.close(), target?.close()]);
}, 60_000);

describe('consumer groups after the cutover, with sync.group.offsets.enabled', () => {
  test('a group that has passed it on the source is translated, and never too far', async () => {
    const [, onTarget] = admins;
    await until(async () => (await committed(onTarget, 'past the cutover')) >= 0);

    const translated = await committed(onTarget, 'past the cutover');
    expect(translated).toBeGreaterThanOrEqual(COPIED + FOREIGN);
    expect(translated).toBeLessThanOrEqual(70 + FOREIGN);
    expect(await committed(onTarget, 'at the cutover')).toBe(COPIED + FOREIGN);
  });

  test('one that has not is left where Replicator put it, or has nothing', async () => {
    const [, onTarget] = admins;

    expect(await committed(onTarget, 'behind')).toBe(40 + FOREIGN);
    expect(await committed(onTarget, 'behind, never translated')).toBe(-1);
  });

  test('none is put back behind where Replicator put it', async () => {
    const [, onTarget] = admins;

    expect(await committed(onTarget, 'past the cutover, translated before')).toBe(70 + FOREIGN);
  });

  test('and is translated once it has passed', async () => {
    const [onSource, onTarget] = admins;
    await commit(onSource, 'behind', 80);
    await until(async () => (await committed(onTarget, 'behind')) > 40 + FOREIGN);

    const translated = await committed(onTarget, 'behind');
    expect(translated).toBeGreaterThanOrEqual(COPIED + FOREIGN);
    expect(translated).toBeLessThanOrEqual(80 + FOREIGN);
  });
});
