import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import kafkajs, { type Admin, ConfigResourceTypes } from 'kafkajs';
import { KafkaError, OffsetsTopicError } from '../../../functions/errors.ts';
import type { KafkaLog } from '../../../functions/kafka/client.ts';
import { ensureOffsetsTopic } from '../../../functions/writing/offsets-topic.ts';
import { useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(30_000);

const kafka = useKafka();
let admin: Admin;
const warn = jest.fn<KafkaLog['warn']>();
const log = { debug: () => undefined, warn };

beforeAll(async () => {
  admin = kafka().kafka.admin();
  await admin.connect();
});
afterAll(() => admin.disconnect());
afterEach(() => {
  warn.mockClear();
});

const configOf = async (topic: string, name: string) => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }],
  });
  return resources[0]?.configEntries[0]?.configValue;
};

const partitionsOf = async (topic: string) =>
  (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length;

describe("MM2's offsets topic", () => {
  test('is created with 25 partitions and compaction alone', async () => {
    const topic = `mm2-offsets.${randomUUID()}.internal`;

    await ensureOffsetsTopic(admin, topic, log);

    expect(await partitionsOf(topic)).toBe(25);
    expect(await configOf(topic, 'cleanup.policy')).toBe('compact');
    expect(await configOf(topic, 'segment.ms')).toBe('3600000');
  });

  test('is asked for again where not every broker knows yet what this call has created', async () => {
    const topic = `mm2-offsets.${randomUUID()}.internal`;
    let isKnown = false;
    const describeConfigs: Admin['describeConfigs'] = async (options) => {
      if (isKnown) {
        return await admin.describeConfigs(options);
      }
      isKnown = true;
      throw Object.assign(new Error('This server does not host this topic-partition'), { retriable: true });
    };

    const ensured = await ensureOffsetsTopic({ ...admin, describeConfigs }, topic, log);

    expect(ensured).toEqual({ name: topic, maxBatchBytes: 1_048_588 });
  });

  test('is looked at where another instance has created it in the meantime', async () => {
    const topic = await kafka().createTopic({ 'cleanup.policy': 'delete' });
    const listTopics: Admin['listTopics'] = async () => [];

    await expect(ensureOffsetsTopic({ ...admin, listTopics }, topic, log)).rejects.toThrow(
      `"${topic}" has cleanup.policy=delete`,
    );
  });

  test('says that no broker answered, where kafkajs says that it cannot destructure null', async () => {
    const listTopics: Admin['listTopics'] = () => Promise.reject(new TypeError('Cannot destructure property'));

    await expect(ensureOffsetsTopic({ ...admin, listTopics }, 'topic', log)).rejects.toThrow(KafkaError);
  });

  test('keeps its own segment.ms when it is there', async () => {
    const topic = await kafka().createTopic({ 'cleanup.policy': 'compact', 'segment.ms': '7200000' });

    await ensureOffsetsTopic(admin, topic, log);

    expect(await configOf(topic, 'segment.ms')).toBe('7200000');
  });

  test('is left as it is when it is there, whatever its number of partitions', async () => {
    const topic = await kafka().createTopic({ 'cleanup.policy': 'compact' }, 7);

    await ensureOffsetsTopic(admin, topic, log);

    expect(await partitionsOf(topic)).toBe(7);
  });

  test('may be created by two instances at once', async () => {
    const topic = `mm2-offsets.${randomUUID()}.internal`;

    await Promise.all([ensureOffsetsTopic(admin, topic, log), ensureOffsetsTopic(admin, topic, log)]);

    expect(await partitionsOf(topic)).toBe(25);
  });

  test.each(['delete', 'compact,delete'])('is refused with cleanup.policy=%s, and the fix is said', async (policy) => {
    const topic = await kafka().createTopic({ 'cleanup.policy': policy });

    const ensured = ensureOffsetsTopic(admin, topic, log);

    await expect(ensured).rejects.toThrow(OffsetsTopicError);
    await expect(ensured).rejects.toThrow(`"${topic}" has cleanup.policy=${policy}`);
    await expect(ensured).rejects.toThrow('--add-config cleanup.policy=compact');
  });

  test('tells the largest batch that it takes', async () => {
    const topic = await kafka().createTopic({ 'cleanup.policy': 'compact', 'max.message.bytes': '2000' });

    expect(await ensureOffsetsTopic(admin, topic, log)).toEqual({ name: topic, maxBatchBytes: 2_000 });
  });

  test('is refused where the longest record would not fit into a batch, and the fix is said', async () => {
    const topic = await kafka().createTopic({ 'cleanup.policy': 'compact', 'max.message.bytes': '1999' });

    const ensured = ensureOffsetsTopic(admin, topic, log);

    await expect(ensured).rejects.toThrow(OffsetsTopicError);
    await expect(ensured).rejects.toThrow(`"${topic}" has max.message.bytes=1999`);
    await expect(ensured).rejects.toThrow('--add-config max.message.bytes=1048588');
  });

  test('is created without segment.ms where the brokers refuse it, and that is told', async () => {
    const topic = `mm2-offsets.${randomUUID()}.internal`;
    const createTopics: Admin['createTopics'] = (options) => {
      const entries = options.topics.flatMap(({ configEntries }) => configEntries ?? []);
      if (entries.some(({ name }) => name === 'segment.ms')) {
        // As kafkajs hands an Amazon MSK Serverless broker's refusal over.
        const refused = Object.assign(new Error('segment.ms cannot be set'), { type: 'INVALID_CONFIG' });
        throw new kafkajs.KafkaJSAggregateError('Topic creation errors', [refused]);
      }
      return admin.createTopics(options);
    };

    await ensureOffsetsTopic({ ...admin, createTopics }, topic, log);

    expect(await configOf(topic, 'cleanup.policy')).toBe('compact');
    expect(await configOf(topic, 'segment.ms')).not.toBe('3600000');
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('without segment.ms'),
      expect.objectContaining({ topic }),
    );
  });

  test('is not created with a replication factor that the brokers cannot meet', async () => {
    const topic = `mm2-offsets.${randomUUID()}.internal`;

    const ensured = ensureOffsetsTopic(admin, topic, log, 3);

    await expect(ensured).rejects.toThrow(OffsetsTopicError);
    await expect(ensured).rejects.toThrow(
      /"mm2-offsets.*" cannot be created with replication factor 3 .*Replication-factor is invalid; correct/,
    );
  });

  test.each([
    ['a connection that is lost', new kafkajs.KafkaJSConnectionError('Closed connection')],
    [
      'brokers that are busy',
      Object.assign(new Error('The request timed out'), { type: 'REQUEST_TIMED_OUT', retriable: true }),
    ],
  ])('is not at fault where %s keeps it from being created', async (_what, error) => {
    const createTopics: Admin['createTopics'] = () => Promise.reject(error);

    const ensured = ensureOffsetsTopic({ ...admin, createTopics }, `mm2-offsets.${randomUUID()}.internal`, log);

    await expect(ensured).rejects.toBe(error);
  });
});
