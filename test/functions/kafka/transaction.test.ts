import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import kafkajs, { type Producer } from 'kafkajs';
import { openTopicLog, type TopicLog } from '../../../functions/kafka/topic-log.ts';
import {
  createPartitioner,
  inTransaction,
  isFenced,
  type OutgoingRecord,
  send,
} from '../../../functions/kafka/transaction.ts';
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
  value: 'value',
  headers: {},
  ...fields,
});

const outcomes = async (topic: string): Promise<readonly string[]> => {
  const found: string[] = [];
  await log.read(topic, await log.starts(topic), await log.ends(topic), ({ outcome }) => found.push(outcome));
  return found;
};

interface Vector {
  readonly keyBase64: string;
  readonly partitionOf25: number;
  readonly partitionOf7: number;
}

// Partitions that Java's murmur2 chose, of keys that Kafka's own classes wrote.
const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../offsets/mm2-offset-records.json', import.meta.url), 'utf8'),
);

describe('the partition of a key', () => {
  test.each(vectors)('is the one that Java picks: $keyBase64', ({ keyBase64, partitionOf25, partitionOf7 }) => {
    const key = Buffer.from(keyBase64, 'base64').toString();

    expect(createPartitioner(25)(key)).toBe(partitionOf25);
    expect(createPartitioner(7)(key)).toBe(partitionOf7);
  });
});

describe('a refusal', () => {
  const fenced = Object.assign(new Error('The producer attempted to use an old epoch'), {
    type: 'INVALID_PRODUCER_EPOCH',
  });

  test('by a newer producer is known by its type, however deep it lies', () => {
    expect(isFenced(fenced)).toBe(true);
    expect(isFenced(new Error('not sent', { cause: new Error('refused', { cause: fenced }) }))).toBe(true);
  });

  test.each([
    ['another error of Kafka', Object.assign(new Error('not authorized'), { type: 'TOPIC_AUTHORIZATION_FAILED' })],
    ['an error that only quotes the type', new Error('INVALID_PRODUCER_EPOCH')],
    ['no error', 'INVALID_PRODUCER_EPOCH'],
  ])('for another reason is none by a newer producer: %s', (_what, error) => {
    expect(isFenced(error)).toBe(false);
  });
});

describe('a send', () => {
  test('tells where the records of each topic and partition were appended', async () => {
    const [a, b] = [await kafka().createTopic({}, 2), await kafka().createTopic({}, 2)];
    await kafka().produce(a, [{ key: 'k', value: 'before', partition: 1 }]);

    const appended = await inTransaction(producer, (transaction) =>
      send(transaction, [record(a, { partition: 1 }), record(b), record(a, { partition: 1 })]),
    );

    expect(appended).toEqual([
      { topic: a, partition: 1, baseOffset: 1n, count: 2 },
      { topic: b, partition: 0, baseOffset: 0n, count: 1 },
    ]);
  });

  test('is several sends where a partition has more than its largest batch, one after the other', async () => {
    const topic = await kafka().createTopic();
    const large = Array.from({ length: 3 }, () => record(topic, { value: 'x'.repeat(500_000) }));

    const appended = await inTransaction(producer, (transaction) => send(transaction, large));

    expect(appended.map(({ baseOffset, count }) => [baseOffset, count])).toEqual([
      [0n, 1],
      [1n, 1],
      [2n, 1],
    ]);
  });
});

describe('a transaction', () => {
  test('is aborted when its work throws, and the next one goes on', async () => {
    const topic = await kafka().createTopic();
    const failing = inTransaction(producer, async (transaction) => {
      await send(transaction, [record(topic)]);
      throw new Error('the work failed');
    });
    await expect(failing).rejects.toThrow('the work failed');

    await inTransaction(producer, (transaction) => send(transaction, [record(topic)]));
    while ((await log.ends(topic)).get(0) !== 4n) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }

    expect(await outcomes(topic)).toEqual(['aborted', 'committed']);
  });
});
