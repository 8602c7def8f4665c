import type { Migration } from './migration.ts';

/**
 * How the function authenticates, and with it the event source. One secret serves both, in the format that Lambda's
 * pollers want (AWS Lambda Developer Guide, "Configuring Amazon MSK cluster authentication methods").
 */
export type AuthenticationProps =
  | {
      readonly type: 'none';
      /**
       * TLS (port 9094) or plaintext (port 9092).
       * @default false
       */
      readonly tls?: boolean | undefined;
    }
  | {
      /** SASL/SCRAM with SHA-512, port 9096. */
      readonly type: 'scram';
      /**
       * The name of the secret to create, which has to start with `AmazonMSK_`.
       * @default `AmazonMSK_<name>`
       */
      readonly secretName?: string | undefined;
      /**
       * The Kafka user in the secret to create. It needs ACLs on the cluster.
       * @default the deployment's `name`
       */
      readonly username?: string | undefined;
      /**
       * The complete ARN of an existing secret `{"username","password"}` that is already associated with the cluster.
       * @default - a secret with a generated password is created and associated
       */
      readonly secretArn?: string | undefined;
      /**
       * The ARN of the customer-managed key of the existing secret; MSK refuses secrets with the default key.
       * @default - a key with rotation is created with the secret
       */
      readonly keyArn?: string | undefined;
    }
  | {
      /** TLS client certificates, port 9094. */
      readonly type: 'mtls';
      /** The complete ARN of a secret `{"certificate","privateKey","privateKeyPassword"?}` in PEM. */
      readonly secretArn: string;
      /**
       * The ARN of the secret's customer-managed key.
       * @default - the secret is encrypted with the account's default key
       */
      readonly keyArn?: string | undefined;
    }
  | {
      /** IAM access control, port 9098. */
      readonly type: 'iam';
    };

const PLAINTEXT_PORT = 9092;
const TLS_PORT = 9094;
const SCRAM_PORT = 9096;
const IAM_PORT = 9098;

/** The brokers' port for the function (Amazon MSK Developer Guide, "Port information"). */
export const brokerPort = (authentication: AuthenticationProps): number => {
  switch (authentication.type) {
    case 'none':
      return authentication.tls ? TLS_PORT : PLAINTEXT_PORT;
    case 'scram':
      return SCRAM_PORT;
    case 'mtls':
      return TLS_PORT;
    case 'iam':
      return IAM_PORT;
  }
};

/**
 * Tells whether Lambda's pollers authenticate by IAM: also where the function authenticates not at all, if the cluster
 * has IAM enabled, because Lambda takes the strongest method for which it needs no secret (AWS Lambda Developer Guide,
 * "How Lambda chooses a bootstrap broker").
 */
export const eventSourceUsesIam = ({ authentication, cluster }: Pick<Migration, 'authentication' | 'cluster'>) =>
  authentication.type === 'iam' || (authentication.type === 'none' && cluster.iamAuthentication);

/** The brokers' ports that Lambda's pollers may choose. */
export const eventSourcePorts = (migration: Pick<Migration, 'authentication' | 'cluster'>): readonly number[] => {
  if (eventSourceUsesIam(migration)) {
    return [IAM_PORT];
  }
  // Without a secret and IAM, Lambda takes TLS where the cluster offers it, whatever the function does.
  if (migration.authentication.type === 'none') {
    return [PLAINTEXT_PORT, TLS_PORT];
  }
  return [brokerPort(migration.authentication)];
};
