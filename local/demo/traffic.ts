import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { createTopics } from '../world/kafka/create-topics.ts';

/** A topic, and the partitions of it that get records. */
export interface TrafficTopic {
  readonly topic: string;
  readonly partitions: number;
  /** Partitions that stay empty. @default none */
  readonly empty?: readonly number[];
}

/** Records on their way into the source topics. */
export interface Traffic {
  /** Records acknowledged so far. */
  readonly records: number;
  /** Sends nothing more until `resume()`; what was sent is acknowledged then. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends the traffic. */
  stop(): Promise<void>;
}

/** Milliseconds between two sends. */
const INTERVAL_MS = 50;

/**
 * Creates the topics and sends records into them until it is stopped, to every partition in turn. Each record's
 * value says where it stands in its partition, so no two are alike.
 *
 * @param recordsPerSecond Over all partitions.
 */
export const startTraffic = async (
  cluster: { readonly brokers: readonly string[] },
  topics: readonly TrafficTopic[],
  recordsPerSecond: number,
): Promise<Traffic> => {
  const kafka = new Kafka({ clientId: 'traffic', brokers: [...cluster.brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await createTopics(
    admin,
    topics.map(({ topic, partitions }) => ({ topic, numPartitions: partitions })),
  );
  await admin.disconnect();
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();

  const targets = topics.flatMap(({ topic, partitions, empty = [] }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition, next: 0 })).filter(
      ({ partition }) => !empty.includes(partition),
    ),
  );
  const perPartition = Math.max(1, Math.round((recordsPerSecond * INTERVAL_MS) / 1000 / targets.length));
  let records = 0;

  const sendOnce = async () => {
    const topicMessages = targets.map((target) => ({
      topic: target.topic,
      messages: Array.from({ length: perPartition }, () => {
        const value = `${target.topic}-${target.partition} #${target.next++}`;
        return { partition: target.partition, key: `key ${value}`, value };
      }),
    }));
    await producer.sendBatch({ topicMessages });
    records += targets.length * perPartition;
  };
  const flow = async (until: AbortSignal) => {
    while (!until.aborted) {
      await sendOnce();
      await sleep(INTERVAL_MS);
    }
  };
  let paused = new AbortController();
  let flowing = flow(paused.signal);
  const pause = async () => {
    paused.abort();
    await flowing;
  };

  return {
    get records() {
      return records;
    },
    pause,
    resume: () => {
      paused = new AbortController();
      flowing = flow(paused.signal);
    },
    stop: async () => {
      await pause();
      await producer.disconnect();
    },
  };
};
