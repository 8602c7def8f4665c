import { generateAuthToken } from 'aws-msk-iam-sasl-signer-js';
import type { Authenticator } from './authenticator.ts';

/** AWS IAM over TLS: a token that the function's own role signs, good for 15 minutes, for every connection. */
export const iam = (region: string): Authenticator => ({
  security: async () => ({
    ssl: true,
    sasl: {
      mechanism: 'oauthbearer',
      oauthBearerProvider: async () => ({ value: (await generateAuthToken({ region })).token }),
    },
  }),
  credentials: "the function's role (it needs kafka-cluster:Connect on the cluster)",
});
