import { describe, expect, test } from '@jest/globals';
import { clientProperties } from '../../../cli/clients/client-properties.ts';
import { type ClientConnection, connectionOf } from '../../../cli/clients/connection.ts';
import { mm2Clients } from '../../../cli/clients/mm2-clients.ts';
import { parseMm2 } from '../../../cli/configurations/mm2-configuration.ts';
import { readProperties } from '../../../cli/configurations/properties.ts';
import { createKafka } from '../../../functions/kafka/client.ts';
import { formatProperties } from '../../../local/world/kafka/java-properties.ts';
import { useKafka } from '../../kafka-fixture.ts';
import { someProperties } from './some-properties.ts';

const scram = (username: string, password: string): string =>
  `org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`;

/** The properties as they come from a file. */
const fromFile = (properties: Readonly<Record<string, string>>) =>
  clientProperties(
    'client.properties',
    readProperties({ file: 'client.properties', bytes: Buffer.from(formatProperties(properties), 'latin1') }),
  );

const clusterIdBy = async ({ brokers, security }: ClientConnection): Promise<string> => {
  const admin = createKafka('test', brokers, security, { warn: () => undefined, debug: () => undefined }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).clusterId;
  } finally {
    await admin.disconnect();
  }
};

describe('with a real broker', () => {
  const fixture = useKafka({
    listeners: ['scram', 'mtls'],
    users: [{ username: 'app', password: 'hunter2' }],
    serverProperties: {
      'listener.name.scram.sasl.enabled.mechanisms': 'SCRAM-SHA-512,PLAIN',
      'listener.name.scram.plain.sasl.jaas.config':
        'org.apache.kafka.common.security.plain.PlainLoginModule required user_app="say \\"hi\\"";',
    },
  });

  const overScram = (password: string) => ({
    'bootstrap.servers': fixture().cluster.bootstrapServersOf('scram'),
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': 'SCRAM-SHA-512',
    'sasl.jaas.config': scram('app', password),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': fixture().cluster.caCertificateFile,
  });

  const overMtls = () => {
    const { cluster } = fixture();
    return {
      'bootstrap.servers': cluster.bootstrapServersOf('mtls'),
      'security.protocol': 'SSL',
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': cluster.caCertificate,
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.certificate.chain': cluster.clientCertificate.certificate,
      'ssl.keystore.key': cluster.clientCertificate.privateKey,
    };
  };

  test('plaintext, with brokers from elsewhere', async () => {
    const connection = await connectionOf(fromFile({ 'client.id': 'x' }), fixture().cluster.brokers);
    await expect(clusterIdBy(connection)).resolves.toMatch(/./);
  });

  test('SCRAM over TLS', async () => {
    await expect(clusterIdBy(await connectionOf(fromFile(overScram('hunter2'))))).resolves.toMatch(/./);
  });

  test('SCRAM with another password is refused by the broker', async () => {
    const connection = await connectionOf(fromFile(overScram('hunter3')));
    await expect(clusterIdBy(connection)).rejects.toMatchObject({ name: 'KafkaJSSASLAuthenticationError' });
  });

  test('PLAIN over TLS, with a password that needs escapes', async () => {
    const connection = await connectionOf(
      fromFile({
        ...overScram(''),
        'sasl.mechanism': 'PLAIN',
        'sasl.jaas.config':
          'org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="say \\"hi\\"";',
      }),
    );
    await expect(clusterIdBy(connection)).resolves.toMatch(/./);
  });

  test('a client certificate', async () => {
    await expect(clusterIdBy(await connectionOf(fromFile(overMtls())))).resolves.toMatch(/./);
  });

  test("MM2's own properties, which name both clusters", async () => {
    const prefixed = (alias: string, properties: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(properties).map(([key, value]) => [`${alias}.${key}`, value]));
    const configuration = parseMm2({
      file: 'mm2.properties',
      bytes: Buffer.from(
        formatProperties({
          clusters: 'primary, backup',
          ...prefixed('primary', overScram('hunter2')),
          ...prefixed('backup', overMtls()),
        }),
      ),
    });
    const [flow] = configuration.flows;
    const clients = flow && mm2Clients(configuration, flow);
    const connections =
      clients && (await Promise.all([clients.source, clients.target].map((one) => connectionOf(one))));
    expect(connections?.map(({ security }) => security.sasl?.mechanism)).toEqual(['scram-sha-512', undefined]);
    const [source, target] = await Promise.all(connections?.map(clusterIdBy) ?? []);
    expect(source).toMatch(/./);
    expect(target).toBe(source);
  });
});

test("without a name check where Kafka's client has none", async () => {
  const { security } = await connectionOf(
    someProperties({
      'bootstrap.servers': 'a:1',
      'security.protocol': 'SSL',
      'ssl.endpoint.identification.algorithm': '',
    }),
  );
  expect(security.ssl).toEqual({ checkServerIdentity: expect.any(Function) });
});

test.each([
  ['no brokers', {}, /^client.properties: bootstrap.servers is missing; give host:port/],
  [
    'a broker without a port',
    { 'bootstrap.servers': 'a:1,b' },
    /bootstrap.servers holds "b"; give brokers as host:port/,
  ],
  [
    'a protocol that is none',
    { 'security.protocol': 'TLS' },
    /security.protocol is "TLS"; use PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL/,
  ],
])('%s is refused', async (_, properties, message) => {
  await expect(connectionOf(someProperties(properties))).rejects.toThrow(message);
});
