import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTcpProxy, type TcpProxy } from '../../../local/chaos/tcp-proxy.ts';

/** Longer than anything takes on loopback. */
const MOMENT = 100;

let broker: Server;
let proxy: TcpProxy;
let requests: string[];
const clients: Socket[] = [];

beforeEach(async () => {
  requests = [];
  // Answers each request with itself.
  broker = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        requests.push(data.toString());
        socket.write(data);
      });
  });
  await once(broker.listen(0, '127.0.0.1'), 'listening');
  proxy = await startTcpProxy(2);
  for (const one of proxy.doors) {
    one.target = (broker.address() as AddressInfo).port;
  }
});
afterEach(async () => {
  for (const client of clients.splice(0)) {
    client.destroy();
  }
  await proxy.close();
  broker.close();
});

/** A request as Kafka's clients send it: its length, its API key, and more. */
const kafkaRequest = (apiKey: number, content: string): string => {
  const body = Buffer.concat([Buffer.from([0, apiKey, 0, 1]), Buffer.from(content)]);
  return Buffer.concat([Buffer.from([0, 0, 0, body.length]), body]).toString();
};

/** A client, with the answers that it got. */
const startClient = async (door = 0) => {
  const socket = connect(proxy.doors[door]?.port ?? 0, '127.0.0.1');
  clients.push(socket);
  const answers: string[] = [];
  socket.on('error', () => undefined).on('data', (data) => answers.push(data.toString()));
  await once(socket, 'connect');
  return {
    socket,
    answers,
    request: async (text: string) => {
      socket.write(text);
      await sleep(MOMENT);
    },
  };
};

test('requests and answers pass', async () => {
  const client = await startClient();
  await client.request('one');

  expect(client.answers).toEqual(['one']);
});

test('dropped connections close, and new ones work', async () => {
  const client = await startClient();
  await client.request('one');
  const closed = once(client.socket, 'close');
  proxy.drop();
  await closed;

  const next = await startClient();
  await next.request('two');
  expect(next.answers).toEqual(['two']);
});

test('silenced connections stay open and pass nothing, and new ones work', async () => {
  const client = await startClient();
  await client.request('one');
  proxy.silence();
  await client.request('two');
  const next = await startClient();
  await next.request('three');

  expect(client.answers).toEqual(['one']);
  expect(client.socket.destroyed).toBe(false);
  expect(requests).toEqual(['one', 'three']);
  expect(next.answers).toEqual(['three']);
});

test('withheld answers come when they are no longer withheld, to connections old and new', async () => {
  const client = await startClient();
  proxy.withholdAnswers(true);
  const next = await startClient();
  await client.request('one');
  await next.request('two');
  expect([...client.answers, ...next.answers]).toEqual([]);
  expect(requests).toEqual(['one', 'two']);

  proxy.withholdAnswers(false);
  await sleep(MOMENT);
  expect([...client.answers, ...next.answers]).toEqual(['one', 'two']);
});

describe('a strike at a moment', () => {
  test.each([
    ['before', ['one']],
    ['after', ['one', 'two']],
  ] as const)('%s a request: the broker has got so much, and the answer waits for its end', async (side, got) => {
    const client = await startClient();
    const seen: { requests: readonly string[]; answers: readonly string[] }[] = [];
    const callOff = proxy.strikeAt({ request: 2, side }, async () => {
      await sleep(MOMENT / 2);
      seen.push({ requests: [...requests], answers: [...client.answers] });
    });
    await client.request('one');
    await client.request('two');
    await client.request('three');

    expect(seen).toEqual([{ requests: got, answers: ['one'] }]);
    expect(client.answers).toEqual(['one', 'two', 'three']);
    expect(callOff()).toBe(true);
  });

  test('counts the requests of all connections to all brokers, and holds no other one up', async () => {
    const [client, other] = [await startClient(), await startClient(1)];
    const over = Promise.withResolvers<void>();
    proxy.strikeAt({ request: 2, side: 'before' }, () => over.promise);
    await client.request('one');
    await other.request('two');
    await client.request('three');
    expect(requests).toEqual(['one', 'three']);

    over.resolve();
    await sleep(MOMENT);
    expect(other.answers).toEqual(['two']);
  });

  test('counts the requests of a kind alone, and each once, however many pieces it comes in', async () => {
    const client = await startClient();
    const seen: number[] = [];
    proxy.strikeAt({ of: 'send', request: 2, side: 'before' }, async () => {
      seen.push(requests.length);
    });
    const [look, send] = [kafkaRequest(2, 'look'), kafkaRequest(0, 'send')];
    await client.request(look);
    await client.request(send.slice(0, 9));
    await client.request(send.slice(9));
    await client.request(send);

    expect(seen).toEqual([3]);
    expect(requests.join('')).toBe(look + send + send);
  });

  test('that is called off does not come', async () => {
    const client = await startClient();
    const callOff = proxy.strikeAt({ request: 1, side: 'before' }, () => Promise.reject(new Error('it came')));

    expect(callOff()).toBe(false);
    await client.request('one');
    expect(client.answers).toEqual(['one']);
  });

  test('that drops the connections keeps a request from the broker, or only its answer from the client', async () => {
    for (const side of ['before', 'after'] as const) {
      const client = await startClient();
      proxy.strikeAt({ request: 1, side }, async () => proxy.drop());
      const closed = once(client.socket, 'close');
      await client.request(side);
      await closed;
      expect(client.answers).toEqual([]);
    }
    expect(requests).toEqual(['after']);
  });
});
