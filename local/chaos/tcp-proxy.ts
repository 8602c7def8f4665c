import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A moment in what clients ask the broker, over all connections: at the n-th request, before or after it passes. */
export interface Moment {
  /** 1 for the next one. A request is taken to be what arrives in one piece. */
  readonly request: number;
  /** Whether the request has reached the broker; its answer has not come back in either case. */
  readonly side: 'before' | 'after';
}

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
  /**
   * Has something happen at a moment from now on. The request's connection stands still until that is over.
   *
   * @returns calls it off when it has not begun, and tells whether it has
   */
  strikeAt(moment: Moment, strike: () => Promise<void>): () => boolean;
  close(): Promise<void>;
}

/** Milliseconds in which a broker has dealt with a request that reached it. */
const DEALT_WITH = 25;

interface Planned {
  readonly moment: Moment;
  readonly strike: () => Promise<void>;
  /** How many requests it is away. */
  left: number;
}

/** Starts a proxy on a free loopback port. */
export const startTcpProxy = async (): Promise<TcpProxy> => {
  const pairs = new Set<{ readonly client: Socket; readonly broker: Socket; passed: number }>();
  let target = 0;
  let withheld = false;
  let withholdFrom = Number.POSITIVE_INFINITY;
  let planned: Planned | undefined;

  const server = createServer((client) => {
    const broker = connect(target, '127.0.0.1');
    const pair = { client, broker, passed: 0 };
    pairs.add(pair);
    const pass = (data: Buffer) => {
      broker.write(data);
      pair.passed += data.length;
      if (pair.passed > withholdFrom) {
        broker.pause();
      }
    };
    const passAround = async (data: Buffer, { moment, strike }: Planned) => {
      client.pause();
      broker.pause();
      if (moment.side === 'after') {
        pass(data);
        await sleep(DEALT_WITH);
      }
      await strike();
      if (moment.side === 'before' && client.listenerCount('data') > 0) {
        pass(data);
      }
      client.resume();
      if (!withheld) {
        broker.resume();
      }
    };
    client.on('data', (data) => {
      if (planned !== undefined) {
        planned.left -= 1;
      }
      if (planned?.left !== 0) {
        return pass(data);
      }
      const due = planned;
      planned = undefined;
      void passAround(data, due);
    });
    broker.on('data', (data) => client.write(data));
    if (withheld) {
      broker.pause();
    }
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
      for (const pair of pairs) {
        pair.passed = 0;
      }
    },
    withholdAnswers: (withhold) => {
      withheld = withhold;
      for (const { broker } of pairs) {
        if (withhold) {
          broker.pause();
        } else {
          broker.resume();
        }
      }
    },
    strikeAt: (moment, strike) => {
      const own: Planned = { moment, strike, left: moment.request };
      planned = own;
      return () => {
        if (planned === own) {
          planned = undefined;
        }
        return own.left <= 0;
      };
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
};
