import type { AuthenticationMethod } from './authenticator.ts';

/** No authentication: plaintext, or TLS where the brokers want encryption only. */
export const method: AuthenticationMethod<{ readonly type: 'none'; readonly tls: boolean }> = {
  type: 'none',
  authenticate: ({ tls }) => ({
    security: async () => ({ ssl: tls }),
    credentials: 'none (the cluster must allow unauthenticated access)',
  }),
};
