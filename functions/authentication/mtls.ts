import { createSecureContext } from 'node:tls';
import type { AuthenticationMethod } from './authenticator.ts';
import { createSecretReader } from './secret.ts';

/**
 * A TLS client certificate (mTLS) from a secret. Its form is the one that the event source reads as well
 * (https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html).
 */
export const method: AuthenticationMethod<{ readonly type: 'mtls'; readonly secretArn: string }> = {
  type: 'mtls',
  authenticate: ({ secretArn }) => {
    const readSecret = createSecretReader(
      secretArn,
      ({ certificate, privateKey, privateKeyPassword }) => {
        if (typeof certificate !== 'string' || typeof privateKey !== 'string') {
          return undefined;
        }
        const passphrase = typeof privateKeyPassword === 'string' ? { passphrase: privateKeyPassword } : {};
        const credentials = { cert: certificate, key: privateKey, ...passphrase };
        // Throws when certificate and key do not belong together, or the password is wrong. Without this check the
        // connection would fail before it reaches a broker, and no error would mention the secret.
        createSecureContext(credentials);
        return credentials;
      },
      '{"certificate":…,"privateKey":…,"privateKeyPassword":…}, both in PEM and belonging together (the password only for ' +
        'an encrypted key)',
    );
    return {
      security: async (fresh) => ({ ssl: await readSecret(fresh) }),
      credentials: `the client certificate of the secret ${secretArn}`,
    };
  },
};
