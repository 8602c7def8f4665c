import { type KafkaCluster, startCluster } from '../world/kafka/cluster.ts';
import { freePorts } from '../world/kafka/ports.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/**
 * Starts a cluster with one more listener, which clients reach through the proxy and are sent back to it. The broker's
 * own connections (it writes transaction markers through one) do not pass the proxy.
 */
export const startProxiedCluster = async (proxy: TcpProxy): Promise<KafkaCluster> => {
  const [controller = 0, plaintext = 0, proxied = 0] = await freePorts(3);
  const [door] = proxy.doors;
  if (door === undefined) {
    throw new Error('the proxy has no door: start it with one');
  }
  door.target = proxied;
  const listeners = `PLAINTEXT://127.0.0.1:${plaintext},PROXIED://127.0.0.1`;
  return startCluster({
    name: 'proxied',
    pickPorts: async () => [controller, plaintext],
    serverProperties: {
      listeners: `${listeners}:${proxied},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `${listeners}:${door.port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    },
  });
};
