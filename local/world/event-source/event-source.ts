import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { EventBatch, MAX_BATCH_SIZE } from './kafka-event.ts';
import { pollTopic } from './topic-poller.ts';

export interface EventSourceOptions {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** Who reads, and how it is secured, as the mapping's authentication is. @default plaintext, without authentication */
  readonly security?: Pick<KafkaConfig, 'ssl' | 'sasl'>;
  /** @default 'connect-offsets' */
  readonly topic?: string;
  readonly consumerGroup: string;
  /** Runs the function with an event's JSON; rejects when the function fails. */
  readonly invoke: (eventJson: string) => Promise<unknown>;
  /** The most records in one event. @default 10,000, which is AWS's maximum */
  readonly batchSize?: number;
  /** How long records are collected once there is one. @default 500 ms, as on MSK */
  readonly batchingWindowMs?: number;
  /** What the event says. @default the ARN of no real cluster */
  readonly eventSourceArn?: string;
  /** What the event says. @default the brokers */
  readonly bootstrapServers?: string;
  /** How long `stop()` lets a running invocation and its commit take. @default 10,000 ms */
  readonly stopTimeoutMs?: number;
}

export interface EventSource {
  /** Invocations begun, the repeated ones included. */
  readonly invocations: number;
  /** Invocations that rejected. */
  readonly failures: number;
  /** Records in the batches that the function took. */
  readonly records: number;
  /**
   * Resolves once all that stands in the topic now has been taken by the function and committed. A partition that
   * ends in a transaction marker, which is no record, never counts as read to its end.
   *
   * @throws Error when the event source cannot go on, or is stopped meanwhile
   */
  idle(): Promise<void>;
  /**
   * Ends the polling. A running invocation may finish and be committed within `stopTimeoutMs`; a batch that failed is
   * not repeated any more: the next event source with this consumer group begins with it.
   */
  stop(): Promise<void>;
}

const POLL_MS = 20;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Stands in for Lambda's event source mapping of an MSK topic: reads all partitions and invokes the function with one
 * batch at a time.
 *
 * A batch goes out when it holds `batchSize` records or 6 MB, or when its window is over
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html). Its offsets are committed after
 * the function took it; when the function fails, the same batch is repeated until it succeeds
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html). A new consumer group starts at the beginning of the
 * topic (TRIM_HORIZON), any other one at its committed offsets. A broker that goes away is waited for.
 *
 * Unlike Lambda's pollers it reads only what kafkajs can decompress: gzip, and the codecs that the program registered
 * in kafkajs's `CompressionCodecs`. It has none of a mapping's settings to filter, split or give up batches.
 *
 * @throws Error when the brokers cannot be reached, or the topic does not exist
 */
export const startEventSource = async (options: EventSourceOptions): Promise<EventSource> => {
  const { brokers, consumerGroup, topic = 'connect-offsets', batchSize = MAX_BATCH_SIZE } = options;
  const { batchingWindowMs = 500, stopTimeoutMs = 10_000 } = options;
  const origin = {
    eventSourceArn: options.eventSourceArn ?? 'arn:aws:kafka:us-east-1:123456789012:cluster/local/0',
    bootstrapServers: options.bootstrapServers ?? brokers.join(','),
  };
  const kafka = new Kafka({
    clientId: `event-source-${consumerGroup}`,
    brokers: [...brokers],
    ...options.security,
    logLevel: logLevel.NOTHING,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
  });
  const poller = await pollTopic({ kafka, topic, consumerGroup, capacity: batchSize });
  const admin = kafka.admin();
  await admin.connect();

  const count = { invocations: 0, failures: 0, records: 0 };
  /** Aborted by `stop()`: nothing new begins. */
  const stopping = new AbortController();
  /** Aborted when the time to stop is up: what still runs is left to itself. */
  const abandoned = new AbortController();
  let failure: Error | undefined;

  /** Collects records until the batch is full or its window is over. */
  const gather = async (): Promise<EventBatch> => {
    const batch = new EventBatch(origin, { records: batchSize });
    let windowEnd = Number.POSITIVE_INFINITY;
    while (!stopping.signal.aborted) {
      let next = poller.waiting[0];
      while (next !== undefined && batch.offer(next)) {
        poller.waiting.shift();
        next = poller.waiting[0];
      }
      if (next !== undefined || batch.isFull || Date.now() >= windowEnd) {
        break;
      }
      if (batch.recordCount > 0) {
        windowEnd = Math.min(windowEnd, Date.now() + batchingWindowMs);
      }
      await sleep(POLL_MS);
    }
    return batch;
  };

  /** Invokes the function with one event until it takes it. Resolves to false when stopped before. */
  const invokeUntilTaken = async (eventJson: string): Promise<boolean> => {
    for (let wait = FIRST_RETRY_MS; !stopping.signal.aborted; wait = Math.min(2 * wait, LONGEST_RETRY_MS)) {
      count.invocations += 1;
      try {
        await options.invoke(eventJson);
        return true;
      } catch {
        count.failures += 1;
      }
      // The sleep rejects when it is cut short by stop().
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {});
    }
    return false;
  };

  const deliver = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const batch = await gather();
      if (await invokeUntilTaken(batch.toJson())) {
        count.records += batch.recordCount;
        await poller.commit(batch.nextOffsets(), abandoned.signal);
      }
    }
  };
  const delivering = deliver().catch((error: Error) => {
    failure = error;
  });

  const isCommitted = async (ends: readonly { partition: number; high: string; low: string }[]): Promise<boolean> => {
    const [group] = await admin.fetchOffsets({ groupId: consumerGroup, topics: [topic] });
    const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    return ends.every(({ partition, high, low }) => high === low || (committed.get(partition) ?? -1n) >= BigInt(high));
  };

  /** Asks until there is an answer: a broker that is away is waited for. */
  const untilAnswered = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const reason = failure ?? poller.failure;
      if (reason) {
        throw new Error(`the event source of ${topic} cannot go on: ${reason.message}`, { cause: reason });
      }
      if (stopping.signal.aborted) {
        throw new Error(`the event source of ${topic} was stopped before it had delivered all of the topic`);
      }
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined) {
        return answer;
      }
      await sleep(POLL_MS);
    }
  };

  return {
    get invocations() {
      return count.invocations;
    },
    get failures() {
      return count.failures;
    },
    get records() {
      return count.records;
    },
    async idle() {
      const ends = await untilAnswered(() => admin.fetchTopicOffsets(topic));
      await untilAnswered(async () => (await isCommitted(ends)) || undefined);
    },
    async stop() {
      stopping.abort();
      await Promise.race([delivering, sleep(stopTimeoutMs, undefined, { ref: false })]);
      abandoned.abort();
      await Promise.race([
        Promise.allSettled([poller.close(), admin.disconnect()]),
        sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false }),
      ]);
    },
  };
};
