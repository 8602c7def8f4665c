import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaDistribution } from './distribution.ts';
import { type JavaProcess, runJava, startJava } from './java-process.ts';
import { formatProperties, type JavaProperties } from './java-properties.ts';
import type { Listener, NodeRole } from './node-properties.ts';
import { waitUntilReady } from './node-readiness.ts';
import { addScramArguments, type ScramUser } from './scram-users.ts';

/** The port of each listener that there is. */
export type ListenerPorts = ReadonlyMap<Listener, number>;

/** A node as it is to be, whether it runs or not. */
export interface NodePlan {
  /** How messages call it, e.g. `broker 1 of 'primary'`. */
  readonly name: string;
  readonly nodeId: number;
  readonly roles: readonly NodeRole[];
  readonly distribution: KafkaDistribution;
  /** For its settings, its data and its logs. */
  readonly folder: string;
  readonly logFile: string;
  /** 16 bytes in base 64, as Kafka has it. */
  readonly clusterId: string;
  /** Milliseconds in which each of its starts has to be over. */
  readonly readyWithinMs: number;
}

/** Writes a node's settings, which its next start reads. */
export const configureNode = async (plan: NodePlan, properties: JavaProperties): Promise<void> => {
  await writeFile(settingsFile(plan), formatProperties(properties));
};

/** Prepares the data folder, as `kafka-storage.sh format` does, after the settings were written. */
export const formatNode = async (plan: NodePlan, users: readonly ScramUser[]): Promise<void> => {
  await runJava(plan.distribution, {
    name: `the formatting of the data folder of ${plan.name}`,
    mainClass: 'kafka.tools.StorageTool',
    args: [
      'format',
      // One word, because an id may begin with a dash.
      `--cluster-id=${plan.clusterId}`,
      `--config=${settingsFile(plan)}`,
      ...addScramArguments(users),
    ],
    logFile: join(plan.folder, 'format.log'),
  });
};

/** A node that was started. */
export interface StartedNode {
  readonly plan: NodePlan;
  readonly ports: ListenerPorts;
  readonly process: JavaProcess;
}

/**
 * Starts nodes on their settings and data, all at once, and waits until the brokers among them are ready.
 *
 * @throws Error with what a node's log says when it ends, or is not ready in time; none of them runs then
 */
export const startNodes = async (
  nodes: readonly Pick<StartedNode, 'plan' | 'ports'>[],
): Promise<readonly StartedNode[]> => {
  const started = await Promise.all(nodes.map(async (node) => ({ ...node, process: await launch(node.plan) })));
  try {
    await Promise.all(started.map(untilReady));
    return started;
  } catch (error) {
    await Promise.all(started.map((node) => node.process.kill()));
    throw error;
  }
};

const launch = (plan: NodePlan): Promise<JavaProcess> => {
  const { name, distribution, logFile } = plan;
  return startJava(distribution, { name, mainClass: 'kafka.Kafka', args: [settingsFile(plan)], logFile });
};

const untilReady = async ({ plan, ports, process }: StartedNode): Promise<void> => {
  if (plan.roles.includes('broker')) {
    await waitUntilReady(plan.name, process, `127.0.0.1:${ports.get('plaintext')}`, plan);
  }
};

/** Whether a node ended because somebody else was quicker to take one of its ports. */
export const portWasTaken = async ({ logFile }: NodePlan): Promise<boolean> => {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return /BindException|Address already in use/.test(log);
};

const settingsFile = ({ folder }: NodePlan): string => {
  return join(folder, 'server.properties');
};
