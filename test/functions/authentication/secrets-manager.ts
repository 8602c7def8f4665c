import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_sync-AbCdEf';

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** A stand-in for AWS Secrets Manager on a loopback port, to which the AWS SDK of this process is pointed. */
export class SecretsManager {
  /** The ARNs asked for, in turn. */
  readonly requests: string[] = [];
  #answer: Answer = { status: 200, body: {} };
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.requests.push(JSON.parse(Buffer.concat(chunks).toString()).SecretId);
      response.writeHead(this.#answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(this.#answer.body));
    });
  });

  static async start(): Promise<SecretsManager> {
    const started = new SecretsManager();
    await new Promise<void>((resolve) => started.#server.listen(0, '127.0.0.1', resolve));
    const { port } = started.#server.address() as AddressInfo;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    });
    return started;
  }

  /** Has the secret hold this text from now on. */
  holds(SecretString: string): void {
    this.#answer = { status: 200, body: { ARN: SECRET_ARN, Name: 'AmazonMSK_sync', SecretString } };
  }

  /** Has every request refused from now on. */
  refuses(code: string, message: string): void {
    this.#answer = { status: 400, body: { __type: code, message } };
  }

  /** Has the secret hold bytes instead of text. */
  holdsBytes(bytes: string): void {
    this.#answer = { status: 200, body: { ARN: SECRET_ARN, SecretBinary: Buffer.from(bytes).toString('base64') } };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
