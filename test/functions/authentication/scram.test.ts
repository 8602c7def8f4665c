import { describe, expect, test } from '@jest/globals';
import { method } from '../../../functions/authentication/scram.ts';
import { useSecretsManager } from './use-secrets-manager.ts';

const secrets = useSecretsManager();

describe('SCRAM', () => {
  test('takes user name and password from the secret, over TLS', async () => {
    secrets().put('{"username":"sync","password":"hunter2"}');

    expect(await method.authenticate({ type: 'scram', secretArn: secrets().secretArn }).security(false)).toEqual({
      ssl: true,
      sasl: { mechanism: 'scram-sha-512', username: 'sync', password: 'hunter2' },
    });
  });

  test('reads a rotated password when the brokers refused the old one', async () => {
    const authenticator = method.authenticate({ type: 'scram', secretArn: secrets().secretArn });
    secrets().put('{"username":"sync","password":"hunter2"}');
    await authenticator.security(false);
    secrets().put('{"username":"sync","password":"hunter3"}');

    expect((await authenticator.security(true)).sasl).toMatchObject({ password: 'hunter3' });
  });

  test.each(['{"username":"sync"}', '{"password":"hunter2"}', '{"username":"sync","password":2}'])(
    'refuses the secret %s',
    async (content) => {
      secrets().put(content);

      await expect(
        method.authenticate({ type: 'scram', secretArn: secrets().secretArn }).security(false),
      ).rejects.toThrow(`The secret ${secrets().secretArn} is not of the form {"username":…,"password":…}`);
    },
  );

  test('names the secret, not its content, as what the brokers refuse', () => {
    expect(method.authenticate({ type: 'scram', secretArn: secrets().secretArn }).credentials).toBe(
      `the user name and password of the secret ${secrets().secretArn}`,
    );
  });
});
