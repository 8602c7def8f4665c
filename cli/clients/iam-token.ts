import { generateAuthToken, generateAuthTokenFromProfile, generateAuthTokenFromRole } from 'aws-msk-iam-sasl-signer-js';
import { type ClientProperties, propertyError } from './client-properties.ts';

/** MSK's host names hold the region: `b-1.demo.abc.c2.kafka.eu-west-1.amazonaws.com:9098`. */
const MSK_HOST = /\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?:\d+$/;

const ROLE_SESSION = 'mm2-migration';

const regionOf = (
  properties: ClientProperties,
  brokers: readonly string[],
  { AWS_REGION }: Readonly<Record<string, string | undefined>>,
): string => {
  const region = brokers.map((broker) => MSK_HOST.exec(broker)?.[1]).find((found) => found !== undefined) ?? AWS_REGION;
  if (!region) {
    throw propertyError(
      properties,
      'bootstrap.servers',
      "tells no region for IAM; set the environment variable AWS_REGION to the cluster's",
    );
  }
  return region;
};

/**
 * Tokens of MSK's IAM authentication, good for 15 minutes: of the profile or the role that IAMLoginModule's options
 * name, else of the credentials that the AWS SDK finds.
 *
 * @throws ConfigurationError when nothing tells the region
 */
export const iamTokenProvider = (
  properties: ClientProperties,
  options: ReadonlyMap<string, string>,
  brokers: readonly string[],
): (() => Promise<{ value: string }>) => {
  const region = regionOf(properties, brokers, process.env);
  const awsProfileName = options.get('awsProfileName');
  const awsRoleArn = options.get('awsRoleArn');
  const generate = () => {
    if (awsRoleArn !== undefined) {
      const awsRoleSessionName = options.get('awsRoleSessionName') ?? ROLE_SESSION;
      return generateAuthTokenFromRole({ region, awsRoleArn, awsRoleSessionName });
    }
    return awsProfileName === undefined
      ? generateAuthToken({ region })
      : generateAuthTokenFromProfile({ region, awsProfileName });
  };
  return async () => ({ value: (await generate()).token });
};
