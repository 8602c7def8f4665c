import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventSourceMapping, eventSourceMapping } from '../../../cli/cutover/mapping.ts';
import { ClusterError, ConfigurationError, CredentialsError } from '../../../functions/errors.ts';

const UUID = '7e6ad2b4-1c02-4f5e-9f5a-3f7d5a1c0b11';

/** Stands in for AWS Lambda: it answers as a test says. */
let lambda: Server;
let answer: { readonly status: number; readonly type?: string; readonly body?: Readonly<Record<string, unknown>> };
let requests: { readonly method: string | undefined; readonly url: string | undefined; readonly body: string }[] = [];
let client: LambdaClient;
let mapping: EventSourceMapping;

beforeAll(async () => {
  lambda = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    requests.push({ method: request.method, url: request.url, body });
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(answer.type !== undefined && { 'x-amzn-errortype': answer.type }),
    });
    response.end(JSON.stringify({ UUID, Message: 'as the test says', ...answer.body }));
  });
  await once(lambda.listen(0, '127.0.0.1'), 'listening');
  const { port } = lambda.address() as AddressInfo;
  client = new LambdaClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  mapping = eventSourceMapping(UUID, 'connect-offsets', client);
});
beforeEach(() => {
  requests = [];
});
afterAll(() => {
  client.destroy();
  lambda.close();
});

describe('an event source mapping', () => {
  test('is switched off, that very one, and how to enable it again is said', async () => {
    answer = { status: 202, body: { State: 'Disabling' } };

    expect(await mapping.disable()).toBe(
      `the event source mapping ${UUID} is switched off; "aws lambda update-event-source-mapping --uuid ${UUID} --enabled" switches it on again`,
    );

    expect(requests).toEqual([
      { method: 'PUT', url: `/2015-03-31/event-source-mappings/${UUID}`, body: '{"Enabled":false}' },
    ]);
  });

  test.each([
    [{ State: 'Disabled', Topics: ['connect-offsets'] }, 'Disabled'],
    [{ State: 'Enabled' }, 'Enabled'],
    [{}, 'unknown'],
  ])('stands as AWS says: %j', async (body, state) => {
    answer = { status: 200, body };

    expect(await mapping.state()).toBe(state);

    expect(requests).toEqual([{ method: 'GET', url: `/2015-03-31/event-source-mappings/${UUID}`, body: '' }]);
  });

  test('of another topic is refused', async () => {
    answer = { status: 200, body: { State: 'Disabled', Topics: ['orders'] } };

    const failure = await mapping.state().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toMatch(/reads "orders", and Replicator's offsets topic is "connect-offsets"/);
  });

  test.each(['state', 'disable'] as const)('that there is not is named by %s', async (method) => {
    answer = { status: 404, type: 'ResourceNotFoundException' };

    const failure = await mapping[method]().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toMatch(/--disable-mapping 7e6a.*there is no such event source mapping/);
  });

  test.each([
    ['state', 403, 'AccessDeniedException', CredentialsError, /lambda:GetEventSourceMapping/],
    ['disable', 403, 'AccessDeniedException', CredentialsError, /lambda:UpdateEventSourceMapping/],
    ['state', 500, 'ServiceException', ClusterError, /see whether this machine reaches AWS Lambda/],
    ['disable', 500, 'ServiceException', ClusterError, /see whether this machine reaches AWS Lambda/],
  ] as const)('%s says what to do where Lambda answers %i %s', async (method, status, type, kind, message) => {
    answer = { status, type };

    const failure = await mapping[method]().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(kind);
    expect(String(failure)).toMatch(message);
  });
});
