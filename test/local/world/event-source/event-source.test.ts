import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Admin, Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import {
  type EventSource,
  type EventSourceOptions,
  startEventSource,
} from '../../../../local/world/event-source/event-source.ts';
import { type KafkaCluster, startCluster } from '../../../../local/world/kafka/cluster.ts';
import { createTopics } from '../../../../local/world/kafka/create-topics.ts';

interface DeliveredRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value?: string;
}

let cluster: KafkaCluster;
let admin: Admin;
let producer: Producer;
let topic: string;
let topics = 0;
const running: EventSource[] = [];

beforeAll(async () => {
  cluster = await startCluster();
  const kafka = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  // Idempotent, so that a broker's restart does not make it write a record twice.
  producer = kafka.producer({ idempotent: true, retry: { retries: 10 } });
  await Promise.all([admin.connect(), producer.connect()]);
}, 60_000);

afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await cluster.close();
}, 20_000);

beforeEach(async () => {
  topics += 1;
  topic = `offsets-${topics}`;
  await createTopics(admin, [{ topic, numPartitions: 3 }]);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((source) => source.stop()));
}, 20_000);

const send = (...messages: Message[]) => producer.send({ topic, messages });

const start = async (invoke: EventSourceOptions['invoke'], options: Partial<EventSourceOptions> = {}) => {
  const source = await startEventSource({
    brokers: cluster.brokers,
    topic,
    consumerGroup: `group-of-${topic}`,
    batchingWindowMs: 50,
    invoke,
    ...options,
  });
  running.push(source);
  return source;
};

/** A function that takes every event, and what it was given. */
const recorder = () => {
  const events: string[] = [];
  return {
    events,
    invoke: async (eventJson: string) => {
      events.push(eventJson);
    },
    records: () => events.flatMap(recordsOf),
  };
};

const recordsOf = (eventJson: string): DeliveredRecord[] =>
  Object.values<DeliveredRecord[]>(JSON.parse(eventJson).records).flat();

const coordinates = (records: readonly DeliveredRecord[]) =>
  records.map(({ partition, offset }) => `${partition}:${offset}`).sort();

