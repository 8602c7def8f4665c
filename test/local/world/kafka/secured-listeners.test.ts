import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { KafkaConfig } from 'kafkajs';
import { makeCertificates } from '../../../../local/world/kafka/certificates.ts';
import { type KafkaCluster, startCluster } from '../../../../local/world/kafka/cluster.ts';
import { quietClient } from './quiet-client.ts';

jest.setTimeout(60_000);

let cluster: KafkaCluster;

beforeAll(async () => {
  cluster = await startCluster({
    name: 'secured',
    listeners: ['plaintext', 'scram', 'mtls'],
    users: [
      { username: 'ann', password: 'ann-1' },
      { username: 'bob', password: 'bob-1' },
    ],
  });
});

afterAll(() => cluster?.close());

/** Connects, and gives the address that the broker tells for itself. */
const connect = async (settings: Omit<KafkaConfig, 'logLevel'>): Promise<string> => {
  const admin = quietClient({ retry: { retries: 0 }, ...settings }).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    return brokers.map(({ host, port }) => `${host}:${port}`).join();
  } finally {
    await admin.disconnect();
  }
};

const scram = (username: string, password: string) => ({
  brokers: [cluster.bootstrapServersOf('scram')],
  ssl: { ca: cluster.caCertificate },
  sasl: { mechanism: 'scram-sha-512' as const, username, password },
});

const mtls = (ssl: { cert?: string; key?: string }) => ({
  brokers: [cluster.bootstrapServersOf('mtls')],
  ssl: { ca: cluster.caCertificate, ...ssl },
});

test('every listener has an address of its own', () => {
  const addresses = (['plaintext', 'scram', 'mtls'] as const).map((listener) => cluster.bootstrapServersOf(listener));
  expect(new Set(addresses).size).toBe(3);
});

test('every user logs in with the right password, and stays at the listener', async () => {
  expect(await connect(scram('ann', 'ann-1'))).toBe(cluster.bootstrapServersOf('scram'));
  expect(await connect(scram('bob', 'bob-1'))).toBe(cluster.bootstrapServersOf('scram'));
});

test.each([
  ['ann', 'bob-1'],
  ['nobody', 'ann-1'],
])("%s with the password '%s' is refused", async (username, password) => {
  await expect(connect(scram(username, password))).rejects.toMatchObject({ name: 'KafkaJSSASLAuthenticationError' });
});

test('a password that was set counts from then on, and the one before it no more', async () => {
  await cluster.setPassword('ann', 'ann-2');

  expect(await connect(scram('ann', 'ann-2'))).toBe(cluster.bootstrapServersOf('scram'));
  await expect(connect(scram('ann', 'ann-1'))).rejects.toMatchObject({ name: 'KafkaJSSASLAuthenticationError' });
});

test('a client that does not trust the authority does not connect', async () => {
  await expect(connect({ ...scram('bob', 'bob-1'), ssl: true })).rejects.toThrow('unable to verify');
  expect(await readFile(cluster.caCertificateFile, 'utf8')).toBe(cluster.caCertificate);
});

test('a client certificate opens the mTLS listener', async () => {
  const { certificate, privateKey } = cluster.clientCertificate;
  expect(await connect(mtls({ cert: certificate, key: privateKey }))).toBe(cluster.bootstrapServersOf('mtls'));
});

test('no client certificate, and one of another authority, are refused', async () => {
  const foreign = (await makeCertificates()).client;

  await expect(connect(mtls({}))).rejects.toThrow('Connection error');
  await expect(connect(mtls({ cert: foreign.certificate, key: foreign.privateKey }))).rejects.toThrow(
    'Connection error',
  );
});
