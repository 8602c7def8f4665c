import { join } from 'node:path';
import type { Certificates } from './certificates.ts';
import type { JavaProperties } from './java-properties.ts';

/** How clients reach the broker: unsecured, with a name and a password over TLS, or with a client certificate. */
export type Listener = 'plaintext' | 'scram' | 'mtls';

const PROTOCOLS: Readonly<Record<Listener | 'controller', string>> = {
  plaintext: 'PLAINTEXT',
  scram: 'SASL_SSL',
  mtls: 'SSL',
  controller: 'PLAINTEXT',
};

export interface BrokerSettings {
  /** Holds the broker's data. */
  readonly folder: string;
  readonly controllerPort: number;
  /** The listeners there are, with their ports. The plaintext one is the broker's own, too. */
  readonly ports: ReadonlyMap<Listener, number>;
  /** Needed for every listener but the plaintext one. */
  readonly certificates?: Certificates | undefined;
}

/**
 * The settings of a single KRaft node for tests: one replica of everything, few internal partitions, and no wait
 * where a real cluster waits for more members.
 */
export const brokerProperties = ({ folder, controllerPort, ports, certificates }: BrokerSettings): JavaProperties => {
  const listeners = [...ports].map(([listener, port]) => `${listener.toUpperCase()}://127.0.0.1:${port}`);
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${controllerPort}`].join(','),
    'advertised.listeners': listeners.join(','),
    'listener.security.protocol.map': Object.entries(PROTOCOLS)
      .map(([listener, protocol]) => `${listener.toUpperCase()}:${protocol}`)
      .join(','),
    ...(certificates ? securityProperties(certificates) : {}),
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': 'false',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // A group's first member need not wait for others.
    'group.initial.rebalance.delay.ms': '0',
    // How long a killed broker's registration keeps its successor waiting: 9 s by default.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    // 128 MiB by default, a third of the heap.
    'log.cleaner.dedupe.buffer.size': '16777216',
  };
};

const securityProperties = ({ authority, broker }: Certificates): JavaProperties => {
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': broker.certificate,
    'ssl.keystore.key': broker.privateKey,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': authority.certificate,
    'listener.name.mtls.ssl.client.auth': 'required',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.scram.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  };
};
