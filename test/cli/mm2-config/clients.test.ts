import { expect, test } from '@jest/globals';
import { clientPlan, type KnownCluster } from '../../../cli/mm2-config/clients.ts';
import { secretPlaceOf } from '../../../cli/mm2-config/secret-references.ts';
import { aReplicator, type SomeSettings } from '../../functions/readiness/configurations/a-configuration.ts';

const UNKNOWN: KnownCluster = { brokers: undefined, authentication: undefined };

const planned = (settings: SomeSettings, known: KnownCluster = UNKNOWN) => {
  const plan = clientPlan(aReplicator(settings), 'source', known, secretPlaceOf('dedicated'));
  return { ...plan, values: Object.fromEntries(plan.settings.map(({ name, value }) => [name, value])) };
};

test('a cluster is connected to as Replicator does, but for what may be secret', () => {
  const { values, notes } = planned({
    'src.kafka.bootstrap.servers': 'a:1, b:2',
    'src.kafka.security.protocol': 'SASL_SSL',
    'src.kafka.sasl.mechanism': 'PLAIN',
    'src.kafka.sasl.jaas.config': 'a.b.PlainLoginModule required password="x";',
    'src.kafka.client.id': 'left out',
    'dest.kafka.security.protocol': 'SSL',
  });

  expect(values).toEqual({
    'bootstrap.servers': 'a:1, b:2',
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': 'PLAIN',
    'sasl.jaas.config': `\${file:/etc/kafka/mm2-secrets.properties:source.sasl.jaas.config}`,
  });
  expect(notes).toEqual([]);
});

test('IAM has nothing secret, and gets the callback that it needs', () => {
  const { values } = planned({
    'src.kafka.bootstrap.servers': 'a:1',
    'src.kafka.sasl.mechanism': 'AWS_MSK_IAM',
    'src.kafka.sasl.jaas.config': 'software.amazon.msk.auth.iam.IAMLoginModule required;',
  });

  expect(values).toMatchObject({
    'sasl.jaas.config': 'software.amazon.msk.auth.iam.IAMLoginModule required;',
    'sasl.client.callback.handler.class': 'software.amazon.msk.auth.iam.IAMClientCallbackHandler',
  });
});

test.each<[KnownCluster['authentication'], string | undefined, string | undefined]>([
  ['none', undefined, undefined],
  ['scram', 'SASL_SSL', 'SCRAM-SHA-512'],
  ['iam', 'SASL_SSL', 'AWS_MSK_IAM'],
  ['mtls', 'SSL', undefined],
])('where Replicator says nothing, the configuration does: %s', (authentication, protocol, mechanism) => {
  const { values } = planned({}, { brokers: ['k:9096'], authentication });

  expect([values['bootstrap.servers'], values['security.protocol'], values['sasl.mechanism']]).toEqual([
    'k:9096',
    protocol,
    mechanism,
  ]);
});

test.each([undefined, '', 'user:secret@host', 'host', 'a:1,'])(
  'brokers %j are none: MM2 cannot start, and it is said',
  (brokers) => {
    const { values, notes } = planned({ 'src.kafka.bootstrap.servers': brokers });

    expect(values['bootstrap.servers']).toBe('write-the-brokers-here:9092');
    expect(notes).toEqual([expect.stringMatching(/^src\.kafka\.bootstrap\.servers is .*: write them/)]);
  },
);
