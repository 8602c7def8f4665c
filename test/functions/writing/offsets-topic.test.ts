import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { KafkaError, OffsetsTopicError } from '../../../functions/errors.ts';
import { ensureOffsetsTopic } from '../../../functions/writing/offsets-topic.ts';
import { useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(30_000);

const kafka = useKafka();
let admin: Admin;

beforeAll(async () => {
  admin = kafka().kafka.admin();
  await admin.connect();
});
afterAll(() => admin.disconnect());

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

    await ensureOffsetsTopic(admin, topic);

    expect(await partitionsOf(topic)).toBe(25);
    expect(await configOf(topic, 'cleanup.policy')).toBe('compact');
    expect(await configOf(topic, 'segment.ms')).toBe('3600000');
  });

  test('is not looked at where this call has created it, for not every broker may know it yet', async () => {
    const topic = `mm2-offsets.${randomUUID()}.internal`;
    const described: string[] = [];
    const describeConfigs: Admin['describeConfigs'] = (options) => {
      described.push(...options.resources.map(({ name }) => name));
      return admin.describeConfigs(options);
    };

    await ensureOffsetsTopic({ ...admin, describeConfigs }, topic);
    expect(described).toEqual([]);

    await ensureOffsetsTopic({ ...admin, describeConfigs }, topic);
    expect(new Set(described)).toEqual(new Set([topic]));
  });

  test('is looked at where another instance has created it in the meantime', async () => {
    const topic = await kafka().createTopic({ 'cleanup.policy': 'delete' });
    const listTopics: Admin['listTopics'] = async () => [];

    await expect(ensureOffsetsTopic({ ...admin, listTopics }, topic)).rejects.toThrow(
      `"${topic}" has cleanup.policy=delete`,
    );
  });

  test('says that no broker answered, where kafkajs says that it cannot destructure null', async () => {
    const listTopics: Admin['listTopics'] = () => Promise.reject(new TypeError('Cannot destructure property'));

    await expect(ensureOffsetsTopic({ ...admin, listTopics }, 'topic')).rejects.toThrow(KafkaError);
  });

  test('keeps its own segment.ms when it is there', async () => {
    const topic = await kafka().createTopic({ 'cleanup.policy': 'compact', 'segment.ms': '7200000' });

    await ensureOffsetsTopic(admin, topic);

    expect(await configOf(topic, 'segment.ms')).toBe('7200000');
  });

  test('is left as it is when it is there, whatever its number of partitions', async () => {
    const topic = await kafka().createTopic({ 'cleanup.policy': 'compact' }, 7);

    await ensureOffsetsTopic(admin, topic);

    expect(await partitionsOf(topic)).toBe(7);
  });

  test('may be created by two instances at once', async () => {
    const topic = `mm2-offsets.${randomUUID()}.internal`;

    await Promise.all([ensureOffsetsTopic(admin, topic), ensureOffsetsTopic(admin, topic)]);

    expect(await partitionsOf(topic)).toBe(25);
  });

  test.each(['delete', 'compact,delete'])('is refused with cleanup.policy=%s, and the fix is said', async (policy) => {
    const topic = await kafka().createTopic({ 'cleanup.policy': policy });

    const ensured = ensureOffsetsTopic(admin, topic);

    await expect(ensured).rejects.toThrow(OffsetsTopicError);
    await expect(ensured).rejects.toThrow(`"${topic}" has cleanup.policy=${policy}`);
    await expect(ensured).rejects.toThrow('--add-config cleanup.policy=compact');
  });

  test('is not created with a replication factor that the brokers cannot meet', async () => {
    const topic = `mm2-offsets.${randomUUID()}.internal`;

    const ensured = ensureOffsetsTopic(admin, topic, 3);

    await expect(ensured).rejects.toThrow(OffsetsTopicError);
    await expect(ensured).rejects.toThrow(
      /"mm2-offsets.*" cannot be created with replication factor 3 .*Replication-factor is invalid; correct/,
    );
  });
});
