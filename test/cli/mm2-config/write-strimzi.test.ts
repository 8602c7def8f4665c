import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { planMm2 } from '../../../cli/mm2-config/plan.ts';
import { writeStrimzi } from '../../../cli/mm2-config/write-strimzi.ts';
import type { SomeSettings } from '../../functions/readiness/configurations/a-configuration.ts';
import { aPlanInput } from './a-plan.ts';

const resourceOf = (settings: SomeSettings = {}, changes: Parameters<typeof aPlanInput>[2] = {}) =>
  parse(writeStrimzi(planMm2(aPlanInput('strimzi', settings, changes))));

test('it has what the API version v1 requires, and the offsets topic of the flow', () => {
  expect(resourceOf()).toMatchObject({
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaMirrorMaker2',
    spec: {
      target: {
        alias: 'backup',
        bootstrapServers: 'target-1:9092',
        groupId: expect.any(String),
        configStorageTopic: expect.any(String),
        offsetStorageTopic: 'mirrormaker2-cluster-offsets',
        statusStorageTopic: expect.any(String),
      },
      mirrors: [{ source: { alias: 'primary', bootstrapServers: 'source-1:9092' }, sourceConnector: { tasksMax: 1 } }],
    },
  });
});

test('topics are texts, whatever they look like, and both connectors know the names', () => {
  const [mirror] = resourceOf({ 'topic.whitelist': '123', 'topic.blacklist': 'true' }).spec.mirrors;

  expect([mirror.topicsPattern, mirror.topicsExcludePattern]).toEqual(['123', 'true']);
  for (const { config } of [mirror.sourceConnector, mirror.checkpointConnector]) {
    expect(config).toMatchObject({
      'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
      'offset-syncs.topic.location': 'target',
    });
  }
});

const TLS = { 'src.kafka.security.protocol': 'SSL' };

test.each<[string, SomeSettings, unknown]>([
  ['plaintext', {}, {}],
  ['TLS', TLS, { tls: { trustedCertificates: [] } }],
  [
    'a private authority',
    { ...TLS, 'src.kafka.ssl.truststore.location': '/t.jks' },
    { tls: { trustedCertificates: [{ secretName: 'mm2-source-ca', pattern: '*.crt' }] } },
  ],
  [
    'a client certificate',
    { ...TLS, 'src.kafka.ssl.keystore.location': '/k.jks' },
    { authentication: { type: 'tls', certificateAndKey: { secretName: 'mm2-source' } } },
  ],
  [
    'PLAIN',
    { 'src.kafka.security.protocol': 'SASL_PLAINTEXT', 'src.kafka.sasl.mechanism': 'PLAIN' },
    { authentication: { type: 'plain', passwordSecret: { secretName: 'mm2-source', password: 'password' } } },
  ],
  [
    'IAM',
    {
      'src.kafka.security.protocol': 'SASL_SSL',
      'src.kafka.sasl.mechanism': 'AWS_MSK_IAM',
      'src.kafka.sasl.jaas.config': 'software.amazon.msk.auth.iam.IAMLoginModule required;',
    },
    {
      authentication: {
        type: 'custom',
        sasl: true,
        config: { 'sasl.jaas.config': 'software.amazon.msk.auth.iam.IAMLoginModule required;' },
      },
    },
  ],
])('%s is a field of the cluster, for the operator refuses it under config', (_, settings, expected) => {
  const { source } = resourceOf(settings).spec.mirrors[0];

  expect(source).toMatchObject(expected as object);
  expect(source.config).toBeUndefined();
});

test("the workers' topics get the replication factor that is given", () => {
  expect(resourceOf({}, { replicationFactor: 1 }).spec.target.config).toEqual({
    'config.storage.replication.factor': '1',
    'offset.storage.replication.factor': '1',
    'status.storage.replication.factor': '1',
  });
});
