import { mkdir, rm } from 'node:fs/promises';
import type { Certificates } from './certificates.ts';
import type { JavaProperties } from './java-properties.ts';
import {
  configureNode,
  formatNode,
  type ListenerPorts,
  type NodePlan,
  portWasTaken,
  type StartedNode,
  startNodes,
} from './node.ts';
import { type Listener, nodeProperties, type Voter } from './node-properties.ts';
import type { ScramUser } from './scram-users.ts';

const PORT_TRIES = 5;

/** A cluster as it is to be. */
export interface ClusterPlan {
  readonly nodes: readonly NodePlan[];
  readonly listeners: ReadonlySet<Listener>;
  readonly users: readonly ScramUser[];
  readonly certificates: Certificates | undefined;
  readonly authorizer: boolean;
  readonly serverProperties: JavaProperties;
  readonly nodeProperties: (nodeId: number, properties: JavaProperties) => JavaProperties;
}

/** A node and the ports it is to have. */
interface PlacedNode {
  readonly plan: NodePlan;
  readonly voter: Voter | undefined;
  readonly ports: ListenerPorts;
}

/**
 * Starts all nodes of a cluster for the first time, at once, and waits until they are ready. When somebody else is
 * quicker to take one of their ports, it is tried again with others.
 *
 * @param pickPorts Asked once for all ports: for each node in turn its controller's, then its listeners'.
 * @throws Error with what a node's log says when it ends, or is not ready in time
 */
export const startFirstTime = async (
  plan: ClusterPlan,
  pickPorts: (count: number) => Promise<readonly number[]>,
): Promise<readonly StartedNode[]> => {
  await Promise.all(plan.nodes.map(({ folder }) => mkdir(folder, { recursive: true })));
  for (let tries = 1; ; tries++) {
    const placed = await placeNodes(plan, pickPorts);
    await configure(plan, placed);
    if (tries === 1) {
      await Promise.all(plan.nodes.map((node) => formatNode(node, plan.users)));
    }
    try {
      return await startNodes(placed);
    } catch (error) {
      const taken = await Promise.all(plan.nodes.map(portWasTaken));
      if (tries === PORT_TRIES || !taken.includes(true)) {
        throw error;
      }
      await Promise.all(plan.nodes.map(({ logFile }) => rm(logFile, { force: true })));
    }
  }
};

const placeNodes = async (
  { nodes, listeners }: ClusterPlan,
  pickPorts: (count: number) => Promise<readonly number[]>,
): Promise<readonly PlacedNode[]> => {
  const wanted = nodes.map(({ roles }) => ({
    controller: roles.includes('controller') ? 1 : 0,
    listeners: roles.includes('broker') ? [...listeners] : [],
  }));
  const count = wanted.reduce((sum, one) => sum + one.controller + one.listeners.length, 0);
  const picked = [...(await pickPorts(count))];
  return nodes.map((plan, index) => {
    const port = wanted[index]?.controller ? picked.shift() : undefined;
    const voter = port === undefined ? undefined : { nodeId: plan.nodeId, port };
    return { plan, voter, ports: new Map(wanted[index]?.listeners.map((one) => [one, picked.shift() ?? 0])) };
  });
};

const configure = async (cluster: ClusterPlan, placed: readonly PlacedNode[]): Promise<void> => {
  const { certificates, authorizer, serverProperties } = cluster;
  const voters = placed.flatMap(({ voter }) => voter ?? []);
  const brokers = placed.filter(({ plan }) => plan.roles.includes('broker')).length;
  await Promise.all(
    placed.map(({ plan, ports }) => {
      const settings = { ...plan, voters, ports, brokers, certificates, authorizer };
      const properties = { ...nodeProperties(settings), ...serverProperties };
      return configureNode(plan, { ...properties, ...cluster.nodeProperties(plan.nodeId, properties) });
    }),
  );
};
