import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import kafkajs, { type Producer } from 'kafkajs';
import { FencedError, KafkaError } from '../../../functions/errors.ts';
import { openTopicLog } from '../../../functions/kafka/topic-log.ts';
import type { OutgoingRecord } from '../../../functions/kafka/transaction.ts';
import { createFencedTransactions } from '../../../functions/writing/fencing.ts';
import { useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(60_000);

// By default the brokers look for transactions that took too long every 10 seconds.
const kafka = useKafka({
  serverProperties: { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '200' },
});

const producers: Producer[] = [];
afterAll(() => Promise.allSettled(producers.map((producer) => producer.disconnect())));

/** An instance of a deployment. */
const createInstance = (transactionalId: string, transactionTimeoutMs = 60_000) => {
  let connected = 0;
  const transactions = createFencedTransactions({
    connectProducer: async () => {
      const producer = kafka().kafka.producer({
        transactionalId,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        transactionTimeout: transactionTimeoutMs,
        maxInFlightRequests: 1,
      });
      producers.push(producer);
      await producer.connect();
      connected += 1;
      return producer;
    },
    findCoordinator: async () => undefined,
    transactionTimeoutMs,
    maxBatchBytes: () => 800_000,
  });
  return { transactions, connected: () => connected };
};

const record = (topic: string, value: string): OutgoingRecord => ({
  topic,
  partition: 0,
  key: 'key',
  value: Buffer.from(value),
  headers: {},
});

/** What a reader of committed records sees, once every transaction has ended. */
const committedIn = async (topic: string): Promise<readonly string[]> => {
  const log = openTopicLog(kafka().kafka);
  await log.connect();
  try {
    for (;;) {
      const outcomes: string[] = [];
      const values: string[] = [];
      await log.read(topic, await log.starts(topic), await log.ends(topic), ({ value, outcome }) => {
        outcomes.push(outcome);
        if (outcome === 'committed') {
          values.push(String(value));
        }
      });
      if (!outcomes.includes('open')) {
        return values;
      }
      await sleep(20);
    }
  } finally {
    await log.disconnect();
  }
};

describe('transactions that all instances of a deployment share', () => {
  test('run on one producer, however many they are', async () => {
    const topic = await kafka().createTopic();
    const { transactions, connected } = createInstance(randomUUID());

    for (const value of ['a', 'b']) {
      await transactions.takeOver();
      await transactions.run((send) => send([record(topic, value)]));
    }

    expect(await committedIn(topic)).toEqual(['a', 'b']);
    expect(connected()).toBe(1);
  });

  test('belong to the newest instance; the older one is told so, and takes over in turn', async () => {
    const topic = await kafka().createTopic();
    const id = randomUUID();
    const [older, newer] = [createInstance(id), createInstance(id)];
    await older.transactions.takeOver();
    await newer.transactions.takeOver();

    const refused = older.transactions.run((send) => send([record(topic, 'too late')]));
    await expect(refused).rejects.toThrow(FencedError);
    await expect(refused).rejects.toThrow('Another instance of this deployment has taken over');
    await newer.transactions.run((send) => send([record(topic, 'newer')]));
    await older.transactions.run((send) => send([record(topic, 'in turn')]));

    expect(await committedIn(topic)).toEqual(['newer', 'in turn']);
    expect(older.connected()).toBe(2);
  });

  test('are aborted where another instance takes over in the midst of one', async () => {
    const topic = await kafka().createTopic();
    const id = randomUUID();
    const [older, newer] = [createInstance(id), createInstance(id)];

    const refused = older.transactions.run(async (send) => {
      await send([record(topic, 'half')]);
      await newer.transactions.takeOver();
      await send([record(topic, 'other half')]);
    });

    await expect(refused).rejects.toThrow(FencedError);
    expect(await committedIn(topic)).toEqual([]);
  });

  test('that outlast their time are not taken for a rival: the error names the time and what to look at', async () => {
    const topic = await kafka().createTopic();
    const { transactions } = createInstance(randomUUID(), 1_000);

    const refused = transactions.run(async (send) => {
      await send([record(topic, 'slow')]);
      await sleep(3_000);
      await send([record(topic, 'too late')]);
    });

    await expect(refused).rejects.toThrow(KafkaError);
    await expect(refused).rejects.toThrow(/The transaction took \d+ s, and the brokers ended it after 1 s;.*quotas/);
    await transactions.run((send) => send([record(topic, 'next')]));
    expect(await committedIn(topic)).toEqual(['next']);
  });

  test('pass on what else goes wrong, and keep their producer', async () => {
    const topic = await kafka().createTopic();
    const { transactions, connected } = createInstance(randomUUID());

    const failed = transactions.run(async (send) => {
      await send([record(topic, 'given up')]);
      throw new RangeError('the work failed');
    });
    await expect(failed).rejects.toThrow(RangeError);
    await transactions.run((send) => send([record(topic, 'next')]));

    expect(await committedIn(topic)).toEqual(['next']);
    expect(connected()).toBe(1);
  });
});
