import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a broker, on loopback, and can be as unkind as a network. */
export interface TcpProxy {
  readonly port: number;
  /** Where connections go. Set it before the first one. */
  target: number;
  /** Cuts every connection that is open; new ones work. */
  drop(): void;
  /** Lets the connections that are open pass nothing any more, silently; new ones work. */
  silence(): void;
  /** Withholds the broker's answers on every connection, open or new, until it is called with false. */
  withholdAnswers(withhold: boolean): void;
  /** Withholds the answers on a connection once so many bytes of requests have passed on it from now on. */
  withholdAnswersFrom(bytes: number): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free loopback port. */
export async function startTcpProxy(): Promise<TcpProxy> {
  const pairs = new Set<{ readonly client: Socket; readonly broker: Socket; passed: number }>();
  let target = 0;
  let withheld = false;
  let withholdFrom = Number.POSITIVE_INFINITY;

  const server = createServer((client) => {
    const broker = connect(target, '127.0.0.1');
    const pair = { client, broker, passed: 0 };
    pairs.add(pair);
    client.on('data', (data) => {
      broker.write(data);
      pair.passed += data.length;
      if (pair.passed > withholdFrom) broker.pause();
    });
    broker.on('data', (data) => client.write(data));
    if (withheld) broker.pause();
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    get target() {
      return target;
    },
    set target(port) {
      target = port;
    },
    drop: () => {
      for (const { client, broker } of pairs) {
        client.destroy();
        broker.destroy();
      }
    },
    silence: () => {
      for (const { client, broker } of pairs) {
        client.removeAllListeners('data').resume();
        broker.removeAllListeners('data').resume();
      }
    },
    withholdAnswersFrom: (bytes) => {
      withholdFrom = bytes;
      for (const pair of pairs) pair.passed = 0;
    },
    withholdAnswers: (withhold) => {
      withheld = withhold;
      for (const { broker } of pairs) {
        if (withhold) broker.pause();
        else broker.resume();
      }
    },
    close: async () => {
      for (const { client, broker } of pairs) {
        client.destroy();
        broker.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
