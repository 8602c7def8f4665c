import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { causesOf } from '../../../functions/errors.ts';
import { type JavaProcess, logTail } from './java-process.ts';

/** What Kafka says once the controller has let a broker in (KafkaRaftServer#startup, BrokerServer#startup). */
const STARTED = 'Kafka Server started';

/** Which broker is waited for, and how long: the cluster's id tells it from somebody else's, which may have been quicker to take the port. */
export interface ExpectedBroker {
  readonly clusterId: string;
  readonly nodeId: number;
  /** Milliseconds that it may take. */
  readonly readyWithinMs: number;
}

/**
 * Waits until the broker says that it has started, and is counted in its cluster: from then on it takes every request.
 *
 * @param name How messages call it.
 * @param address Of its plaintext listener.
 * @throws Error with the end of the broker's log when it ends, or is not ready in time
 */
export const waitUntilReady = async (
  name: string,
  broker: JavaProcess,
  address: string,
  expected: ExpectedBroker,
): Promise<void> => {
  const deadline = Date.now() + expected.readyWithinMs;
  const ended = broker.exited.then((failure) => ({ failure }));
  for (;;) {
    // Not asked in turn: somebody else who has the port may take long to answer.
    const state = await Promise.race([isReady(broker, address, expected), ended]);
    if (state === true) {
      return;
    }
    if (state !== false) {
      throw state.failure ?? new Error(`${name} was stopped before it was ready`);
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${name} was not ready on ${address} within ${expected.readyWithinMs / 1000} s. From its log:\n${await logTail(broker.logFile)}`,
      );
    }
    await delay(100);
  }
};

const isReady = async (
  broker: JavaProcess,
  address: string,
  { clusterId, nodeId }: Pick<ExpectedBroker, 'clusterId' | 'nodeId'>,
): Promise<boolean> => {
  if (!(await broker.logged()).includes(STARTED)) {
    return false;
  }
  const kafka = new Kafka({
    brokers: [address],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return cluster.clusterId === clusterId && cluster.brokers.some((one) => one.nodeId === nodeId);
  } catch (error) {
    // What kafkajs says while any partition of the cluster has no leader: then the broker's own word has to do.
    return causesOf(error).some((cause) => 'type' in cause && cause.type === 'LEADER_NOT_AVAILABLE');
  } finally {
    await admin.disconnect();
  }
};
