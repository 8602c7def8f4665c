import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disableMapping } from '../../../cli/cutover/mapping.ts';
import { ConfigurationError, CredentialsError } from '../../../functions/errors.ts';

const UUID = '7e6ad2b4-1c02-4f5e-9f5a-3f7d5a1c0b11';

/** Stands in for AWS Lambda: it answers `UpdateEventSourceMapping` as a test says. */
let lambda: Server;
let answer: { readonly status: number; readonly type?: string };
let requests: { readonly method: string | undefined; readonly url: string | undefined; readonly body: unknown }[] = [];
const environment = { ...process.env };

beforeAll(async () => {
  lambda = createServer(async (request, response) => {
    const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
    requests.push({ method: request.method, url: request.url, body });
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(answer.type !== undefined && { 'x-amzn-errortype': answer.type }),
    });
    response.end(JSON.stringify({ UUID, State: 'Disabling', Message: 'as the test says' }));
  });
  await once(lambda.listen(0, '127.0.0.1'), 'listening');
  const { port } = lambda.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_MAX_ATTEMPTS: '1',
  });
});
afterAll(() => {
  process.env = environment;
  lambda.close();
});

describe('switching an event source mapping off', () => {
  test('asks Lambda to disable that very mapping, and says how to enable it again', async () => {
    [answer, requests] = [{ status: 202 }, []];

    expect(await disableMapping(UUID)).toBe(
      `the event source mapping ${UUID} is switched off; "aws lambda update-event-source-mapping --uuid ${UUID} --enabled" switches it on again`,
    );

    expect(requests).toEqual([
      { method: 'PUT', url: `/2015-03-31/event-source-mappings/${UUID}`, body: { Enabled: false } },
    ]);
  });

  test('says that there is no such mapping', async () => {
    answer = { status: 404, type: 'ResourceNotFoundException' };

    const failure = await disableMapping(UUID).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toMatch(/--disable-mapping 7e6a.*there is no such event source mapping/);
  });

  test.each([
    [403, 'AccessDeniedException', /lambda:UpdateEventSourceMapping/],
    [500, 'ServiceException', /see whether this machine reaches AWS Lambda/],
  ])('says what to do where Lambda answers %i %s', async (status, type, message) => {
    answer = { status, type };

    const failure = await disableMapping(UUID).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(CredentialsError);
    expect(String(failure)).toMatch(message);
  });
});
