import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { askConnect } from '../../../../local/world/connect/connect-rest.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** Answers one request after the other, and then no more. */
const answering = async (...answers: readonly (readonly [number, string])[]): Promise<string> => {
  const left = [...answers];
  server = createServer((_, response) => {
    const [status, body] = left.shift() ?? [500, 'asked too often'];
    response.writeHead(status).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
};

test('a worker whose group settles is asked again', async () => {
  const url = await answering(
    [409, '{"message":"Cannot complete request because of a conflicting operation (e.g. worker rebalance)"}'],
    [409, '{"message":"Cannot complete request momentarily due to stale configuration"}'],
    [200, '["replicator"]'],
  );
  expect(await askConnect(url, 'GET', '/connectors')).toEqual(['replicator']);
});

test('a no is handed over as it is, and not asked for again', async () => {
  const url = await answering([409, '{"message":"Connector replicator already exists"}']);
  await expect(askConnect(url, 'POST', '/connectors', {})).rejects.toThrow(
    'Connect answered POST /connectors with 409: {"message":"Connector replicator already exists"}',
  );
});

test('an answer without content is none', async () => {
  expect(await askConnect(await answering([204, '']), 'PUT', '/connectors/a/resume')).toBeUndefined();
});
