import { createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { method } from '../../../functions/authentication/mtls.ts';
import { type CertifiedKey, makeCertificates } from '../../../local/world/kafka/certificates.ts';
import { useSecretsManager } from './use-secrets-manager.ts';

/** A private key that only opens with a password. */
const encrypted = (privateKey: string, passphrase: string): string =>
  createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

let client: CertifiedKey;
let other: CertifiedKey;
beforeAll(async () => {
  [{ client }, { client: other }] = await Promise.all([makeCertificates(), makeCertificates()]);
});

const secrets = useSecretsManager();

describe('a client certificate', () => {
  test('comes from the secret', async () => {
    const { certificate, privateKey } = client;
    secrets().put({ certificate, privateKey });

    expect(await method.authenticate({ type: 'mtls', secretArn: secrets().secretArn }).security(false)).toEqual({
      ssl: { cert: certificate, key: privateKey },
    });
  });

  test('comes with the password of an encrypted key', async () => {
    const { certificate } = client;
    const privateKey = encrypted(client.privateKey, 'hunter2');
    secrets().put({ certificate, privateKey, privateKeyPassword: 'hunter2' });

    expect(await method.authenticate({ type: 'mtls', secretArn: secrets().secretArn }).security(false)).toEqual({
      ssl: { cert: certificate, key: privateKey, passphrase: 'hunter2' },
    });
  });

  test('is read again when the brokers refused the old one', async () => {
    const authenticator = method.authenticate({ type: 'mtls', secretArn: secrets().secretArn });
    secrets().put(client);
    await authenticator.security(false);
    secrets().put(other);

    expect((await authenticator.security(true)).ssl).toMatchObject({ cert: other.certificate });
  });

  test.each([
    ['is no PEM', () => ({ certificate: 'CERTIFICATE', privateKey: 'KEY' })],
    ['does not belong to its key', () => ({ ...client, privateKey: other.privateKey })],
    [
      'has a key of another password',
      () => ({ ...client, privateKey: encrypted(client.privateKey, 'hunter2'), privateKeyPassword: 'hunter3' }),
    ],
  ])('that %s is refused with the ARN of its secret, and read again once it is corrected', async (_what, content) => {
    const authenticator = method.authenticate({ type: 'mtls', secretArn: secrets().secretArn });
    secrets().put(content());
    const refused = await authenticator.security(false).catch((error: Error) => error.message);

    expect(refused).toContain(`The secret ${secrets().secretArn} is not of the form`);
    expect(refused).not.toMatch(/hunter|BEGIN|CERTIFICATE/);

    secrets().put(client);
    expect((await authenticator.security(false)).ssl).toMatchObject({ cert: client.certificate });
  });

  test.each(['{"certificate":"CERTIFICATE"}', '{"privateKey":"KEY"}', '{}'])('is missed in %s', async (content) => {
    secrets().put(content);

    await expect(method.authenticate({ type: 'mtls', secretArn: secrets().secretArn }).security(false)).rejects.toThrow(
      `The secret ${secrets().secretArn} is not of the form {"certificate":…,"privateKey":…,"privateKeyPassword":…}`,
    );
  });

  test('is named by its secret as what the brokers refuse', () => {
    expect(method.authenticate({ type: 'mtls', secretArn: secrets().secretArn }).credentials).toBe(
      `the client certificate of the secret ${secrets().secretArn}`,
    );
  });
});
