import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import kafkajs, { type Producer } from 'kafkajs';
import { openTopicLog, type TopicLog } from '../../../functions/kafka/topic-log.ts';
import { inTransaction, type OutgoingRecord, send, sizeOf } from '../../../functions/kafka/transaction.ts';
import { useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(30_000);

const kafka = useKafka();
let log: TopicLog;
let producer: Producer;

beforeAll(async () => {
  log = openTopicLog(kafka().kafka);
  producer = kafka().kafka.producer({
    transactionalId: randomUUID(),
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
  });
  await Promise.all([log.connect(), producer.connect()]);
});
afterAll(() => Promise.all([log.disconnect(), producer.disconnect()]));

const record = (topic: string, fields: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  topic,
  partition: 0,
  key: 'key',
  value: Buffer.from('value'),
  headers: {},
  ...fields,
});

const outcomes = async (topic: string): Promise<readonly string[]> => {
  const found: string[] = [];
  await log.read(topic, await log.starts(topic), await log.ends(topic), ({ outcome }) => found.push(outcome));
  return found;
};

const LIMIT = () => 800_000;

describe('a send', () => {
  test('tells where the records of each topic and partition were appended', async () => {
    const [a, b] = [await kafka().createTopic({}, 2), await kafka().createTopic({}, 2)];
    await kafka().produce(a, [{ key: 'k', value: 'before', partition: 1 }]);

    const appended = await inTransaction(producer, (transaction) =>
      send(transaction, [record(a, { partition: 1 }), record(b), record(a, { partition: 1 })], LIMIT),
    );

    expect(appended.map(({ records, ...where }) => ({ ...where, count: records.length }))).toEqual([
      { topic: a, partition: 1, baseOffset: 1n, count: 2 },
      { topic: b, partition: 0, baseOffset: 0n, count: 1 },
    ]);
  });

  test('is several sends where a partition has more than its largest batch, one after the other', async () => {
    const topic = await kafka().createTopic();
    const large = Array.from({ length: 3 }, () => record(topic, { value: Buffer.alloc(500_000) }));

    const appended = await inTransaction(producer, (transaction) => send(transaction, large, LIMIT));

    expect(appended.map(({ baseOffset, records }) => [baseOffset, records.length])).toEqual([
      [0n, 1],
      [1n, 1],
      [2n, 1],
    ]);
  });
});

describe('the size of a record', () => {
  test('is never less than what the broker counts', async () => {
    const headers = { 'mm2-migration': 'x'.repeat(100) };
    const one = record('', { key: 'k'.repeat(300), value: Buffer.alloc(300), headers });
    // A topic that takes exactly such a batch.
    const topic = await kafka().createTopic({ 'max.message.bytes': String(sizeOf(one)) });

    const appended = await inTransaction(producer, (transaction) =>
      send(
        transaction,
        [1, 2, 3].map(() => ({ ...one, topic })),
        () => sizeOf(one),
      ),
    );

    expect(appended.map(({ records }) => records.length)).toEqual([1, 1, 1]);
  });
});

describe('a transaction', () => {
  test('is aborted when its work throws, and the next one goes on', async () => {
    const topic = await kafka().createTopic();
    const failing = inTransaction(producer, async (transaction) => {
      await send(transaction, [record(topic)], LIMIT);
      throw new Error('the work failed');
    });
    await expect(failing).rejects.toThrow('the work failed');

    await inTransaction(producer, (transaction) => send(transaction, [record(topic)], LIMIT));
    while ((await log.ends(topic)).get(0) !== 4n) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }

    expect(await outcomes(topic)).toEqual(['aborted', 'committed']);
  });
});
