import { createSecureContext } from 'node:tls';
import type { AuthenticationMethod } from './authenticator.ts';
import { createSecretReader } from './secret.ts';

/**
 * A TLS client certificate (mTLS) from a secret of the form that the event source reads, too
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
        // Throws where the two do not belong together or the password is wrong, which no broker would ever hear of.
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
