import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in for AWS Secrets Manager: one secret, read by any credentials. */
export interface SecretsManager {
  /** The secret's ARN. */
  readonly secretArn: string;
  /** The environment with which the AWS SDK reads the secret here. */
  readonly environment: Readonly<Record<string, string>>;
  /** How often the secret was read. */
  readonly reads: number;
  /** Gives the secret another content, as a rotation does. */
  put(content: object): void;
  close(): Promise<void>;
}

/**
 * Starts a Secrets Manager on loopback that answers `GetSecretValue`
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html) for one secret, and an
 * error for any other.
 */
export const startSecretsManager = async (content: object): Promise<SecretsManager> => {
  const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:AmazonMSK_local-AbCdEf';
  let secret = JSON.stringify(content);
  let reads = 0;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { SecretId } = JSON.parse(body) as { readonly SecretId?: string };
    const found = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue' && SecretId === secretArn;
    if (found) {
      reads += 1;
    }
    response.writeHead(found ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(
        found
          ? { ARN: secretArn, Name: 'AmazonMSK_local', SecretString: secret }
          : { __type: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." },
      ),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    secretArn,
    environment: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      // The SDK signs with anything; nobody checks it here.
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    get reads() {
      return reads;
    },
    put: (next) => {
      secret = JSON.stringify(next);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
