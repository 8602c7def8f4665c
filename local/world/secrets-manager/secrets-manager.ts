import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in for AWS Secrets Manager: one secret, read by any credentials. */
export interface SecretsManager {
  /** The secret's ARN. */
  readonly secretArn: string;
  /** The environment with which the AWS SDK reads the secret here. */
  readonly environment: Readonly<Record<string, string>>;
  /** The ARNs that were asked for, in turn. */
  readonly requests: readonly string[];
  /** Gives the secret another content, as a rotation does: an object as JSON, a text as it is. */
  put(content: object | string): void;
  /** Gives the secret bytes instead of text. */
  putBytes(bytes: Uint8Array): void;
  /** Has every request refused from now on, with an error of the service's. */
  refuse(code: string, message: string): void;
  /** Stops to answer. May be called more than once. */
  close(): Promise<void>;
}

type Answer =
  | { readonly kind: 'secret'; readonly content: object }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:AmazonMSK_local-AbCdEf';

const NOT_FOUND: Answer = {
  kind: 'refused',
  code: 'ResourceNotFoundException',
  message: "Secrets Manager can't find the specified secret.",
};

/**
 * Starts a Secrets Manager on loopback that answers `GetSecretValue`
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html) for one secret, and an
 * error for any other.
 */
export const startSecretsManager = async (content: object | string): Promise<SecretsManager> => {
  const withText = (next: object | string): Answer => {
    return { kind: 'secret', content: { SecretString: typeof next === 'string' ? next : JSON.stringify(next) } };
  };
  let answer = withText(content);
  const requests: string[] = [];

  const answerTo = (target: string | string[] | undefined, secretId: string): Answer => {
    return target === 'secretsmanager.GetSecretValue' && secretId === SECRET_ARN ? answer : NOT_FOUND;
  };
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { SecretId = '' } = JSON.parse(body) as { readonly SecretId?: string };
    requests.push(SecretId);
    const given = answerTo(request.headers['x-amz-target'], SecretId);
    response.writeHead(given.kind === 'secret' ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(
        given.kind === 'secret'
          ? { ARN: SECRET_ARN, Name: 'AmazonMSK_local', ...given.content }
          : { __type: given.code, message: given.message },
      ),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    secretArn: SECRET_ARN,
    environment: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      // The SDK signs with anything; nobody checks it here.
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    requests,
    put: (next) => {
      answer = withText(next);
    },
    putBytes: (bytes) => {
      answer = { kind: 'secret', content: { SecretBinary: Buffer.from(bytes).toString('base64') } };
    },
    refuse: (code, message) => {
      answer = { kind: 'refused', code, message };
    },
    close: async () => {
      if (server.listening) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
};
