import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { type JavaProcess, logTail } from './java-process.ts';

const READY_WITHIN_MS = 60_000;

/** Which broker is waited for: the cluster's id tells it from somebody else's, which may have been quicker to take the port. */
export interface ExpectedBroker {
  readonly clusterId: string;
  readonly nodeId: number;
}

/**
 * Waits until the broker is counted in its cluster: from then on it takes every request.
 *
 * @param name How messages call it.
 * @param address Of its plaintext listener.
 * @throws Error with the end of the broker's log when it ends, or is not ready within a minute
 */
export const waitUntilReady = async (
  name: string,
  broker: JavaProcess,
  address: string,
  expected: ExpectedBroker,
): Promise<void> => {
  const deadline = Date.now() + READY_WITHIN_MS;
  const ended = broker.exited.then((failure) => ({ failure }));
  for (;;) {
    // Not asked in turn: somebody else who has the port may take long to answer.
    const state = await Promise.race([isReady(address, expected), ended]);
    if (state === true) {
      return;
    }
    if (state !== false) {
      throw state.failure ?? new Error(`${name} was stopped before it was ready`);
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${name} was not ready on ${address} within ${READY_WITHIN_MS / 1000} s. From its log:\n${await logTail(broker.logFile)}`,
      );
    }
    await delay(100);
  }
};

const isReady = async (address: string, { clusterId, nodeId }: ExpectedBroker): Promise<boolean> => {
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
    return cluster.clusterId === clusterId && cluster.brokers.some((broker) => broker.nodeId === nodeId);
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
};
