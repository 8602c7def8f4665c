import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokerProperties, type Listener } from './broker-properties.ts';
import { waitUntilReady } from './broker-readiness.ts';
import type { Certificates } from './certificates.ts';
import type { KafkaDistribution } from './distribution.ts';
import { type JavaProcess, runJava, startJava } from './java-process.ts';
import { formatProperties, type JavaProperties } from './java-properties.ts';
import { addScramArguments, type ScramUser } from './scram-users.ts';

const PORT_TRIES = 5;

/** The port of each listener that there is. */
export type ListenerPorts = ReadonlyMap<Listener, number>;

/** A broker as it is to be, whether it runs or not. */
export interface BrokerPlan {
  /** How messages call it. */
  readonly name: string;
  readonly distribution: KafkaDistribution;
  /** For its settings, its data and its logs. */
  readonly folder: string;
  readonly logFile: string;
  /** 16 bytes in base 64, as Kafka has it. */
  readonly clusterId: string;
  readonly listeners: ReadonlySet<Listener>;
  readonly users: readonly ScramUser[];
  readonly certificates: Certificates | undefined;
  readonly serverProperties: JavaProperties;
}

/**
 * Starts a broker for the first time, and waits until it is ready. When somebody else is quicker to take one of its
 * ports, it is tried again with others.
 *
 * @throws Error with what the broker's log says when it ends, or is not ready within a minute
 */
export const startFirstTime = async (
  plan: BrokerPlan,
  pickPorts: (count: number) => Promise<readonly number[]>,
): Promise<{ broker: JavaProcess; ports: ListenerPorts }> => {
  for (let tries = 1; ; tries++) {
    const [controllerPort = 0, ...listenerPorts] = await pickPorts(plan.listeners.size + 1);
    const ports = new Map([...plan.listeners].map((listener, index) => [listener, listenerPorts[index] ?? 0]));
    const properties = { ...brokerProperties({ ...plan, controllerPort, ports }), ...plan.serverProperties };
    await writeFile(settingsFile(plan), formatProperties(properties));
    if (tries === 1) {
      await format(plan);
    }
    try {
      return { broker: await startAgain(plan, ports), ports };
    } catch (error) {
      if (tries === PORT_TRIES || !(await portWasTaken(plan))) {
        throw error;
      }
      await rm(plan.logFile);
    }
  }
};

/**
 * Starts a broker on the data and the ports that it had, and waits until it is ready.
 *
 * @throws Error with what the broker's log says when it ends, or is not ready within a minute
 */
export const startAgain = async (plan: BrokerPlan, ports: ListenerPorts): Promise<JavaProcess> => {
  const { name, distribution, logFile, clusterId } = plan;
  const broker = await startJava(distribution, {
    name: `broker '${name}'`,
    mainClass: 'kafka.Kafka',
    args: [settingsFile(plan)],
    logFile,
  });
  try {
    await waitUntilReady(name, broker, `127.0.0.1:${ports.get('plaintext')}`, clusterId);
  } catch (error) {
    await broker.kill();
    throw error;
  }
  return broker;
};

/** Prepares the data folder, as `kafka-storage.sh format` does. */
const format = async (plan: BrokerPlan): Promise<void> => {
  await runJava(plan.distribution, {
    name: `the formatting of the data folder of '${plan.name}'`,
    mainClass: 'kafka.tools.StorageTool',
    args: [
      'format',
      // One word, because an id may begin with a dash.
      `--cluster-id=${plan.clusterId}`,
      `--config=${settingsFile(plan)}`,
      ...addScramArguments(plan.users),
    ],
    logFile: join(plan.folder, 'format.log'),
  });
};

const settingsFile = (plan: BrokerPlan): string => {
  return join(plan.folder, 'server.properties');
};

const portWasTaken = async (plan: BrokerPlan): Promise<boolean> => {
  return /BindException|Address already in use/.test(await readFile(plan.logFile, 'utf8'));
};
