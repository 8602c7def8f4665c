import type { Authenticator } from './authenticator.ts';

/** No authentication: plaintext, or TLS when the brokers want encryption alone. */
export const unauthenticated = (tls: boolean): Authenticator => ({
  security: async () => ({ ssl: tls }),
  credentials: 'none (the cluster must allow unauthenticated access)',
});
