import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../process/temporary-folder.ts';
import { type Certificates, type CertifiedKey, makeCertificates } from './certificates.ts';
import { type KafkaDistribution, kafkaDistribution } from './distribution.ts';
import { startFirstTime } from './first-start.ts';
import { untilInSync } from './in-sync.ts';
import { runJava } from './java-process.ts';
import type { JavaProperties } from './java-properties.ts';
import { type NodePlan, type StartedNode, startNodes } from './node.ts';
import type { Listener, NodeRole } from './node-properties.ts';
import { freePorts } from './ports.ts';
import { type ScramUser, setPasswordArguments } from './scram-users.ts';

export interface ClusterOptions {
  /** How messages and folders call it. @default 'kafka' */
  readonly name?: string;
  /** One, which is its own controller, or three with a controller apart. @default 1 */
  readonly brokers?: 1 | 3;
  /** The plaintext one is always there: it is the broker's own. @default ['plaintext'] */
  readonly listeners?: readonly Listener[];
  /** Who may log in at the `scram` listener. @default nobody */
  readonly users?: readonly ScramUser[];
  /**
   * Whether clients may do only what ACLs allow them (see acls.ts). Those of the plaintext listener may do everything.
   *
   * @default false
   */
  readonly authorizer?: boolean;
  /** Settings of every node, over those of node-properties.ts. */
  readonly serverProperties?: JavaProperties;
  /** Settings of one node, over those it has. @default none */
  readonly nodeProperties?: (nodeId: number, properties: JavaProperties) => JavaProperties;
  /**
   * Milliseconds in which a broker has to be ready, whenever it is started: one that was killed first recovers what it has.
   *
   * @default 60,000
   */
  readonly readyWithinMs?: number;
  /** Told, in a sentence, what takes long: the download of Kafka. @default nobody */
  readonly onProgress?: (message: string) => void;
  /** Where ports come from. @default freePorts */
  readonly pickPorts?: (count: number) => Promise<readonly number[]>;
}

/** What can be done to a broker, or to a whole cluster. */
export interface BrokerControl {
  /** Shuts it down in order. Data and ports are kept for `restart()`. */
  stop(): Promise<void>;
  /** Kills it (SIGKILL). Data and ports are kept for `restart()`. */
  kill(): Promise<void>;
  /** Shuts it down unless it is down, starts it on the same ports with the same data, and waits until it is ready. */
  restart(): Promise<void>;
}

/** One broker of a cluster. */
export interface ClusterNode extends BrokerControl {
  /** As Kafka's metadata have it: `node.id`. */
  readonly id: number;
  /** Its plaintext listener, e.g. `127.0.0.1:23456`. */
  readonly bootstrapServers: string;
  readonly logFile: string;
  /** Its process id, the last one's when it does not run. */
  readonly pid: number;
}

/** A real Kafka cluster on 127.0.0.1; what is done to it is done to all its brokers. */
export interface KafkaCluster extends BrokerControl {
  readonly name: string;
  /** Its brokers, by id. */
  readonly nodes: readonly ClusterNode[];
  /**
   * The brokers' plaintext listeners, joined by commas, e.g. `127.0.0.1:23456`. They stay the same for the cluster's
   * life, as all addresses do.
   */
  readonly bootstrapServers: string;
  /** The same as a list, as kafkajs wants it. */
  readonly brokers: string[];
  /** The brokers' addresses of a listener, joined by commas. @throws Error when the cluster was started without it */
  bootstrapServersOf(listener: Listener): string;
  /** PEM, of the authority that signed the brokers' certificate. @throws Error when no listener has TLS */
  readonly caCertificate: string;
  /** The file that holds it, for NODE_EXTRA_CA_CERTS. @throws Error when no listener has TLS */
  readonly caCertificateFile: string;
  /** What the `mtls` listener accepts, PEM. @throws Error when no listener has TLS */
  readonly clientCertificate: CertifiedKey;
  /** Gives a SCRAM user another password (or creates the user). Connections that are open stay so. Takes 1 to 2 s. */
  setPassword(username: string, password: string): Promise<void>;
  readonly distribution: KafkaDistribution;
  /** Holds settings, data and logs; gone after `close()`. */
  readonly folder: string;
  /** The first broker's. */
  readonly logFile: string;
  /** The first broker's process id, the last one's when it does not run. */
  readonly pid: number;
  /** Restarts one broker after the other, each once every replica has caught up, as Amazon MSK does when it patches. */
  restartInTurn(): Promise<void>;
  /** Ends the cluster and removes its data. May be called more than once. */
  close(): Promise<void>;
}

const CONTROLLER_ID = 4;
const READY_WITHIN_MS = 60_000;

/**
 * The nodes' ids and roles. Three brokers have their controller apart, as on Amazon MSK: whichever of them is killed, the
 * others are led on at once.
 */
const rolesOf = (brokers: 1 | 3): readonly Pick<NodePlan, 'nodeId' | 'roles'>[] => {
  if (brokers === 1) {
    return [{ nodeId: 1, roles: ['broker', 'controller'] }];
  }
  const role = (nodeId: number, role: NodeRole) => ({ nodeId, roles: [role] });
  return [role(1, 'broker'), role(2, 'broker'), role(3, 'broker'), role(CONTROLLER_ID, 'controller')];
};

