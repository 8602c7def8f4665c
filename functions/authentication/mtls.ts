import type { Authenticator } from './authenticator.ts';
import { createSecretReader } from './secret.ts';

/**
 * A TLS client certificate (mTLS) from a secret of the form that the event source reads, too
 * (https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html).
 */
export const mtls = (secretArn: string): Authenticator => {
  const readSecret = createSecretReader(
    secretArn,
    ({ certificate, privateKey, privateKeyPassword }) =>
      typeof certificate === 'string' && typeof privateKey === 'string'
        ? {
            cert: certificate,
            key: privateKey,
            ...(typeof privateKeyPassword === 'string' && { passphrase: privateKeyPassword }),
          }
        : undefined,
    '{"certificate":…,"privateKey":…,"privateKeyPassword":…} (the password only for an encrypted key)',
  );
  return {
    security: async (fresh) => ({ ssl: await readSecret(fresh) }),
    credentials: `the client certificate of the secret ${secretArn}`,
  };
};
