import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A moment in what clients ask the brokers, over all connections: at the n-th request, before or after it passes. */
export interface Moment {
  /** Which requests count. @default 'any' */
  readonly of?: RequestKind;
  /** 1 for the next one. */
  readonly request: number;
  /** Whether the request has reached the broker; its answer has not come back in either case. */
  readonly side: 'before' | 'after';
}

/**
 * What a request is for, by Kafka's API keys (https://kafka.apache.org/protocol.html#protocol_api_keys): Produce, Fetch,
 * ListOffsets, FindCoordinator, InitProducerId, AddPartitionsToTxn and EndTxn.
 */
const API_KEYS = { send: 0, read: 1, look: 2, 'find-coordinator': 10, fence: 22, announce: 24, commit: 26 } as const;

export type RequestKind = keyof typeof API_KEYS | 'any';

/** A port of the proxy, and where its connections go. */
export interface Door {
  readonly port: number;
  /** Set it before the first connection. */
  target: number;
}

/** Stands between clients and brokers, on loopback, and can be as unkind as a network. */
export interface TcpProxy {
  /** One for every broker. */
  readonly doors: readonly Door[];
  /** The addresses of the doors, as kafkajs wants brokers. */
  readonly brokers: string[];
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
const DEALT_WITH_MS = 25;
/** A request begins with its length, a 32-bit integer, and its API key, a 16-bit one. */
const HEAD_BYTES = 8;

interface Planned {
  readonly moment: Moment;
  readonly strike: () => Promise<void>;
  /** How many requests it is away. */
  left: number;
}

/** Finds the requests in what arrives on a connection: each one's first piece gives its API key, the others nothing. */
const requestReader = () => {
  let missing = 0;
  return (data: Buffer): number | 'unknown' | undefined => {
    if (missing > 0) {
      missing -= Math.min(missing, data.length);
      return undefined;
    }
    if (data.length < HEAD_BYTES) {
      return 'unknown';
    }
    missing = Math.max(0, data.readInt32BE() + 4 - data.length);
    return data.readInt16BE(4);
  };
};

/** Starts a proxy on free loopback ports. */
export const startTcpProxy = async (count = 1): Promise<TcpProxy> => {
  const pairs = new Set<{ readonly client: Socket; readonly broker: Socket; passed: number }>();
  let withheld = false;
  let withholdFrom = Number.POSITIVE_INFINITY;
  let planned: Planned | undefined;

  const join = (client: Socket, broker: Socket) => {
    const pair = { client, broker, passed: 0 };
    pairs.add(pair);
    const apiKeyOf = requestReader();
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
        await sleep(DEALT_WITH_MS);
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
      const apiKey = apiKeyOf(data);
      const { of: kind = 'any' } = planned?.moment ?? {};
      const counts = apiKey !== undefined && (kind === 'any' || apiKey === API_KEYS[kind]);
      if (!counts) {
        return pass(data);
      }
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
      // A broker that is gone refuses connections: clients tell that from one that hangs up, and ask the next broker.
      one.on('error', () => other.resetAndDestroy());
      one.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
  };

  const open = async () => {
    const door = { port: 0, target: 0 };
    const server = createServer((client) => join(client, connect(door.target, '127.0.0.1')));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    door.port = (server.address() as AddressInfo).port;
    return { door, server };
  };
  const opened = await Promise.all(Array.from({ length: count }, open));

  return {
    doors: opened.map(({ door }) => door),
    brokers: opened.map(({ door }) => `127.0.0.1:${door.port}`),
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
      await Promise.all(
        opened.map(async ({ server }) => {
          server.close();
          await once(server, 'close');
        }),
      );
    },
  };
};