describe('the event source', () => {
  test('begins at the beginning for a new consumer group, and delivers all partitions in one event', async () => {
    await send({ partition: 0, value: 'a' }, { partition: 1, value: 'b' }, { partition: 0, value: 'c' });
    const { invoke, events, records } = recorder();

    const source = await start(invoke, { batchingWindowMs: 1_000 });
    await source.idle();

    expect(events).toHaveLength(1);
    expect(coordinates(records())).toEqual(['0:0', '0:1', '1:0']);
    expect(JSON.parse(events[0] ?? '').bootstrapServers).toBe(cluster.bootstrapServers);
    expect(source).toMatchObject({ invocations: 1, failures: 0, records: 3 });
  });

  test("passes a record's bytes on, and no value field for a tombstone", async () => {
    const bytes = Buffer.from([0, 200, 255]);
    const headers = { name: [Buffer.from([1, 255]), Buffer.from('b')] };
    await send({ partition: 0, key: bytes, value: bytes, headers, timestamp: '1545084650987' });
    await send({ partition: 0, key: bytes, value: null, timestamp: '1545084650988' });
    const { invoke, records } = recorder();

    const source = await start(invoke);
    await source.idle();

    const common = { topic, partition: 0, timestampType: 'CREATE_TIME', key: bytes.toString('base64') };
    expect(records()).toEqual([
      {
        ...common,
        offset: 0,
        timestamp: 1545084650987,
        value: bytes.toString('base64'),
        headers: [{ name: [1, -1] }, { name: [98] }],
      },
      { ...common, offset: 1, timestamp: 1545084650988, headers: [] },
    ]);
  });

  test('repeats the same whole batch until the function takes it, and reads no further meanwhile', async () => {
    await send({ partition: 0, value: 'a' }, { partition: 1, value: 'b' });
    const events: string[] = [];
    const source = await start(async (eventJson) => {
      events.push(eventJson);
      if (events.length < 3) {
        await send({ partition: 0, value: `during attempt ${events.length}` });
        throw new Error('the function failed');
      }
    });
    await source.idle();
    await source.idle();

    expect(new Set(events.slice(0, 3)).size).toBe(1);
    expect(coordinates(recordsOf(events[0] ?? ''))).toEqual(['0:0', '1:0']);
    expect(source).toMatchObject({ failures: 2, records: 4 });
  });

  test('never puts more than the batch size into an event', async () => {
    await send(...Array.from({ length: 25 }, (_, index) => ({ partition: index % 3, value: `${index}` })));
    const { invoke, events, records } = recorder();

    const source = await start(invoke, { batchSize: 10 });
    await source.idle();

    expect(events.map((event) => recordsOf(event).length)).toEqual([10, 10, 5]);
    expect(new Set(coordinates(records())).size).toBe(25);
  });

  test('invokes strictly one at a time', async () => {
    await send(...Array.from({ length: 20 }, (_, index) => ({ partition: index % 3, value: `${index}` })));
    let running = 0;
    let most = 0;

    const source = await start(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(30);
        running -= 1;
      },
      { batchSize: 5, batchingWindowMs: 0 },
    );
    await source.idle();

    expect(most).toBe(1);
    expect(source.invocations).toBeGreaterThanOrEqual(4);
  });

  test('goes on where the consumer group left off, and from the beginning under another name', async () => {
    await send({ partition: 0, value: 'before' });
    const first = await start(recorder().invoke);
    await first.idle();
    await first.stop();
    await send({ partition: 0, value: 'after' });
    const same = recorder();
    const other = recorder();

    const sources = await Promise.all([start(same.invoke), start(other.invoke, { consumerGroup: `other-${topic}` })]);
    await Promise.all(sources.map((source) => source.idle()));

    expect(coordinates(same.records())).toEqual(['0:1']);
    expect(coordinates(other.records())).toEqual(['0:0', '0:1']);
  });

  test('leaves a batch that failed to its successor when it is stopped', async () => {
    await send({ partition: 0, value: 'a' });
    const failing = await start(() => Promise.reject(new Error('the function fails')));
    while (failing.failures === 0) {
      await sleep(20);
    }
    const idle = failing.idle();
    const refused = expect(idle).rejects.toThrow('was stopped before it had delivered all');
    await failing.stop();
    await refused;
    const { invoke, records } = recorder();

    const successor = await start(invoke);
    await successor.idle();

    expect(coordinates(records())).toEqual(['0:0']);
  });

  test('stops though the function hangs', async () => {
    await send({ partition: 0, value: 'a' });
    const source = await start(() => new Promise(() => {}), { stopTimeoutMs: 100 });
    while (source.invocations === 0) {
      await sleep(20);
    }

    await source.stop();

    expect(source).toMatchObject({ invocations: 1, failures: 0, records: 0 });
  });

  test('refuses a topic that does not exist', async () => {
    await expect(start(recorder().invoke, { topic: 'missing' })).rejects.toThrow('topic missing cannot be read');
  });

  test('says which record is too large for any event', async () => {
    const largest = 5_000_000;
    await createTopics(admin, [
      {
        topic: `large-${topic}`,
        configEntries: [{ name: 'max.message.bytes', value: '6000000' }],
      },
    ]);
    await producer.send({ topic: `large-${topic}`, messages: [{ value: Buffer.alloc(largest) }] });

    const source = await start(recorder().invoke, { topic: `large-${topic}` });

    await expect(source.idle()).rejects.toThrow(
      `the record at offset 0 of large-${topic}, partition 0, makes an event`,
    );
  });

  test('delivers a record that waited, and those after it, once though the broker is killed and comes back', async () => {
    const { invoke, records } = recorder();
    let isBack = false;
    const source = await start((eventJson) => (isBack ? invoke(eventJson) : Promise.reject(new Error('not yet'))));
    await send({ partition: 0, value: 'before' });
    while (source.failures === 0) {
      await sleep(20);
    }

    await cluster.kill();
    await cluster.restart();
    await send({ partition: 0, value: 'after' }, { partition: 1, value: 'after' });
    isBack = true;
    await source.idle();

    expect(coordinates(records())).toEqual(['0:0', '0:1', '1:0']);
  }, 40_000);
});
