import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CredentialsError, messageOf } from '../errors.ts';

/** Reads a secret once and then returns what it read, until `fresh` asks for it to be read again. */
export type SecretReader<T> = (fresh: boolean) => Promise<T>;

/** `arn:PARTITION:secretsmanager:REGION:…` */
const regionIn = (secretArn: string): { readonly region?: string } => {
  const region = secretArn.split(':')[3];
  return region ? { region } : {};
};

/** Milliseconds for Secrets Manager to connect and to answer. */
const TIMEOUT_MS = 5_000;

/**
 * Reads credentials from a JSON secret at run time, so that a rotation needs no deployment.
 *
 * @param secretArn The secret's complete ARN.
 * @param parse Takes the credentials out of the secret's JSON; `undefined`, or an error, when they are not there.
 * @param shape What the secret must look like, for the error.
 * @returns a reader that throws CredentialsError, which names the secret's ARN and never its content
 */
export const createSecretReader = <T>(
  secretArn: string,
  parse: (json: Readonly<Record<string, unknown>>) => T | undefined,
  shape: string,
): SecretReader<T> => {
  const client = new SecretsManagerClient({
    // A secret is read in its own region, which the source cluster's need not share with the function.
    ...regionIn(secretArn),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true },
  });
  let cached: T | undefined;

  const parseContent = (content: string | undefined): T | undefined => {
    try {
      const json: unknown = JSON.parse(content ?? '');
      return typeof json === 'object' && json !== null ? parse({ ...json }) : undefined;
    } catch {
      // The error is dropped on purpose: a parser's message may quote the text, which is secret.
      return undefined;
    }
  };

  const read = async (): Promise<T> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn })).catch((cause) => {
      throw new CredentialsError(
        `The secret ${secretArn} could not be read: ${messageOf(cause)}. Whoever reads it (the function's role, or ` +
          'you) needs secretsmanager:GetSecretValue on it and kms:Decrypt on its key, and a way to Secrets Manager (from ' +
          "the function's subnets NAT or a VPC endpoint)",
      );
    });
    const credentials = parseContent(SecretString);
    if (credentials === undefined) {
      throw new CredentialsError(`The secret ${secretArn} is not of the form ${shape}`);
    }
    return credentials;
  };

  return async (fresh) => {
    if (cached === undefined || fresh) {
      cached = await read();
    }
    return cached;
  };
};
