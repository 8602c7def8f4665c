import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { openTopicLog, type TopicLog } from '../../../functions/kafka/topic-log.ts';
import { mm2Key } from '../../../functions/offsets/mm2-record.ts';
import { followTopic } from '../../../functions/writing/followed-topic.ts';
import { useKafka } from '../../kafka-fixture.ts';
import { aFlow } from '../a-flow.ts';

jest.setTimeout(30_000);

const kafka = useKafka();
let log: TopicLog;
let admin: Admin;

beforeAll(async () => {
  log = openTopicLog(kafka().kafka);
  admin = kafka().kafka.admin();
  await Promise.all([log.connect(), admin.connect()]);
});
afterAll(() => Promise.all([log.disconnect(), admin.disconnect()]));

const KEY = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic: 'foo', partition: 0 });
const OTHER = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic: 'foo', partition: 1 });

/** A topic with a record for KEY, followed, and how often it was read. */
const follow = async (partitions = 1) => {
  const name = await kafka().createTopic({ 'cleanup.policy': 'compact' }, partitions);
  await kafka().produce(name, [{ key: KEY, value: '{"offset":1}', partition: 0 }]);
  let reads = 0;
  const read: TopicLog['read'] = (topic, from, to, take) => {
    if (to.size > 0) {
      reads += 1;
    }
    return log.read(topic, from, to, take);
  };
  const topic = await followTopic({ ...log, read }, name, [aFlow({ offsetsTopic: name })]);
  return { name, topic, offsetOf: (key: string) => valueIn(topic.lastRecords.get(key)), reads: () => reads };
};

/** One record of ours for KEY that was appended at an offset. */
const ofOurs = (baseOffset: bigint) => {
  const record = { topic: '', partition: 0, key: KEY, value: Buffer.from('ours'), headers: {} };
  return { topic: '', partition: 0, baseOffset, records: [record] };
};

const valueIn = (last: object | undefined): string | undefined =>
  last && 'value' in last ? String(last.value) : undefined;

/** Deletes a topic and creates it anew, with so many records that are not ours. */
const recreate = async (name: string, count: number): Promise<void> => {
  await admin.deleteTopics({ topics: [name] });
  while ((await admin.listTopics()).includes(name)) {
    await sleep(20);
  }
  await kafka().createTopic({ 'cleanup.policy': 'compact' }, 1, name);
  if (count > 0) {
    await kafka().produce(
      name,
      Array.from({ length: count }, (_, n) => ({ key: OTHER, value: `{"offset":${n}}` })),
    );
  }
};

/** Kafka deletes records only where the policy says so. */
const setPolicy = async (name: string, policy: string): Promise<void> => {
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries: [{ name: 'cleanup.policy', value: policy }] }],
  });
};

describe('a followed topic', () => {
  test('is read once, and again only when somebody else has written', async () => {
    const { name, topic, offsetOf, reads } = await follow();
    await topic.catchUp();
    await topic.catchUp();
    expect([offsetOf(KEY), reads()]).toEqual(['{"offset":1}', 1]);

    await kafka().produce(name, [{ key: KEY, value: '{"offset":2}' }]);
    await topic.catchUp();
    await topic.catchUp();

    expect([offsetOf(KEY), reads()]).toEqual(['{"offset":2}', 2]);
  });

  test('tells what came before our own records, each key as often as it came, and nothing when nothing did', async () => {
    const { name, topic, offsetOf } = await follow();
    await kafka().produce(name, [
      { key: OTHER, value: '{"offset":7}' },
      { key: "another connector's", value: '{"offset":8}' },
      { key: OTHER, value: '{"offset":9}' },
      { key: KEY, value: 'ours' },
    ]);

    expect(await topic.appended(ofOurs(4n))).toEqual([OTHER, OTHER]);
    expect(offsetOf(OTHER)).toBe('{"offset":9}');
    expect(await topic.appended(ofOurs(5n))).toEqual([]);
  });

  test('is not read for the marker of our own transaction', async () => {
    const { topic, reads, name } = await follow();
    await kafka().produce(name, [
      { key: KEY, value: 'ours' },
      { key: KEY, value: 'stands for the marker' },
    ]);
    await topic.appended(ofOurs(1n));
    topic.committed();

    await topic.catchUp();

    expect(reads()).toBe(1);
  });

  test('reads what was appended in a transaction that failed', async () => {
    const { name, topic, offsetOf } = await follow();
    await kafka().produce(name, [{ key: KEY, value: '{"offset":3}' }]);
    await topic.appended(ofOurs(1n));
    topic.failed();

    await topic.catchUp();

    expect(offsetOf(KEY)).toBe('{"offset":3}');
  });

  test('reads a transaction again that was open, once it has ended', async () => {
    const { name, topic, offsetOf } = await follow();
    const transaction = await kafka().openTransaction(name, [{ key: KEY, value: '{"offset":500}' }]);
    await topic.catchUp();
    expect(topic.lastRecords.get(KEY)).toMatchObject({ kind: 'undecided' });

    await transaction.commit();
    while (topic.lastRecords.get(KEY)?.kind === 'undecided') {
      await sleep(20);
      await topic.catchUp();
    }

    expect(offsetOf(KEY)).toBe('{"offset":500}');
  });

  test('gets a key written where Java looks for it, and wherever else it stands', async () => {
    const { name, topic } = await follow(3);
    const [home = 0] = topic.partitionsFor(OTHER);
    const elsewhere = (home + 1) % 3;
    expect(topic.partitionsFor(OTHER)).toEqual([home]);

    await kafka().produce(name, [{ key: OTHER, value: '{"offset":2}', partition: elsewhere }]);
    await topic.catchUp();

    expect(topic.partitionsFor(OTHER)).toEqual([home, elsewhere]);
  });
});

