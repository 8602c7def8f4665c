import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { method } from '../../../functions/authentication/scram.ts';
import { SECRET_ARN, SecretsManager } from './secrets-manager.ts';

let secretsManager: SecretsManager;
beforeEach(async () => {
  secretsManager = await SecretsManager.start();
});
afterEach(() => secretsManager.stop());

describe('SCRAM', () => {
  test('takes user name and password from the secret, over TLS', async () => {
    secretsManager.holds('{"username":"sync","password":"hunter2"}');

    expect(await method.authenticate({ type: 'scram', secretArn: SECRET_ARN }).security(false)).toEqual({
      ssl: true,
      sasl: { mechanism: 'scram-sha-512', username: 'sync', password: 'hunter2' },
    });
  });

  test('reads a rotated password when the brokers refused the old one', async () => {
    const authenticator = method.authenticate({ type: 'scram', secretArn: SECRET_ARN });
    secretsManager.holds('{"username":"sync","password":"hunter2"}');
    await authenticator.security(false);
    secretsManager.holds('{"username":"sync","password":"hunter3"}');

    expect((await authenticator.security(true)).sasl).toMatchObject({ password: 'hunter3' });
  });

  test.each(['{"username":"sync"}', '{"password":"hunter2"}', '{"username":"sync","password":2}'])(
    'refuses the secret %s',
    async (content) => {
      secretsManager.holds(content);

      await expect(method.authenticate({ type: 'scram', secretArn: SECRET_ARN }).security(false)).rejects.toThrow(
        `The secret ${SECRET_ARN} is not of the form {"username":…,"password":…}`,
      );
    },
  );

  test('names the secret, not its content, as what the brokers refuse', () => {
    expect(method.authenticate({ type: 'scram', secretArn: SECRET_ARN }).credentials).toBe(
      `the user name and password of the secret ${SECRET_ARN}`,
    );
  });
});
