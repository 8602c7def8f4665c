import type { AuthenticationMethod } from './authenticator.ts';
import { createSecretReader } from './secret.ts';

/**
 * SASL/SCRAM-SHA-512 over TLS, with the user name and password of a secret, as Amazon MSK keeps them
 * (https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html).
 */
export const method: AuthenticationMethod<{ readonly type: 'scram'; readonly secretArn: string }> = {
  type: 'scram',
  authenticate: ({ secretArn }) => {
    const readSecret = createSecretReader(
      secretArn,
      ({ username, password }) =>
        typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined,
      '{"username":…,"password":…}',
    );
    return {
      security: async (fresh) => ({ ssl: true, sasl: { mechanism: 'scram-sha-512', ...(await readSecret(fresh)) } }),
      credentials: `the user name and password of the secret ${secretArn}`,
    };
  },
};
