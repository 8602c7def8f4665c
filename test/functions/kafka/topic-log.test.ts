import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type LogRecord, openTopicLog, type TopicLog } from '../../../functions/kafka/topic-log.ts';
import { useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(60_000);

const kafka = useKafka({ serverProperties: { 'log.cleaner.backoff.ms': '200' } });
let log: TopicLog;

beforeAll(async () => {
  log = openTopicLog(kafka().kafka);
  await log.connect();
});
afterAll(() => log.disconnect());

const readAll = async (topic: string): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = [];
  await log.read(topic, await log.starts(topic), await log.ends(topic), (record) => records.push(record));
  return records.sort((a, b) => a.partition - b.partition);
};

/** The marker of a transaction that has ended comes a moment later. */
const untilEnd = async (topic: string, end: bigint) => {
  while ((await log.ends(topic)).get(0) !== end) {
    await sleep(20);
  }
};

/** Nearly as much as the broker takes in one batch. */
const LARGE = 'x'.repeat(900_000);

const valuesOf = (records: readonly LogRecord[]) => records.map(({ value }) => value?.toString() ?? null);

describe('a topic log', () => {
  test('reads keys, values, tombstones, timestamps and headers of every partition', async () => {
    const topic = await kafka().createTopic({}, 3);
    await kafka().produce(topic, [
      { key: 'a', value: '1', partition: 0, timestamp: 1_700_000_000_001, headers: { once: 'a', twice: ['b', 'c'] } },
      { key: null, value: '2', partition: 2 },
      { key: 'a', value: null, partition: 0 },
    ]);

    const records = await readAll(topic);

    expect(records).toHaveLength(3);
    expect(records[0]).toEqual({
      partition: 0,
      offset: 0n,
      timestamp: 1_700_000_000_001,
      key: Buffer.from('a'),
      value: Buffer.from('1'),
      headers: { once: Buffer.from('a'), twice: [Buffer.from('b'), Buffer.from('c')] },
      outcome: 'committed',
    });
    expect(records[1]).toMatchObject({ partition: 0, offset: 1n, value: null, headers: {} });
    expect(records[2]).toMatchObject({ partition: 2, key: null, value: Buffer.from('2') });
  });

  test('reads from where it is told, up to where it is told', async () => {
    const topic = await kafka().createTopic();
    await kafka().produce(
      topic,
      ['0', '1', '2', '3'].map((value) => ({ key: 'k', value })),
    );

    const values: (string | undefined)[] = [];
    await log.read(topic, new Map([[0, 1n]]), new Map([[0, 3n]]), ({ value }) => values.push(value?.toString()));

    expect(values).toEqual(['1', '2']);
  });

  test('ends at once where the topic is empty', async () => {
    const topic = await kafka().createTopic({}, 2);

    await expect(readAll(topic)).resolves.toEqual([]);
  });

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads what the broker compressed with %s', async (codec) => {
    const topic = await kafka().createTopic({ 'compression.type': codec });
    const values = Array.from({ length: 2_000 }, (_, n) => `{"offset":${n}}`.repeat(20));
    await kafka().produce(
      topic,
      values.map((value) => ({ key: 'k', value })),
    );

    expect(valuesOf(await readAll(topic))).toEqual(values);
  });

  test('ends where the last record is the marker of a committed transaction', async () => {
    const topic = await kafka().createTopic();
    const transaction = await kafka().openTransaction(topic, [{ key: 'k', value: 'committed' }]);
    await transaction.commit();
    await untilEnd(topic, 2n);

    const records = await readAll(topic);

    expect(valuesOf(records)).toEqual(['committed']);
    expect(records[0]?.outcome).toBe('committed');
  });

  test('reads an open transaction, and says that it is not committed', async () => {
    const topic = await kafka().createTopic();
    await kafka().produce(topic, [{ key: 'k', value: 'before' }]);
    const transaction = await kafka().openTransaction(topic, [{ key: 'k', value: 'open' }]);

    const records = await readAll(topic);

    expect(records.map(({ value, outcome }) => [value?.toString(), outcome])).toEqual([
      ['before', 'committed'],
      ['open', 'open'],
    ]);
    await transaction.abort();
  });

  test('reads an aborted transaction between two committed ones, and tells them apart', async () => {
    const topic = await kafka().createTopic();
    for (const [value, end] of [
      ['first', 'commit'],
      ['aborted', 'abort'],
      ['last', 'commit'],
    ] as const) {
      const transaction = await kafka().openTransaction(topic, [{ key: 'k', value }]);
      await transaction[end]();
    }
    await untilEnd(topic, 6n);

    const records = await readAll(topic);

    expect(records.map(({ value, outcome }) => [value?.toString(), outcome])).toEqual([
      ['first', 'committed'],
      ['aborted', 'aborted'],
      ['last', 'committed'],
    ]);
  });

  test.each([
    ['committed', 'commit'],
    ['aborted', 'abort'],
  ] as const)(
    'tells that a transaction was %s whose marker comes in a later fetch, and keeps the order of what is between',
    async (outcome, end) => {
      const topic = await kafka().createTopic();
      const large = (name: string) => ({ key: name, value: LARGE });
      await kafka().produce(topic, [{ key: 'before', value: '' }]);
      const transaction = await kafka().openTransaction(topic, [large('t0')]);
      // More than the 4 MiB of a partition that one fetch gets.
      for (const n of [1, 2, 3, 4, 5, 6]) {
        await kafka().produce(topic, [{ key: `p${n}`, value: '' }]);
        await transaction.send({ topic, messages: [large(`t${n}`)] });
      }
      await transaction[end]();
      await untilEnd(topic, 15n);
      await kafka().produce(topic, [{ key: 'after', value: '' }]);
      await untilEnd(topic, 16n);

      const records = await readAll(topic);

      expect(records.map(({ key, offset, outcome }) => [key?.toString(), offset, outcome])).toEqual([
        ['before', 0n, 'committed'],
        ['t0', 1n, outcome],
        ...[1, 2, 3, 4, 5, 6].flatMap((n) => [
          [`p${n}`, BigInt(2 * n), 'committed'],
          [`t${n}`, BigInt(2 * n + 1), outcome],
        ]),
        ['after', 15n, 'committed'],
      ]);
      expect(records.every(({ key, value }) => value?.length === (/^t/.test(String(key)) ? LARGE.length : 0))).toBe(
        true,
      );
    },
  );

  test('tells two large transactions apart that were open at once, the first one still open', async () => {
    const topic = await kafka().createTopic();
    const open = await kafka().openTransaction(topic, [{ key: 'open', value: LARGE }]);
    const other = await kafka().openTransaction(topic, [{ key: 'committed', value: LARGE }]);
    for (const _ of [1, 2, 3]) {
      await open.send({ topic, messages: [{ key: 'open', value: LARGE }] });
      await other.send({ topic, messages: [{ key: 'committed', value: LARGE }] });
    }
    await other.commit();
    await untilEnd(topic, 9n);

    const records = await readAll(topic);

    expect(records.map(({ key, offset, outcome }) => [key?.toString(), offset, outcome])).toEqual(
      [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].map((offset) =>
        offset % 2n === 0n ? ['open', offset, 'open'] : ['committed', offset, 'committed'],
      ),
    );
    await open.abort();
  });

  test('says of a large transaction that it is open where the marker comes after the end that is told', async () => {
    const topic = await kafka().createTopic();
    const transaction = await kafka().openTransaction(topic, [{ key: 'k', value: LARGE }]);
    for (const _ of [1, 2, 3, 4, 5]) {
      await transaction.send({ topic, messages: [{ key: 'k', value: LARGE }] });
    }
    await transaction.commit();
    await untilEnd(topic, 7n);

    const records: LogRecord[] = [];
    await log.read(topic, new Map([[0, 1n]]), new Map([[0, 6n]]), (record) => records.push(record));

    expect(records.map(({ offset, outcome }) => [offset, outcome])).toEqual(
      [1n, 2n, 3n, 4n, 5n].map((offset) => [offset, 'open']),
    );
  });

  test('ends where everything was deleted', async () => {
    const topic = await kafka().createTopic();
    await kafka().produce(topic, [{ key: 'k', value: 'gone' }]);
    const admin = kafka().kafka.admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topic); // loads the metadata that kafkajs needs below
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '-1' }] });
    await admin.disconnect();

    await expect(readAll(topic)).resolves.toEqual([]);
  });

  test('gets past what compaction has removed', async () => {
    // Segments roll with every few records and are cleaned at once.
    const topic = await kafka().createTopic({
      'cleanup.policy': 'compact',
      'segment.bytes': '1048576',
      'segment.ms': '1',
      'min.cleanable.dirty.ratio': '0.01',
      'min.compaction.lag.ms': '0',
      'max.compaction.lag.ms': '1',
      'delete.retention.ms': '0',
    });
    let produced = 0;
    const produce = () => kafka().produce(topic, [{ key: 'k', value: String(produced++) }]);
    while (produced < 20) {
      await produce();
    }

    let records = await readAll(topic);
    while (records.length > 5 && produced < 60) {
      await sleep(400);
      await produce();
      records = await readAll(topic);
    }

    expect(records.length).toBeLessThanOrEqual(5);
    expect(records.at(-1)?.value?.toString()).toBe(String(produced - 1));
  });
});
