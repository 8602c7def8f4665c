import { ConfigurationError } from '../../errors.ts';
import type { Authenticator } from '../authenticator.ts';
import type { SourceMethod } from './source-method.ts';

const MSK_BROKER = /\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?:\d+$/;

/**
 * AWS IAM over TLS, with the AWS credentials that are in use: a function's role, or what the AWS tools use on a machine.
 *
 * @param brokers Their names tell the region where it is not given.
 * @throws ConfigurationError when the region is not known
 */
export const iamAuthenticator = (brokers: readonly string[], given: string | undefined): Authenticator => {
  const region = given ?? brokers.map((broker) => MSK_BROKER.exec(broker)?.[1]).find(Boolean) ?? process.env.AWS_REGION;
  if (!region) {
    throw new ConfigurationError(
      `The region of the cluster ${brokers.join(',')} is not known; set the environment variable AWS_REGION`,
    );
  }
  return {
    security: async () => {
      // Loaded by those who need it alone.
      const { generateAuthToken } = await import('aws-msk-iam-sasl-signer-js');
      return {
        ssl: true,
        sasl: {
          mechanism: 'oauthbearer',
          oauthBearerProvider: async () => ({ value: (await generateAuthToken({ region })).token }),
        },
      };
    },
    credentials: 'the AWS credentials in use here (they need kafka-cluster:Connect on the cluster)',
  };
};

/** AWS IAM over TLS. */
export const method: SourceMethod = {
  kind: 'iam',
  authenticate: ({ brokers, authentication }) =>
    authentication.type === 'iam' ? iamAuthenticator(brokers, authentication.region) : undefined,
};
