import { generateAuthToken } from 'aws-msk-iam-sasl-signer-js';
import { ConfigurationError } from '../errors.ts';
import type { AuthenticationMethod } from './authenticator.ts';

// Lambda sets AWS_REGION to the function's own region, which is also the cluster's.
const regionOf = ({ AWS_REGION }: NodeJS.ProcessEnv): string => {
  if (!AWS_REGION) {
    throw new ConfigurationError('The environment variable AWS_REGION is missing; set it to the region of the cluster');
  }
  return AWS_REGION;
};

/** AWS IAM over TLS: a token that the function's own role signs, good for 15 minutes, for every connection. */
export const method: AuthenticationMethod<{ readonly type: 'iam' }> = {
  type: 'iam',
  authenticate: () => {
    const region = regionOf(process.env);
    return {
      security: async () => ({
        ssl: true,
        sasl: {
          mechanism: 'oauthbearer',
          oauthBearerProvider: async () => ({ value: (await generateAuthToken({ region })).token }),
        },
      }),
      credentials: "the function's role (it needs kafka-cluster:Connect on the cluster)",
    };
  },
};
