import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { KafkaClient } from '@aws-sdk/client-kafka';

/** What an attempt to associate is answered with, instead of doing it. */
export type Refusal =
  | { readonly kind: 'unprocessed'; readonly code: string; readonly message: string }
  | { readonly kind: 'error'; readonly status: number; readonly name: string; readonly message: string };

/** Something that answers on loopback as MSK's API does for the SCRAM secrets of one cluster. */
export interface Msk {
  readonly client: KafkaClient;
  /** The secrets that the cluster has. */
  readonly secrets: Set<string>;
  /** What the next changes are refused with, one each. */
  readonly refusals: Refusal[];
  /** Every change that was asked for: method and the secrets in it. */
  readonly changes: (readonly [string | undefined, readonly string[]])[];
  close(): Promise<void>;
}

/** The most secrets on one page of the list: few, so that there are several. */
const PAGE = 2;

/**
 * Starts such an endpoint, with the paths and answers of the Amazon MSK API Reference, "Scram Secrets": GET lists, POST
 * associates, PATCH disassociates, and what is not taken stands in `unprocessedScramSecrets` of a 200.
 */
export const startMsk = async (clusterArn: string, secrets: readonly string[]): Promise<Msk> => {
  const associated = new Set(secrets);
  const refusals: Refusal[] = [];
  const changes: (readonly [string | undefined, readonly string[]])[] = [];
  const path = `/v1/clusters/${encodeURIComponent(clusterArn)}/scram-secrets`;

  const answer = (response: ServerResponse, status: number, body: object, name?: string) => {
    response.writeHead(status, { 'content-type': 'application/json', ...(name && { 'x-amzn-errortype': name }) });
    response.end(JSON.stringify(body));
  };

  const list = (url: URL, response: ServerResponse) => {
    const from = Number(url.searchParams.get('nextToken') ?? 0);
    const all = [...associated];
    answer(response, 200, {
      secretArnList: all.slice(from, from + PAGE),
      ...(from + PAGE < all.length && { nextToken: `${from + PAGE}` }),
    });
  };

  const change = async (request: IncomingMessage, response: ServerResponse) => {
    const { secretArnList } = JSON.parse(await text(request)) as { readonly secretArnList: readonly string[] };
    changes.push([request.method, secretArnList]);
    const refusal = refusals.shift();
    if (refusal?.kind === 'error') {
      answer(response, refusal.status, { message: refusal.message }, refusal.name);
      return;
    }
    const unprocessedScramSecrets = secretArnList.flatMap((secretArn) => {
      if (refusal) {
        return [{ secretArn, errorCode: refusal.code, errorMessage: refusal.message }];
      }
      if (request.method === 'POST' && associated.has(secretArn)) {
        return [
          { secretArn, errorCode: 'InvalidParameterException', errorMessage: 'The secret is associated already' },
        ];
      }
      if (request.method === 'POST') {
        associated.add(secretArn);
      } else {
        associated.delete(secretArn);
      }
      return [];
    });
    answer(response, 200, { clusterArn, unprocessedScramSecrets });
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== path) {
      answer(response, 404, { message: 'There is no such cluster' }, 'NotFoundException');
    } else if (request.method === 'GET') {
      list(url, response);
    } else {
      void change(request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new KafkaClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    client,
    secrets: associated,
    refusals,
    changes,
    close: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
