import kafkajs, { type Kafka, type Producer } from 'kafkajs';
import type { Configuration } from '../configuration/configuration.ts';
import type { Deadline } from '../deadline.ts';
import { openTopicLog } from '../kafka/topic-log.ts';
import { ensureOffsetsTopic } from './offsets-topic.ts';
import { type OffsetsWriter, openOffsetsWriter } from './offsets-writer.ts';

/** Open sockets to the target cluster, and the writer that works on them. */
export interface Connection {
  readonly writer: OffsetsWriter;
  /** Closes the sockets. Never throws: whatever they were in the middle of is over. */
  close(): Promise<void>;
}

/** Milliseconds after which the coordinator aborts a transaction whose instance died in it. */
const TRANSACTION_TIMEOUT_MS = 30_000;

const ensureOffsetsTopics = async (kafka: Kafka, { flows, replicationFactor }: Configuration): Promise<void> => {
  const admin = kafka.admin();
  try {
    await admin.connect();
    for (const topic of new Set(flows.map(({ offsetsTopic }) => offsetsTopic))) {
      await ensureOffsetsTopic(admin, topic, replicationFactor);
    }
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};

/**
 * Connects to the target cluster, makes sure that the flows' MM2 offsets topics exist, fences earlier instances and
 * reads the topics to their ends.
 *
 * @throws OffsetsTopicError, KafkaError, TimeLimitError and whatever kafkajs throws; nothing stays open then
 */
export const connect = async (kafka: Kafka, configuration: Configuration, deadline: Deadline): Promise<Connection> => {
  const producers: Producer[] = [];
  const connectProducer = async (): Promise<Producer> => {
    const producer = kafka.producer({
      transactionalId: configuration.name,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    // A fenced producer is of no more use.
    await Promise.allSettled(producers.splice(0, producers.length, producer).map((fenced) => fenced.disconnect()));
    await producer.connect();
    return producer;
  };
  const log = openTopicLog(kafka);
  const close = async () => {
    await Promise.allSettled([...producers.map((producer) => producer.disconnect()), log.disconnect()]);
  };
  try {
    await deadline.within("MM2's offsets topics to be checked or created", ensureOffsetsTopics(kafka, configuration));
    await deadline.within('a connection to the brokers', log.connect());
    const writer = await deadline.within(
      "earlier instances to be fenced and MM2's offsets topics to be read",
      openOffsetsWriter(connectProducer, log, configuration.flows),
    );
    return { writer, close };
  } catch (error) {
    void close();
    throw error;
  }
};
