import { type SourceMethod, tlsOf } from './source-method.ts';

/** No authentication: plaintext, or TLS where the brokers want encryption only. */
export const method: SourceMethod = {
  kind: 'none',
  authenticate: ({ authentication }) =>
    authentication.type === 'none'
      ? { security: async () => ({ ssl: tlsOf(authentication) }), credentials: 'none' }
      : undefined,
};
