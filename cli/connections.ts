import type { Kafka } from 'kafkajs';
import type { Authenticator } from '../functions/authentication/authenticator.ts';
import { method as mtls } from '../functions/authentication/mtls.ts';
import { method as none } from '../functions/authentication/none.ts';
import { method as scram } from '../functions/authentication/scram.ts';
import { createSecretReader } from '../functions/authentication/secret.ts';
import type { Authentication } from '../functions/configuration/configuration.ts';
import type { SourceAuthentication } from '../functions/configuration/source-options.ts';
import { ConfigurationError } from '../functions/errors.ts';
import { createKafka, type Security } from '../functions/kafka/client.ts';

/** A cluster to connect to. */
export interface Connection {
  /** What a message calls it. */
  readonly name: 'source' | 'target';
  readonly brokers: readonly string[];
  readonly security: Security;
  /** What the brokers refuse when they refuse the credentials; never a content. */
  readonly credentials: string;
}

const MSK_BROKER = /\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?:\d+$/;

/** AWS IAM with the credentials that the AWS tools use on this machine. */
const iam = (brokers: readonly string[], given: string | undefined): Authenticator => {
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
    credentials: 'the AWS credentials of this machine (they need kafka-cluster:Connect on the cluster)',
  };
};

const ofTarget = (brokers: readonly string[], authentication: Authentication): Authenticator => {
  switch (authentication.type) {
    case 'none':
      return none.authenticate(authentication);
    case 'scram':
      return scram.authenticate(authentication);
    case 'mtls':
      return mtls.authenticate(authentication);
    case 'iam':
      return iam(brokers, undefined);
  }
};

const userOf = (secretArn: string) =>
  createSecretReader(
    secretArn,
    ({ username, password }) =>
      typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined,
    '{"username":…,"password":…}',
  );

const tlsOf = ({ tls, ca }: { readonly tls: boolean; readonly ca?: string | undefined }) =>
  tls && ca !== undefined ? { ca: [ca] } : tls;

interface User {
  readonly username: string;
  readonly password: string;
}

const saslOf = (
  authentication: Extract<SourceAuthentication, { readonly type: 'plain' | 'scram' }>,
  user: User,
): NonNullable<Security['sasl']> => {
  if (authentication.type === 'plain') {
    return { mechanism: 'plain', ...user };
  }
  return authentication.mechanism === 'SCRAM-SHA-256'
    ? { mechanism: 'scram-sha-256', ...user }
    : { mechanism: 'scram-sha-512', ...user };
};

const ofSource = (brokers: readonly string[], authentication: SourceAuthentication): Authenticator => {
  switch (authentication.type) {
    case 'none':
      return { security: async () => ({ ssl: tlsOf(authentication) }), credentials: 'none' };
    case 'plain':
    case 'scram': {
      const { secretArn } = authentication;
      const readUser = userOf(secretArn);
      return {
        security: async (fresh) => ({
          ssl: tlsOf(authentication),
          sasl: saslOf(authentication, await readUser(fresh)),
        }),
        credentials: `the user name and password of the secret ${secretArn}`,
      };
    }
    case 'mtls': {
      const { ca, secretArn } = authentication;
      const authenticator = mtls.authenticate({ type: 'mtls', secretArn });
      return {
        ...authenticator,
        security: async (fresh) => {
          const { ssl } = await authenticator.security(fresh);
          return { ssl: typeof ssl === 'object' && ca !== undefined ? { ...ssl, ca: [ca] } : (ssl ?? true) };
        },
      };
    }
    case 'iam':
      return iam(brokers, authentication.region);
  }
};

const connectionOf = async (
  name: Connection['name'],
  brokers: readonly string[],
  { security, credentials }: Authenticator,
): Promise<Connection> => ({ name, brokers, security: await security(false), credentials });

/** What a connection to the target takes. @throws ConfigurationError, CredentialsError */
export const targetConnection = (brokers: readonly string[], authentication: Authentication): Promise<Connection> =>
  connectionOf('target', brokers, ofTarget(brokers, authentication));

/** What a connection to the source takes. @throws ConfigurationError, CredentialsError */
export const sourceConnection = (
  brokers: readonly string[],
  authentication: SourceAuthentication,
): Promise<Connection> => connectionOf('source', brokers, ofSource(brokers, authentication));

/** kafkajs for a connection, quiet: what matters is thrown. */
export const kafkaOf = ({ brokers, security }: Connection): Kafka =>
  createKafka('mm2-migration-verify', brokers, security, { debug: () => undefined, warn: () => undefined });
