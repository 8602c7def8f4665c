import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { NextOffset, PolledRecord } from './kafka-event.ts';
import { polledRecord } from './polled-record.ts';

export interface TopicPollerOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly consumerGroup: string;
  /** Reading rests while so many records wait. */
  readonly capacity: number;
}

/** Reads a topic as the only member of a consumer group. */
export interface TopicPoller {
  /** Records that were read and not taken yet, in the order in which they were read: the caller takes the first. */
  readonly waiting: PolledRecord[];
  /** Why the reading has ended for good, if it has. */
  readonly failure: Error | undefined;
  /** Commits, and tries again while the broker cannot, until it has or `signal` is aborted. */
  commit(offsets: readonly NextOffset[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const POLL_MS = 20;
const COMMIT_RETRY_MS = 200;

/**
 * Starts to read all partitions: at the group's committed offsets, or at the beginning where it has none.
 *
 * Every record comes once, whatever happens to the broker meanwhile.
 *
 * @throws Error when the brokers cannot be reached, or the topic does not exist
 */
export const pollTopic = async ({
  kafka,
  topic,
  consumerGroup,
  capacity,
}: TopicPollerOptions): Promise<TopicPoller> => {
  const consumer = kafka.consumer({
    groupId: consumerGroup,
    // Closing waits for a fetch.
    maxWaitTimeInMs: 200,
    // A broker that comes back waits so long for the member it knew before it lets this one in anew; the shortest
    // that brokers allow by default (group.min.session.timeout.ms).
    sessionTimeout: 6_000,
    heartbeatInterval: 1_000,
    retry: { restartOnFailure: async () => !closing },
  });
  const waiting: PolledRecord[] = [];
  /** For every partition the offset after the last record that was read. */
  const readTo = new Map<number, bigint>();
  let commits = 0;
  let closing = false;
  let failure: Error | undefined;

  // After a rejoin, as after a broker's restart, kafkajs would go back to the committed offsets, behind what waits.
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const [partition, offset] of readTo) {
      consumer.seek({ topic, partition, offset: offset.toString() });
    }
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart && !closing) {
      failure = payload.error;
    }
  });
  consumer.on(consumer.events.COMMIT_OFFSETS, () => {
    commits += 1;
  });

  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
  } catch (cause) {
    await consumer.disconnect();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`topic ${topic} cannot be read: ${reason}; see whether it exists, and who may read it`, { cause });
  }
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, heartbeat }) => {
      for (const message of batch.messages) {
        const record = polledRecord(topic, batch.partition, message);
        // What was fetched before a rejoin may be fetched again after it.
        if (record.offset >= (readTo.get(record.partition) ?? 0n)) {
          waiting.push(record);
          readTo.set(record.partition, record.offset + 1n);
        }
      }
      while (waiting.length >= capacity && !closing) {
        await sleep(POLL_MS);
        await heartbeat();
      }
    },
  });

  return {
    waiting,
    get failure() {
      return failure;
    },
    async commit(offsets, signal) {
      const before = commits;
      while (!signal.aborted) {
        await consumer
          .commitOffsets(offsets.map((next) => ({ ...next, offset: next.offset.toString() })))
          .catch(() => {});
        // kafkajs also resolves when it did nothing because it was just restarting: only the event is proof.
        if (commits > before) {
          return;
        }
        await sleep(COMMIT_RETRY_MS);
      }
    },
    async close() {
      closing = true;
      await consumer.disconnect();
    },
  };
};
