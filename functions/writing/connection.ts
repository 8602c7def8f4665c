import kafkajs, { type Kafka, type Producer } from 'kafkajs';
import type { Configuration } from '../configuration/configuration.ts';
import type { Deadline } from '../deadline.ts';
import { KafkaError } from '../errors.ts';
import type { KafkaLog } from '../kafka/client.ts';
import { openTopicLog } from '../kafka/topic-log.ts';
import { createFencedTransactions } from './fencing.ts';
import { ensureOffsetsTopic, type OffsetsTopic } from './offsets-topic.ts';
import { type OffsetsWriter, openOffsetsWriter } from './offsets-writer.ts';
import type { KeysByTopic } from './write-outcome.ts';

/** Open sockets to the target cluster, and the writer that works on them. */
export interface Connection {
  readonly writer: OffsetsWriter;
  /** Closes the sockets. Never throws: whatever they were in the middle of is over. */
  close(): Promise<void>;
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly kafka: Kafka;
  readonly configuration: Configuration;
  readonly deadline: Deadline;
  readonly log: KafkaLog;
  /** The keys that stood in MM2's offsets topics when this process last looked. */
  readonly known: KeysByTopic;
}

/**
 * Milliseconds after which the coordinator aborts a transaction by itself. A transaction's work is bounded
 * (`bounded-transactions.ts`), and a dead instance's transaction is aborted by the next one; until one of the two an
 * MM2 with exactly-once waits.
 */
const TRANSACTION_TIMEOUT_MS = 60_000;

/** Bytes that a batch keeps free, for what its size was estimated by. */
const HEADROOM = 200;
/** The largest batch that is sent, where a topic takes larger ones. */
const MAX_BATCH_BYTES = 800_000;

const ensureOffsetsTopics = async ({
  kafka,
  configuration: { flows, replicationFactor },
  log,
}: ConnectionOptions): Promise<readonly OffsetsTopic[]> => {
  const admin = kafka.admin();
  const topics: OffsetsTopic[] = [];
  try {
    await admin.connect();
    for (const topic of new Set(flows.map(({ offsetsTopic }) => offsetsTopic))) {
      topics.push(await ensureOffsetsTopic(admin, topic, log, replicationFactor));
    }
    return topics;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};

/**
 * Connects to the target cluster, makes sure that the flows' MM2 offsets topics exist, fences earlier instances and
 * reads the topics to their ends.
 *
 * @throws OffsetsTopicError, KafkaError, TimeLimitError and whatever kafkajs throws. Nothing stays open then: what is
 *   still being opened when the time is up is closed as soon as it is open, and fences nobody
 */
export const connect = async (options: ConnectionOptions): Promise<Connection> => {
  const { kafka, configuration, deadline, known } = options;
  let isClosed = false;
  const topicLog = openTopicLog(kafka);
  const producers: Producer[] = [];
  const connectProducer = async (): Promise<Producer> => {
    if (isClosed) {
      throw new KafkaError('The connection was closed before its producer was connected');
    }
    const producer = kafka.producer({
      transactionalId: configuration.name,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    // A fenced producer is of no more use.
    await Promise.allSettled(producers.splice(0, producers.length, producer).map((fenced) => fenced.disconnect()));
    await producer.connect().catch(async (error) => {
      await topicLog.findCoordinator(configuration.name);
      throw error;
    });
    if (isClosed) {
      await producer.disconnect();
      throw new KafkaError('The connection was closed while its producer was connected');
    }
    return producer;
  };
  const close = async () => {
    isClosed = true;
    await Promise.allSettled([...producers.map((producer) => producer.disconnect()), topicLog.disconnect()]);
  };
  try {
    const topics = await deadline.within("MM2's offsets topics to be checked or created", ensureOffsetsTopics(options));
    await deadline.within('a connection to the brokers', topicLog.connect());
    const limits = new Map(topics.map(({ name, maxBatchBytes }) => [name, maxBatchBytes - HEADROOM]));
    const transactions = createFencedTransactions({
      connectProducer,
      transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
      maxBatchBytes: (topic) => Math.min(MAX_BATCH_BYTES, limits.get(topic) ?? MAX_BATCH_BYTES),
    });
    const writer = await deadline.within(
      "earlier instances to be fenced and MM2's offsets topics to be read",
      openOffsetsWriter({ transactions, log: topicLog, flows: configuration.flows, known }),
    );
    return { writer, close };
  } catch (error) {
    void close();
    throw error;
  }
};
