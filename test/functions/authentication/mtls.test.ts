import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mtls } from '../../../functions/authentication/mtls.ts';
import { SECRET_ARN, SecretsManager } from './secrets-manager.ts';

let secretsManager: SecretsManager;
beforeEach(async () => {
  secretsManager = await SecretsManager.start();
});
afterEach(() => secretsManager.stop());

describe('a client certificate', () => {
  test('comes from the secret', async () => {
    secretsManager.holds('{"certificate":"CERTIFICATE","privateKey":"KEY"}');

    expect(await mtls(SECRET_ARN).security(false)).toEqual({ ssl: { cert: 'CERTIFICATE', key: 'KEY' } });
  });

  test('comes with the password of an encrypted key', async () => {
    secretsManager.holds('{"certificate":"CERTIFICATE","privateKey":"KEY","privateKeyPassword":"hunter2"}');

    expect(await mtls(SECRET_ARN).security(false)).toEqual({
      ssl: { cert: 'CERTIFICATE', key: 'KEY', passphrase: 'hunter2' },
    });
  });

  test('is read again when the brokers refused the old one', async () => {
    const authenticator = mtls(SECRET_ARN);
    secretsManager.holds('{"certificate":"OLD","privateKey":"KEY"}');
    await authenticator.security(false);
    secretsManager.holds('{"certificate":"NEW","privateKey":"KEY"}');

    expect((await authenticator.security(true)).ssl).toMatchObject({ cert: 'NEW' });
  });

  test.each(['{"certificate":"CERTIFICATE"}', '{"privateKey":"KEY"}', '{}'])('is missed in %s', async (content) => {
    secretsManager.holds(content);

    await expect(mtls(SECRET_ARN).security(false)).rejects.toThrow(
      `The secret ${SECRET_ARN} is not of the form {"certificate":…,"privateKey":…,"privateKeyPassword":…}`,
    );
  });

  test('is named by its secret as what the brokers refuse', () => {
    expect(mtls(SECRET_ARN).credentials).toBe(`the client certificate of the secret ${SECRET_ARN}`);
  });
});
