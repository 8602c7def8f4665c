import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTopicLog, type TopicLog } from '../../../functions/kafka/topic-log.ts';
import { mm2Key } from '../../../functions/offsets/mm2-record.ts';
import { followTopic } from '../../../functions/writing/followed-topic.ts';
import { useKafka } from '../../kafka-fixture.ts';
import { aFlow } from '../a-flow.ts';

const kafka = useKafka();
let log: TopicLog;

beforeAll(async () => {
  log = openTopicLog(kafka().kafka);
  await log.connect();
});
afterAll(() => log.disconnect());

const KEY = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic: 'foo', partition: 0 });
const OTHER = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic: 'foo', partition: 1 });

/** A topic of one partition with a record for KEY, followed, and how often it was read. */
const follow = async () => {
  const name = await kafka().createTopic({ 'cleanup.policy': 'compact' });
  await kafka().produce(name, [{ key: KEY, value: '{"offset":1}' }]);
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

const valueIn = (last: object | undefined): string | undefined =>
  last && 'value' in last ? String(last.value) : undefined;

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

  test('tells what came before our own records, and nothing when nothing did', async () => {
    const { name, topic, offsetOf } = await follow();
    await kafka().produce(name, [
      { key: OTHER, value: '{"offset":7}' },
      { key: KEY, value: 'ours' },
    ]);

    expect(await topic.appended(0, 2n, 1)).toEqual([OTHER]);
    expect(offsetOf(OTHER)).toBe('{"offset":7}');
    expect(await topic.appended(0, 3n, 1)).toEqual([]);
  });

  test('reads what was appended in a transaction that failed', async () => {
    const { name, topic, offsetOf } = await follow();
    await kafka().produce(name, [{ key: KEY, value: '{"offset":3}' }]);
    await topic.appended(0, 1n, 1);
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

  test('that has lost records is told', async () => {
    const { topic } = await follow();

    await expect(topic.appended(0, 0n, 1)).rejects.toThrow('has lost records from offset 0 on');
  });

  test('that was created anew is told', async () => {
    const { name } = await follow();
    let end = 1n;
    const ends: TopicLog['ends'] = async () => new Map([[0, end]]);
    const topic = await followTopic({ ...log, ends }, name, [aFlow({ offsetsTopic: name })]);
    end = 0n;

    await expect(topic.catchUp()).rejects.toThrow('the topic was created anew or has lost records');
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

    await expect(read).rejects.toThrow();
    expect(taken).toEqual([]);
  });
});
