import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { type JavaProcess, logTail } from './java-process.ts';

const READY_WITHIN_MS = 60_000;

/**
 * Waits until the broker counts itself in its cluster: from then on it takes every request.
 *
 * @param address of its plaintext listener
 * @param clusterId tells it from somebody else's broker, which may have been quicker to take the port
 * @throws Error with the end of the broker's log when it ends, or is not ready within a minute
 */
export const waitUntilReady = async (
  name: string,
  broker: JavaProcess,
  address: string,
  clusterId: string,
): Promise<void> => {
  const deadline = Date.now() + READY_WITHIN_MS;
  const ended = broker.exited.then((failure) => ({ failure }));
  for (;;) {
    // Not asked in turn: somebody else who has the port may take long to answer.
    const state = await Promise.race([isReady(address, clusterId), ended]);
    if (state === true) {
      return;
    }
    if (state !== false) {
      throw state.failure ?? new Error(`broker '${name}' was stopped before it was ready`);
    }
    if (Date.now() > deadline) {
      throw new Error(
        `broker '${name}' was not ready on ${address} within ${READY_WITHIN_MS / 1000} s. From its log:\n${await logTail(broker.logFile)}`,
      );
    }
    await delay(100);
  }
};

const isReady = async (address: string, clusterId: string): Promise<boolean> => {
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
    return cluster.clusterId === clusterId && cluster.brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
};
