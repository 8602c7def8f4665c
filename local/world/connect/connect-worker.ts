import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import type { KafkaCluster } from '../kafka/cluster.ts';
import { type JavaProcess, logTail, startJava } from '../kafka/java-process.ts';
import { formatProperties, type JavaProperties } from '../kafka/java-properties.ts';
import { askConnect } from './connect-rest.ts';
import { type WorkerSettings, workerProperties } from './worker-properties.ts';

export interface ConnectWorkerOptions extends Omit<WorkerSettings, 'bootstrapServers' | 'brokers'> {
  /** Holds the worker's topics. */
  readonly cluster: Pick<KafkaCluster, 'name' | 'bootstrapServers' | 'nodes' | 'folder' | 'distribution'>;
}

/** What a connector is to do (KIP-875): a stopped one has no tasks, and its offsets may be changed. */
export type TargetState = 'RUNNING' | 'PAUSED' | 'STOPPED';

/** What Connect says of a connector. */
export interface ConnectorStatus {
  readonly connector: string;
  /** Its tasks' states, in the order of their ids, e.g. `RUNNING` or `FAILED`. */
  readonly tasks: readonly string[];
}

/** A running Connect worker. Its `stop()` flushes the connectors' offsets; its `kill()` does not. */
export interface ConnectWorker extends JavaProcess {
  /** Of its REST interface, e.g. `http://127.0.0.1:34567`. */
  readonly url: string;
  /** Asks the REST interface. @throws Error with the worker's answer when that is another than yes */
  ask(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** Creates a connector in a state (KIP-980, `initial_state`), and waits until it is in it; its tasks may follow. @default 'RUNNING' */
  createConnector(name: string, config: JavaProperties, initialState?: TargetState): Promise<void>;
  /** Ends the connector's tasks, which flush their offsets first, and waits until they have ended. */
  stopConnector(name: string): Promise<void>;
  /** Starts the connector's tasks, and waits until all of them run. @throws Error when one has failed */
  resumeConnector(name: string): Promise<void>;
  status(name: string): Promise<ConnectorStatus>;
}

const READY_WITHIN_MS = 60_000;
const SETTLED_WITHIN_MS = 30_000;
const LISTENING = /REST server listening at (http:\/\/[\d.]+:\d+)\//;
const STATUS = v.object({
  connector: v.object({ state: v.string() }),
  tasks: v.array(v.object({ id: v.number(), state: v.string() })),
});

/**
 * Starts a real Connect worker, distributed as on a Connect cluster, with the settings of worker-properties.ts and
 * Kafka's own connectors, and waits until it takes connectors: 4 to 6 s. Another of the same group takes over what one
 * that was stopped or killed has run. Its settings and log stand in the cluster's folder, and go with it.
 *
 * @throws Error with the end of its log when it ends, or takes no connectors within a minute
 */
export const startConnectWorker = async (options: ConnectWorkerOptions): Promise<ConnectWorker> => {
  const { cluster, ...settings } = options;
  const { bootstrapServers, nodes } = cluster;
  const folder = await mkdtemp(join(cluster.folder, 'connect-'));
  const settingsFile = join(folder, 'worker.properties');
  const properties = workerProperties({ bootstrapServers, brokers: nodes.length, ...settings });
  await writeFile(settingsFile, formatProperties(properties));
  const worker = await startJava(cluster.distribution, {
    name: `the Connect worker of '${cluster.name}'`,
    mainClass: 'org.apache.kafka.connect.cli.ConnectDistributed',
    args: [settingsFile],
    logFile: join(folder, 'worker.log'),
  });
  try {
    return controlled(worker, await readyUrl(worker));
  } catch (error) {
    await worker.kill();
    throw error;
  }
};

/** Waits until the worker takes requests, and tells where. */
const readyUrl = async (worker: JavaProcess): Promise<string> => {
  const until = performance.now() + READY_WITHIN_MS;
  const ended = worker.exited.then((failure) => ({ failure }));
  while (performance.now() < until) {
    const state = await Promise.race([urlWhenReady(worker), ended]);
    if (typeof state === 'string') {
      return state;
    }
    if (state !== undefined) {
      throw state.failure ?? new Error('the Connect worker was stopped before it was ready');
    }
    await sleep(100);
  }
  const log = await logTail(worker.logFile);
  throw new Error(`the Connect worker was not ready within ${READY_WITHIN_MS / 1_000} s. From its log:\n${log}`);
};

/** KIP-1017: a worker is healthy once it has joined its group and read its topics. */
const urlWhenReady = async (worker: JavaProcess): Promise<string | undefined> => {
  const url = LISTENING.exec(await worker.logged())?.[1];
  if (url === undefined) {
    return undefined;
  }
  const health = await fetch(`${url}/health`).catch(() => undefined);
  return health?.ok ? url : undefined;
};

const controlled = (worker: JavaProcess, url: string): ConnectWorker => {
  const path = (name: string, more = '') => `/connectors/${encodeURIComponent(name)}${more}`;
  const status = async (name: string): Promise<ConnectorStatus> => {
    const { connector, tasks } = v.parse(STATUS, await askConnect(url, 'GET', path(name, '/status')));
    return { connector: connector.state, tasks: tasks.toSorted((a, b) => a.id - b.id).map(({ state }) => state) };
  };
  /** None of a connector that Connect has taken and not begun with: it answers 404 then. */
  const statusOfAny = async (name: string): Promise<ConnectorStatus | undefined> => {
    try {
      return await status(name);
    } catch (error) {
      if (error instanceof Error && error.message.includes('No status found')) {
        return undefined;
      }
      throw error;
    }
  };
  const untilState = async (name: string, wanted: string, isReached: (status: ConnectorStatus) => boolean) => {
    const until = performance.now() + SETTLED_WITHIN_MS;
    for (;;) {
      const now = await statusOfAny(name);
      if (now && isReached(now)) {
        return;
      }
      const failed = now?.connector === 'FAILED' || now?.tasks.includes('FAILED');
      if (failed || performance.now() > until) {
        throw new Error(`connector ${name} is not ${wanted}: ${JSON.stringify(now)}; see ${worker.logFile}`);
      }
      await sleep(100);
    }
  };
  return {
    ...worker,
    url,
    ask: (method, where, body) => askConnect(url, method, where, body),
    createConnector: async (name, config, initialState = 'RUNNING') => {
      await askConnect(url, 'POST', '/connectors', { name, config, initial_state: initialState });
      await untilState(name, initialState, ({ connector }) => connector === initialState);
    },
    stopConnector: async (name) => {
      await askConnect(url, 'PUT', path(name, '/stop'));
      await untilState(name, 'stopped', ({ connector, tasks }) => connector === 'STOPPED' && tasks.length === 0);
    },
    resumeConnector: async (name) => {
      await askConnect(url, 'PUT', path(name, '/resume'));
      const run = ({ connector, tasks }: ConnectorStatus) => [connector, ...tasks].every((one) => one === 'RUNNING');
      await untilState(name, 'running', (now) => now.tasks.length > 0 && run(now));
    },
    status,
  };
};
