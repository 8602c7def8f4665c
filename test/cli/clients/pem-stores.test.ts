import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tlsStores } from '../../../cli/clients/pem-stores.ts';
import { type CertifiedKey, makeCertificates } from '../../../local/world/kafka/certificates.ts';
import { someProperties } from './some-properties.ts';

let folder: string;
let authority: CertifiedKey;
let client: CertifiedKey;
let other: CertifiedKey;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mm2-migration-pem-'));
  [{ authority, client }, { client: other }] = await Promise.all([makeCertificates(), makeCertificates()]);
});
afterAll(() => rm(folder, { recursive: true }));

const inFile = async (name: string, content: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
};

/** A PEM without its line ends, as it stands in one line of a properties file. */
const inOneLine = (pem: string): string => pem.trim().replaceAll(/\r?\n/g, ' ');

const lines = (pem: string): readonly string[] => pem.trim().split(/\r?\n/);

describe('a truststore', () => {
  test('stands in a file, with comments', async () => {
    const location = await inFile('ca.pem', `subject=x\n${authority.certificate}\nissuer=y\n`);
    const { ca } = await tlsStores(
      someProperties({ 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': location }),
    );
    expect(lines(String(ca))).toEqual(lines(authority.certificate));
  });

  test('stands inline, in one line', async () => {
    const certificates = `${inOneLine(authority.certificate)} ${inOneLine(other.certificate)}`;
    const { ca } = await tlsStores(someProperties({ 'ssl.truststore.certificates': certificates }));
    expect(lines(String(ca))).toEqual([...lines(authority.certificate), ...lines(other.certificate)]);
  });

  test('is none, so that the usual authorities count', async () => {
    expect(await tlsStores(someProperties({}))).toEqual({});
  });
});

describe('a keystore', () => {
  test('stands in a file with key and chain', async () => {
    const location = await inFile('client.pem', client.privateKey + client.certificate);
    const stores = await tlsStores(someProperties({ 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': location }));
    expect(lines(String(stores.key))).toEqual(lines(client.privateKey));
    expect(lines(String(stores.cert))).toEqual(lines(client.certificate));
  });

  test('stands inline, its key under a password', async () => {
    const key = createPrivateKey(client.privateKey)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' })
      .toString();
    const stores = await tlsStores(
      someProperties({
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.key': inOneLine(key),
        'ssl.keystore.certificate.chain': inOneLine(client.certificate),
        'ssl.key.password': 'hunter2',
      }),
    );
    expect(stores.passphrase).toBe('hunter2');
    expect(lines(String(stores.key))).toEqual(lines(key));
  });
});

describe('refused', () => {
  test.each([
    [
      'a JKS truststore',
      { 'ssl.truststore.location': 'ca.jks' },
      /ssl.truststore.location is "ca.jks", a store of type JKS, which only Java reads; convert it: keytool -list -rfc/,
    ],
    [
      'a PKCS12 keystore',
      { 'ssl.keystore.location': 'me.p12', 'ssl.keystore.type': 'pkcs12' },
      /ssl.keystore.location is "me.p12", a store of type PKCS12, .* openssl pkcs12/,
    ],
    [
      'a file that is not there',
      { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': 'nowhere.pem' },
      /ssl.truststore.location is "nowhere.pem", which cannot be read \(ENOENT\); give/,
    ],
    [
      'a truststore without a certificate',
      { 'ssl.truststore.certificates': 'hunter2' },
      /ssl.truststore.certificates holds no certificate; give/,
    ],
    [
      'a keystore without a key',
      { 'ssl.keystore.certificate.chain': 'hunter2' },
      /ssl.keystore.key holds no private key; give/,
    ],
    [
      'a damaged certificate',
      { 'ssl.truststore.certificates': '-----BEGIN CERTIFICATE-----hunter2-----END CERTIFICATE-----' },
      /or what stands inline for it cannot be used: a certificate is damaged/,
    ],
  ])('%s', async (_, properties, message) => {
    await expect(tlsStores(someProperties(properties))).rejects.toThrow(message);
    await expect(tlsStores(someProperties(properties))).rejects.not.toThrow(/hunter2/);
  });

  test('a key of another certificate', async () => {
    const properties = someProperties({
      'ssl.keystore.key': other.privateKey,
      'ssl.keystore.certificate.chain': client.certificate,
    });
    await expect(tlsStores(properties)).rejects.toThrow(
      /^client.properties: ssl.keystore.location or what stands inline/,
    );
  });
});
