import { join } from 'node:path';
import type { Certificates } from './certificates.ts';
import type { JavaProperties } from './java-properties.ts';

/** How clients reach the broker: unsecured, with a name and a password over TLS, or with a client certificate. */
export type Listener = 'plaintext' | 'scram' | 'mtls';

/** What a KRaft node is (KIP-500, `process.roles`). */
export type NodeRole = 'broker' | 'controller';

const PROTOCOLS: Readonly<Record<Listener | 'controller', string>> = {
  plaintext: 'PLAINTEXT',
  scram: 'SASL_SSL',
  mtls: 'SSL',
  controller: 'PLAINTEXT',
};

/** A controller, and where it listens to the other nodes. */
export interface Voter {
  readonly nodeId: number;
  readonly port: number;
}

export interface NodeSettings {
  readonly nodeId: number;
  readonly roles: readonly NodeRole[];
  /** Holds the node's data. */
  readonly folder: string;
  /** The cluster's controllers. */
  readonly voters: readonly Voter[];
  /** The listeners of a broker, with their ports; a controller has none. The plaintext one is the brokers' own, too. */
  readonly ports: ReadonlyMap<Listener, number>;
  /** How many brokers the cluster has. */
  readonly brokers: number;
  /** Needed for every listener but the plaintext one. */
  readonly certificates?: Certificates | undefined;
  /** Whether clients need ACLs; those of the plaintext listener may do everything. */
  readonly authorizer: boolean;
}

/**
 * The settings of a KRaft node for tests: a replica of everything on each broker, of which one may be missing, few
 * internal partitions, and no wait where a real cluster waits for more members.
 */
export const nodeProperties = (settings: NodeSettings): JavaProperties => {
  const { nodeId, roles, folder, voters, ports, brokers, certificates, authorizer } = settings;
  const replicas = String(brokers);
  const inSync = String(Math.max(1, brokers - 1));
  const listeners = [...ports].map(([listener, port]) => `${listener.toUpperCase()}://127.0.0.1:${port}`);
  const ownVoters = voters.filter((voter) => voter.nodeId === nodeId);
  return {
    'process.roles': roles.join(','),
    'node.id': String(nodeId),
    'controller.quorum.voters': voters.map((voter) => `${voter.nodeId}@127.0.0.1:${voter.port}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: [...listeners, ...ownVoters.map(({ port }) => `CONTROLLER://127.0.0.1:${port}`)].join(','),
    'listener.security.protocol.map': Object.entries(PROTOCOLS)
      .map(([listener, protocol]) => `${listener.toUpperCase()}:${protocol}`)
      .join(','),
    ...(roles.includes('broker')
      ? { 'inter.broker.listener.name': 'PLAINTEXT', 'advertised.listeners': listeners.join(',') }
      : {}),
    ...(certificates ? securityProperties(certificates) : {}),
    ...(authorizer ? AUTHORIZER : {}),
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': 'false',
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    // A group's first member need not wait for others.
    'group.initial.rebalance.delay.ms': '0',
    // How long a killed broker keeps its leaderships, and its successor waiting: 9 s by default.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    // 128 MiB by default, a third of the heap.
    'log.cleaner.dedupe.buffer.size': '16777216',
  };
};

/**
 * Kafka's own authorizer of KRaft (KIP-801). The plaintext listener's clients have no name, and are the administrators:
 * the brokers themselves are among them.
 */
const AUTHORIZER: JavaProperties = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'false',
  'super.users': 'User:ANONYMOUS',
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
