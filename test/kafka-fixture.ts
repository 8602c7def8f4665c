import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import kafkajs, { type IHeaders, Kafka, logLevel, type Producer, type Transaction } from 'kafkajs';
import { type ClusterOptions, type KafkaCluster, startCluster } from '../local/world/kafka/cluster.ts';
import { createTopics } from '../local/world/kafka/create-topics.ts';

/** A record for a test to produce. */
export interface TestRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly partition?: number;
  readonly headers?: IHeaders;
  readonly timestamp?: number;
}

/** One real broker for all tests of a file, and short ways to use it. */
export interface KafkaFixture {
  readonly cluster: KafkaCluster;
  readonly kafka: Kafka;
  /** Creates a topic of a name that no other test has. */
  createTopic(config?: Readonly<Record<string, string>>, partitions?: number, name?: string): Promise<string>;
  produce(topic: string, records: readonly TestRecord[]): Promise<void>;
  /** Leaves a transaction for the test to end; its records are acknowledged. */
  openTransaction(topic: string, records: readonly TestRecord[]): Promise<Transaction>;
}

const toMessage = ({ timestamp, headers, ...record }: TestRecord) => ({
  ...record,
  ...(headers && { headers }),
  ...(timestamp !== undefined && { timestamp: String(timestamp) }),
});

/** Starts a broker before the tests of a file, and ends it after them. */
export const useKafka = (options: ClusterOptions = {}): (() => KafkaFixture) => {
  let fixture: KafkaFixture | undefined;
  let producer: Producer | undefined;
  const others: Producer[] = [];

  beforeAll(async () => {
    const cluster = await startCluster(options);
    const kafka = new Kafka({ clientId: 'test', brokers: cluster.brokers, logLevel: logLevel.NOTHING });
    const createPartitioner = kafkajs.Partitioners.DefaultPartitioner;
    // Idempotent, so that a retry while leaders settle writes nothing twice.
    const shared = kafka.producer({ createPartitioner, idempotent: true, maxInFlightRequests: 1 });
    producer = shared;
    await shared.connect();
    fixture = {
      cluster,
      kafka,
      createTopic: async (config = {}, numPartitions = 1, topic = `topic-${randomUUID()}`) => {
        const admin = kafka.admin();
        await admin.connect();
        const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
        await createTopics(admin, [{ topic, numPartitions, configEntries }]);
        await admin.disconnect();
        return topic;
      },
      produce: async (topic, records) => {
        await shared.send({ topic, messages: records.map(toMessage) });
      },
      openTransaction: async (topic, records) => {
        const transactional = kafka.producer({
          transactionalId: randomUUID(),
          createPartitioner,
          maxInFlightRequests: 1,
        });
        others.push(transactional);
        await transactional.connect();
        const transaction = await transactional.transaction();
        await transaction.send({ topic, messages: records.map(toMessage) });
        return transaction;
      },
    };
  }, 120_000);

  afterAll(async () => {
    await Promise.allSettled([producer, ...others].map((one) => one?.disconnect()));
    await fixture?.cluster.close();
  }, 60_000);

  return () => {
    if (fixture === undefined) {
      throw new Error('the broker is there only within tests');
    }
    return fixture;
  };
};
