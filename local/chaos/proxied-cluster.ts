import { type ClusterOptions, type KafkaCluster, startCluster } from '../world/kafka/cluster.ts';
import type { JavaProperties } from '../world/kafka/java-properties.ts';
import { freePorts } from '../world/kafka/ports.ts';
import type { TcpProxy } from './tcp-proxy.ts';

const BROKERS = [1, 3] as const;

/**
 * Starts a cluster with as many brokers as the proxy has doors, each with one more listener, which clients reach through
 * its door and are sent back to it. The brokers' own connections (they write transaction markers through some) do not
 * pass the proxy.
 *
 * @throws Error when a cluster cannot have so many brokers
 */
export const startProxiedCluster = async (
  { doors }: Pick<TcpProxy, 'doors'>,
  options: Pick<ClusterOptions, 'readyWithinMs'> = {},
): Promise<KafkaCluster> => {
  const brokers = BROKERS.find((count) => count === doors.length);
  if (brokers === undefined) {
    throw new Error(`the proxy has ${doors.length} doors; a cluster has one broker or three`);
  }
  const targets = await freePorts(brokers);
  for (const [index, door] of doors.entries()) {
    door.target = targets[index] ?? 0;
  }

  /** Brokers are numbered from 1 on; what comes after them is a controller. */
  const nodeProperties = (nodeId: number, properties: JavaProperties): JavaProperties => {
    const door = doors[nodeId - 1];
    const protocols = `${properties['listener.security.protocol.map']},PROXIED:PLAINTEXT`;
    if (door === undefined) {
      return { 'listener.security.protocol.map': protocols };
    }
    return {
      listeners: `${properties.listeners},PROXIED://127.0.0.1:${door.target}`,
      'advertised.listeners': `${properties['advertised.listeners']},PROXIED://127.0.0.1:${door.port}`,
      'listener.security.protocol.map': protocols,
    };
  };
  return startCluster({ ...options, name: 'proxied', brokers, nodeProperties });
};
