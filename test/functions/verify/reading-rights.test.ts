import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  ConfigResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { mm2Key } from '../../../functions/offsets/mm2-record.ts';
import { readReadiness } from '../../../functions/verify/reading.ts';
import { openReadingCluster } from '../../../functions/verify/reading-cluster.ts';
import { type Grant, grant } from '../../../local/world/kafka/acls.ts';
import { useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(60_000);

const PASSWORD = 'a-password';
const user = (username: string) => ({ username, password: PASSWORD });
const kafka = useKafka({
  listeners: ['scram'],
  authorizer: true,
  users: [user('reads-and-describes'), user('reads-alone'), user('nobody')],
});

const ANY_ACL = {
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  operation: AclOperationTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
};
const GROUP = 'the-event-source';
const compact = { 'cleanup.policy': 'compact' };
let admin: Admin;
let topic: string;
let replicatorOffsetsTopic: string;
let offsetsTopic: string;

beforeAll(async () => {
  admin = kafka().kafka.admin();
  await admin.connect();
  const onTopics = (operations: Grant['operations']): Grant => ({
    resource: 'topic',
    name: 'topic-',
    isPrefix: true,
    operations,
  });
  await grant(admin, 'reads-alone', [onTopics(['Read'])]);
  await grant(admin, 'reads-and-describes', [
    onTopics(['Read', 'DescribeConfigs']),
    { resource: 'group', name: GROUP, isPrefix: false, operations: ['Describe'] },
  ]);

  topic = await kafka().createTopic();
  await kafka().createTopic({}, 1, `${topic}.copy`);
  replicatorOffsetsTopic = await kafka().createTopic(compact);
  offsetsTopic = await kafka().createTopic(compact, 25);
  const records = [0, 1, 2].map((n) => ({ key: 'k', value: `v ${n}`, timestamp: 1_700_000_000_000 + n }));
  await kafka().produce(topic, records);
  await kafka().produce(`${topic}.copy`, records);
  await kafka().produce(replicatorOffsetsTopic, [
    { key: `["replicator",{"topic":"${topic}","partition":0}]`, value: '{"offset":2}' },
  ]);
  const key = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition: 0 });
  await kafka().produce(offsetsTopic, [{ key, value: '{"offset":2}' }]);
  await admin.setOffsets({
    groupId: GROUP,
    topic: replicatorOffsetsTopic,
    partitions: [{ partition: 0, offset: '1' }],
  });
}, 60_000);
afterAll(async () => {
  await admin?.disconnect();
});

const clientOf = (username: string, retries = 5): Kafka => {
  const { cluster } = kafka();
  return new Kafka({
    brokers: [cluster.bootstrapServersOf('scram')],
    ssl: { ca: [cluster.caCertificate] },
    sasl: { mechanism: 'scram-sha-512', username, password: PASSWORD },
    retry: { retries },
    logLevel: logLevel.NOTHING,
  });
};

const verifyAs = async (username: string, records: number | 'all' = 10) => {
  const reading = await openReadingCluster(clientOf(username));
  try {
    return await readReadiness({
      target: reading,
      source: reading,
      flows: parseConfiguration('the test', { flows: [{ mm2: { runsAs: 'dedicated', offsetsTopic } }] }).flows,
      replicatorOffsetsTopic,
      group: GROUP,
      records,
      targetTopic: (_flow, name) => `${name}.copy`,
    });
  } finally {
    await reading.close();
  }
};

const OWN_TOPICS = () => [topic, `${topic}.copy`, offsetsTopic, replicatorOffsetsTopic];

const settingsOf = async () => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: OWN_TOPICS().map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  return resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]);
};

/** Everything that could show a trace of somebody who did more than read. */
const stateOfCluster = async () => ({
  topics: (await admin.listTopics()).sort(),
  settings: await settingsOf(),
  groups: (await admin.listGroups()).groups.map(({ groupId }) => groupId).sort(),
  members: (await admin.describeGroups([GROUP])).groups.map(({ state, members }) => ({ state, members })),
  acls: await admin.describeAcls(ANY_ACL),
  group: await admin.fetchOffsets({ groupId: GROUP, topics: [replicatorOffsetsTopic] }),
  ends: await Promise.all(OWN_TOPICS().map((one) => admin.fetchTopicOffsets(one))),
});

test('needs no more than to read and describe, and leaves topics and group offsets as they were', async () => {
  const before = await stateOfCluster();

  const reports = [await verifyAs('reads-and-describes'), await verifyAs('reads-and-describes', 'all')];

  expect(reports.map(({ verdict }) => verdict)).toEqual(['READY', 'READY']);
  expect(await stateOfCluster()).toEqual(before);
});

test('the broker lets that user do nothing but read', async () => {
  const client = clientOf('reads-and-describes', 0);
  const [producer, itsAdmin] = [client.producer(), client.admin()];
  await Promise.all([producer.connect(), itsAdmin.connect()]);
  const refused = /authoriz/i;

  await expect(producer.send({ topic, messages: [{ value: 'x' }] })).rejects.toThrow(refused);
  await expect(itsAdmin.createTopics({ topics: [{ topic: 'topic-x' }] })).rejects.toMatchObject({
    errors: [{ type: expect.stringMatching(/_AUTHORIZATION_FAILED$/) }],
  });
  await expect(itsAdmin.deleteTopics({ topics: [topic] })).rejects.toThrow(refused);
  await expect(itsAdmin.deleteGroups([GROUP])).rejects.toMatchObject({
    groups: [{ error: { type: 'GROUP_AUTHORIZATION_FAILED' } }],
  });
  await Promise.all([producer.disconnect(), itsAdmin.disconnect()]);
});

test('proves the offsets without the right to see settings, and does not say READY', async () => {
  const report = await verifyAs('reads-alone');

  expect(report.verdict).toBe('CANNOT TELL');
  expect(report.partitions.map(({ proven }) => proven)).toEqual([true]);
  expect(report.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['cleanup-policy-unknown', 'lag']));
});

test('says of topics that may not be seen that they are missing', async () => {
  const report = await verifyAs('nobody');

  expect(report.verdict).toBe('BLOCKED');
  expect(report.findings.map(({ code }) => code)).toEqual([
    'replicator-offsets-topic-missing',
    'offsets-topic-missing',
  ]);
});