describe('that it is no longer the topic that was read is told', () => {
  test('where records were lost', async () => {
    const { topic } = await follow();

    await expect(topic.appended(ofOurs(0n))).rejects.toThrow('has lost records from offset 0 on');
  });

  test.each([
    ['nothing', 0],
    ['as much', 1],
    ['more', 5],
  ])('where it was deleted and created anew, and %s stands in it', async (_what, count) => {
    const { name, topic } = await follow();

    await recreate(name, count);

    await expect(topic.catchUp()).rejects.toThrow(`"${name}" was deleted and created anew`);
  });

  test('where another record stands in the place of the last one that was seen, after an unclean election', async () => {
    const { name } = await follow();
    let epoch = 0;
    const extent: TopicLog['extent'] = async (one) => ({
      ...(await log.extent(one)),
      leaderEpochs: new Map([[0, epoch]]),
    });
    let isSwapped = false;
    const read: TopicLog['read'] = (topic, from, to, take) =>
      log.read(topic, from, to, (record) => take(isSwapped ? { ...record, value: Buffer.from('another') } : record));
    const topic = await followTopic({ ...log, extent, read }, name, [aFlow({ offsetsTopic: name })]);
    isSwapped = true;
    // Nothing has grown, and the leader is the same: nothing is suspected.
    await topic.catchUp();

    epoch = 1;

    await expect(topic.catchUp()).rejects.toThrow('has another record at offset 0 than before');
  });

  test('where it was created anew between the look and the send, and its end is beyond what was known', async () => {
    const { name, topic } = await follow();
    await topic.catchUp();
    await recreate(name, 5);

    await expect(topic.appended(ofOurs(5n))).rejects.toThrow('no longer the topic that was read');
  });

  test('where brokers tell no topic ids, by its end that went back', async () => {
    const { name } = await follow();
    const extent: TopicLog['extent'] = async (one) => ({ ...(await log.extent(one)), id: undefined });
    const topic = await followTopic({ ...log, extent }, name, [aFlow({ offsetsTopic: name })]);
    await recreate(name, 0);

    await expect(topic.catchUp()).rejects.toThrow(`Partition 0 of "${name}" ends at offset 0, but 1 had been reached`);
  });

  test('where partitions were added', async () => {
    const { name, topic } = await follow();

    await admin.createPartitions({ topicPartitions: [{ topic: name, count: 3 }] });

    await expect(topic.catchUp()).rejects.toThrow(`"${name}" has 3 partitions now instead of 1`);
  });

  test('where its records were deleted, though its end is where it was', async () => {
    const { name, topic } = await follow();

    await setPolicy(name, 'delete');
    await admin.deleteTopicRecords({ topic: name, partitions: [{ partition: 0, offset: '1' }] });
    await setPolicy(name, 'compact');

    await expect(topic.catchUp()).rejects.toThrow(`Partition 0 of "${name}" starts at offset 1 instead of 0`);
  });
});

describe('a log that is closed', () => {
  test('hands over nothing more, though a read is under way', async () => {
    const { name } = await follow();
    const closed = openTopicLog(kafka().kafka);
    await closed.connect();
    await closed.disconnect();
    const taken: unknown[] = [];

    const read = closed.read(name, new Map([[0, 0n]]), new Map([[0, 1n]]), (record) => taken.push(record));

    await expect(read).rejects.toThrow('The connection was closed in the middle of a read');
    expect(taken).toEqual([]);
  });
});
