import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import { ensureOffsetsTopic } from '../kafka/create-topics.ts';
import { copyBatches } from './copy-batches.ts';
import { sourceOffsetKey, sourceOffsetValue } from './source-offset.ts';
import { readStoredPositions, type SourcePosition } from './stored-positions.ts';
import { createTargetTopics } from './target-topics.ts';

export interface ReplicatorOptions {
  readonly source: { readonly brokers: readonly string[] };
  readonly target: { readonly brokers: readonly string[] };
  readonly topics: readonly string[];
  /** The connector's name. @default 'replicator' */
  readonly connector?: string;
  /** The Connect worker's offsets topic, in the target cluster. @default 'connect-offsets' */
  readonly offsetsTopic?: string;
  /** Time between two flushes of the offsets. @default 1,000 ms; a Connect worker's own default is 60 s */
  readonly flushIntervalMs?: number;
  /** How long `stop()` may take to finish copying and to flush. @default 10,000 ms */
  readonly stopTimeoutMs?: number;
}

export interface Replicator {
  /** The source offset of the last record copied, by `topic-partition`; the stored one where none was copied yet. */
  copied(): Map<string, bigint>;
  /**
   * Stops in order, as Connect stops a connector: what was read is copied, then the offsets are flushed.
   *
   * @throws Error when that took too long: the stored offsets are then behind what was copied
   */
  stop(): Promise<void>;
  /** Stops without the last flush, as SIGKILL does. After it nothing more is written. */
  kill(): Promise<void>;
}

const RETRY_MS = 200;
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Stands in for Confluent Replicator in a Connect worker: copies topics from one cluster to another and keeps, in the
 * worker's offsets topic, the offset of the last record copied for every source partition:
 *
 *     ["replicator",{"topic":"foo","partition":2}]  ->  {"offset":1}
 *
 * At the start it goes on behind the stored offsets, and at the beginning of a partition that has none. Key, value,
 * headers and timestamp are copied as they are, to the partition of the same number. As Connect does, it flushes at an
 * interval, only partitions that advanced, and only what the target has acknowledged. A broker that goes away is
 * waited for.
 *
 * It knows one worker, one task and a fixed list of topics. It does not copy topic settings, follow new partitions or
 * translate consumer groups, and reads only what kafkajs can decompress.
 *
 * @throws Error when a cluster cannot be reached, a source topic does not exist or a target topic has too few
 *   partitions
 */