/**
 * Starts a KRaft cluster on free loopback ports, with its data in a fresh temporary folder, and waits until it serves
 * requests. It does not outlive this process, and neither does its folder. Topics are not created by their use.
 * `KAFKA_VERSION` in the environment chooses another Kafka than the pom's.
 *
 * With three brokers everything has three replicas, of which one may be missing (`min.insync.replicas` 2), Kafka's
 * internal topics included.
 *
 * @throws Error when Java or Maven is missing (see distribution.ts)
 * @throws Error with what a node's log says when it ends, or is not ready in time
 */
export const startCluster = async (options: ClusterOptions = {}): Promise<KafkaCluster> => {
  const { name = 'kafka', brokers = 1, users = [], authorizer = false, serverProperties = {} } = options;
  const { onProgress, pickPorts = freePorts, nodeProperties = () => ({}), readyWithinMs = READY_WITHIN_MS } = options;
  const listeners = new Set<Listener>(['plaintext', ...(options.listeners ?? [])]);
  const distribution = await kafkaDistribution(onProgress ? { onProgress } : {});
  const certificates = listeners.size > 1 ? await makeCertificates() : undefined;
  const clusterId = randomBytes(16).toString('base64url');
  const temporary = await temporaryFolder(`mm2-migration-${name}`);
  const caCertificateFile = join(temporary.path, 'ca.pem');
  if (certificates) {
    await writeFile(caCertificateFile, certificates.authority.certificate);
  }

  const nodes = rolesOf(brokers).map(({ nodeId, roles }): NodePlan => {
    const folder = join(temporary.path, `node-${nodeId}`);
    const logFile = join(folder, 'node.log');
    const described = `${roles.join(' and ')} ${nodeId} of '${name}'`;
    return { name: described, nodeId, roles, distribution, folder, logFile, clusterId, readyWithinMs };
  });
  const plan = { nodes, listeners, users, certificates, authorizer, serverProperties, nodeProperties };
  const started = await startFirstTime(plan, pickPorts).catch(async (error: unknown) => {
    await temporary.remove();
    throw error;
  });
  const running = started.map(controlledNode);
  const brokerNodes = running.filter(({ isBroker }) => isBroker).map(({ node }) => node);
  const [first] = brokerNodes;
  if (first === undefined) {
    throw new Error(`cluster '${name}' has no broker`);
  }

  const addressesOf = (listener: Listener): string[] => {
    return running
      .filter(({ isBroker }) => isBroker)
      .map(({ addressOf }) => {
        const address = addressOf(listener);
        if (address === undefined) {
          throw new Error(`cluster '${name}' has no '${listener}' listener: start it with listeners: ['${listener}']`);
        }
        return address;
      });
  };
  const requireCertificates = (): Certificates => {
    if (!certificates) {
      throw new Error(`cluster '${name}' has no listener with TLS: start it with listeners: ['scram'] or ['mtls']`);
    }
    return certificates;
  };
  const bootstrapServersOf = (listener: Listener) => addressesOf(listener).join(',');
  const bootstrapServers = bootstrapServersOf('plaintext');
  const toAll = async (work: (node: ClusterNode) => Promise<void>) => {
    await Promise.all(brokerNodes.map(work));
  };
  return {
    name,
    nodes: brokerNodes,
    bootstrapServers,
    brokers: addressesOf('plaintext'),
    bootstrapServersOf,
    get caCertificate() {
      return requireCertificates().authority.certificate;
    },
    get caCertificateFile() {
      requireCertificates();
      return caCertificateFile;
    },
    get clientCertificate() {
      return requireCertificates().client;
    },
    setPassword: (username, password) =>
      runJava(distribution, {
        name: `the change of the password of '${username}'`,
        mainClass: 'kafka.admin.ConfigCommand',
        args: setPasswordArguments(bootstrapServers, { username, password }),
        logFile: join(temporary.path, 'set-password.log'),
      }),
    distribution,
    folder: temporary.path,
    logFile: first.logFile,
    get pid() {
      return first.pid;
    },
    stop: () => toAll((node) => node.stop()),
    kill: () => toAll((node) => node.kill()),
    restart: () => toAll((node) => node.restart()),
    async restartInTurn() {
      for (const node of brokerNodes) {
        await node.restart();
        await untilInSync(addressesOf('plaintext'));
      }
    },
    async close() {
      await Promise.all(running.map(({ node }) => node.kill()));
      await temporary.remove();
    },
  };
};

/** A node that can be stopped and started again, and where it listens. */
const controlledNode = ({ plan, ports, process: first }: StartedNode) => {
  let process = first;
  const addressOf = (listener: Listener): string | undefined => {
    const port = ports.get(listener);
    return port === undefined ? undefined : `127.0.0.1:${port}`;
  };
  const node: ClusterNode = {
    id: plan.nodeId,
    bootstrapServers: addressOf('plaintext') ?? '',
    logFile: plan.logFile,
    get pid() {
      return process.pid;
    },
    stop: () => process.stop(),
    kill: () => process.kill(),
    async restart() {
      await process.stop();
      const [again] = await startNodes([{ plan, ports }]);
      process = again?.process ?? process;
    },
  };
  return { node, addressOf, isBroker: plan.roles.includes('broker') };
};
