import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../process/temporary-folder.ts';
import { startAgain, startFirstTime } from './broker.ts';
import type { Listener } from './broker-properties.ts';
import { type Certificates, type CertifiedKey, makeCertificates } from './certificates.ts';
import { type KafkaDistribution, kafkaDistribution } from './distribution.ts';
import { runJava } from './java-process.ts';
import type { JavaProperties } from './java-properties.ts';
import { freePorts } from './ports.ts';
import { type ScramUser, setPasswordArguments } from './scram-users.ts';

export interface ClusterOptions {
  /** How messages and folders call it. @default 'kafka' */
  readonly name?: string;
  /** The plaintext one is always there: it is the broker's own. @default ['plaintext'] */
  readonly listeners?: readonly Listener[];
  /** Who may log in at the `scram` listener. @default nobody */
  readonly users?: readonly ScramUser[];
  /** The broker's own settings, over those of broker-properties.ts. */
  readonly serverProperties?: JavaProperties;
  /** Told, in a sentence, what takes long: the download of Kafka. @default nobody */
  readonly onProgress?: (message: string) => void;
  /** Where ports come from. @default freePorts */
  readonly pickPorts?: (count: number) => Promise<readonly number[]>;
}

/** One real Kafka broker, which is its own controller, on 127.0.0.1. */
export interface KafkaCluster {
  readonly name: string;
  /** The plaintext listener, e.g. `127.0.0.1:23456`. Stays the same for the cluster's life, as all addresses do. */
  readonly bootstrapServers: string;
  /** The same as a list, as kafkajs wants it. */
  readonly brokers: string[];
  /** The address of a listener. @throws Error when the cluster was started without it */
  bootstrapServersOf(listener: Listener): string;
  /** PEM, of the authority that signed the broker's certificate. @throws Error when no listener has TLS */
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
  readonly logFile: string;
  /** The broker's process id, the last one's when it does not run. */
  readonly pid: number;
  /** Shuts the broker down. Data and ports are kept for `restart()`. */
  stop(): Promise<void>;
  /** Kills the broker (SIGKILL). Data and ports are kept for `restart()`. */
  kill(): Promise<void>;
  /** Starts the broker again, on the same ports with the same data, and waits until it is ready. */
  restart(): Promise<void>;
  /** Ends the broker and removes its data. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts a single-node KRaft cluster on free loopback ports, with its data in a fresh temporary folder, and waits
 * until it serves requests. It does not outlive this process, and neither does its folder. Topics are not created
 * by their use. `KAFKA_VERSION` in the environment chooses another Kafka than the pom's.
 *
 * @throws Error when Java or Maven is missing (see distribution.ts)
 * @throws Error with what the broker's log says when it ends, or is not ready within a minute
 */
export const startCluster = async (options: ClusterOptions = {}): Promise<KafkaCluster> => {
  const { name = 'kafka', users = [], serverProperties = {}, onProgress, pickPorts = freePorts } = options;
  const listeners = new Set<Listener>(['plaintext', ...(options.listeners ?? [])]);
  const distribution = await kafkaDistribution(onProgress ? { onProgress } : {});
  const certificates = listeners.size > 1 ? await makeCertificates() : undefined;
  const clusterId = randomBytes(16).toString('base64url');
  const temporary = await temporaryFolder(`mm2-migration-${name}`);
  const folder = temporary.path;
  const logFile = join(folder, 'broker.log');
  const caCertificateFile = join(folder, 'ca.pem');
  if (certificates) {
    await writeFile(caCertificateFile, certificates.authority.certificate);
  }

  const plan = { name, distribution, folder, logFile, clusterId, listeners, users, certificates, serverProperties };
  const { ports, ...first } = await startFirstTime(plan, pickPorts).catch(async (error: unknown) => {
    await temporary.remove();
    throw error;
  });
  let { broker } = first;

  const bootstrapServersOf = (listener: Listener): string => {
    const port = ports.get(listener);
    if (port === undefined) {
      throw new Error(`cluster '${name}' has no '${listener}' listener: start it with listeners: ['${listener}']`);
    }
    return `127.0.0.1:${port}`;
  };
  const requireCertificates = (): Certificates => {
    if (!certificates) {
      throw new Error(`cluster '${name}' has no listener with TLS: start it with listeners: ['scram'] or ['mtls']`);
    }
    return certificates;
  };
  const bootstrapServers = bootstrapServersOf('plaintext');
  return {
    name,
    bootstrapServers,
    brokers: [bootstrapServers],
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
        logFile: join(folder, 'set-password.log'),
      }),
    distribution,
    folder,
    logFile,
    get pid() {
      return broker.pid;
    },
    stop: () => broker.stop(),
    kill: () => broker.kill(),
    async restart() {
      await broker.stop();
      broker = await startAgain(plan, ports);
    },
    async close() {
      await broker.kill();
      await temporary.remove();
    },
  };
};