export const startReplicator = async (options: ReplicatorOptions): Promise<Replicator> => {
  const { topics, connector = 'replicator', offsetsTopic = 'connect-offsets' } = options;
  const { flushIntervalMs = 1_000, stopTimeoutMs = 10_000 } = options;
  const source = kafkaClient(connector, options.source.brokers);
  const target = kafkaClient(connector, options.target.brokers);
  const positions = await prepare(source, target, topics, connector, offsetsTopic);
  /** What the offsets topic holds. */
  const flushed = new Map([...positions].map(([name, { offset }]) => [name, offset]));

  let failure: Error | undefined;
  let sendFailure: unknown;
  /** Aborted by `stop()` and `kill()`: no flush at the interval any more. */
  const stopping = new AbortController();
  /** Aborted by `kill()`, and when the time to stop is up: nothing is tried again. */
  const abandoned = new AbortController();

  // Idempotent, so that a broker's restart cannot make it write a record twice.
  const producer = target.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  // kafkajs reads as a consumer group only. This one is new at each start and never commits: as with Connect, where to
  // go on is known from the offsets topic alone.
  const consumer = source.consumer({
    groupId: `${connector}-${randomUUID()}`,
    maxWaitTimeInMs: 200,
    // A broker that comes back waits so long for the member it knew before it lets this one in anew; the shortest that
    // brokers allow by default (group.min.session.timeout.ms).
    sessionTimeout: 6_000,
    heartbeatInterval: 1_000,
    retry: { restartOnFailure: async () => !stopping.signal.aborted },
  });
  // At the start, and after a rejoin such as a broker's restart brings: kafkajs would begin anew.
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const { topic, partition, offset } of positions.values()) {
      consumer.seek({ topic, partition, offset: (offset + 1n).toString() });
    }
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart && !stopping.signal.aborted) {
      failure = payload.error;
    }
  });

  /** Sends until the target has acknowledged. */
  const send = async (topic: string, messages: Message[]): Promise<void> => {
    for (;;) {
      abandoned.signal.throwIfAborted();
      try {
        await producer.send({ topic, messages, acks: -1 });
        return;
      } catch (error) {
        sendFailure = error;
        await sleep(RETRY_MS);
      }
    }
  };

  const flush = async (): Promise<void> => {
    const advanced = [...positions].filter(([name, { offset }]) => flushed.get(name) !== offset);
    if (advanced.length === 0) {
      return;
    }
    await send(
      offsetsTopic,
      advanced.map(([, { topic, partition, offset }]) => ({
        key: sourceOffsetKey(connector, topic, partition),
        value: sourceOffsetValue(offset),
      })),
    );
    for (const [name, { offset }] of advanced) {
      flushed.set(name, offset);
    }
  };

  const flushAtInterval = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // The sleep rejects when it is cut short.
      await sleep(flushIntervalMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (!stopping.signal.aborted) {
        await flush();
      }
    }
  };

  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { topic, partition, messages }, heartbeat }) => {
      const name = `${topic}-${partition}`;
      const last = positions.get(name)?.offset ?? -1n;
      // What was fetched before a rejoin may be fetched again after it.
      const fresh = messages.filter(({ offset }) => BigInt(offset) > last);
      for (const batch of copyBatches(fresh, partition)) {
        await send(topic, batch.messages);
        positions.set(name, { topic, partition, offset: batch.lastOffset });
        await heartbeat();
      }
    },
  });
  // Rejects only when it is abandoned.
  const flushing = flushAtInterval().catch(() => {});

  const close = async (): Promise<void> => {
    abandoned.abort();
    const closed = (async () => {
      await consumer.disconnect().catch(() => {});
      await flushing;
      await producer.disconnect().catch(() => {});
    })();
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  };

  return {
    copied: () => new Map([...positions].map(([name, { offset }]) => [name, offset])),
    async stop() {
      if (stopping.signal.aborted) {
        return;
      }
      stopping.abort();
      const finished = (async () => {
        await consumer.stop();
        await flushing;
        await flush();
        return true;
      })();
      const inTime = await Promise.race([finished, sleep(stopTimeoutMs, false, { ref: false })]);
      await close();
      if (!inTime) {
        throw new Error(
          `${connector} could not finish and flush its offsets in ${stopTimeoutMs} ms: see whether the target cluster ` +
            `${options.target.brokers.join(',')} can be reached`,
          { cause: sendFailure },
        );
      }
      if (failure) {
        throw new Error(`${connector} had ended before it was stopped: ${failure.message}`, { cause: failure });
      }
    },
    async kill() {
      stopping.abort();
      await close();
    },
  };
};

const kafkaClient = (clientId: string, brokers: readonly string[]): Kafka => {
  return new Kafka({
    clientId,
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
  });
};

/** Creates the topics that are missing, and reads where to go on. */
const prepare = async (
  source: Kafka,
  target: Kafka,
  topics: readonly string[],
  connector: string,
  offsetsTopic: string,
): Promise<Map<string, SourcePosition>> => {
  const admins = [source.admin(), target.admin()] as const;
  try {
    await Promise.all(admins.map((admin) => admin.connect()));
    const partitionCounts = await createTargetTopics(...admins, topics);
    const isStored = await ensureOffsetsTopic(admins[1], offsetsTopic);
    // A topic that was made this moment holds nothing.
    if (!isStored) {
      return new Map();
    }
    return await readStoredPositions(target, offsetsTopic, connector, partitionCounts);
  } finally {
    await Promise.all(admins.map((admin) => admin.disconnect()));
  }
};
