import { randomUUID } from 'node:crypto';
import { type IHeaders, Kafka, logLevel } from 'kafkajs';
import { HEADER } from './headers.ts';
import type { Observed } from './verdict.ts';

/** Milliseconds in which every transaction ends: after a minute the coordinator aborts what an instance left open. */
const DECIDED_WITHIN_MS = 120_000;
/** Milliseconds that a broker may hold a fetch back when there is nothing new. */
const MAX_WAIT_MS = 50;

interface Read extends Omit<Observed, 'committed'> {}

/** The header of the sync's name, where there is one, and there once. */
const provenanceIn = (headers: IHeaders | undefined): string | undefined => {
  const header: unknown = headers?.[HEADER];
  return Buffer.isBuffer(header) ? header.toString() : undefined;
};

/** Reads a topic from its begin until a certain key has been seen in so many partitions. */
const readUntil = async (
  kafka: Kafka,
  topic: string,
  readUncommitted: boolean,
  end: string,
  partitions: number,
): Promise<readonly Read[]> => {
  const consumer = kafka.consumer({ groupId: randomUUID(), readUncommitted, maxWaitTimeInMs: MAX_WAIT_MS });
  const read = new Map<string, Read>();
  const ended = new Set<number>();
  const complete = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    complete.reject(new Error(`"${topic}" was not read to its end within ${DECIDED_WITHIN_MS / 1_000} s`));
  }, DECIDED_WITHIN_MS);
  consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
    // Else it begins again, and reads the same.
    if (!restart) {
      complete.reject(error);
    }
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message: { key, value, offset, headers } }) => {
        if (key?.toString() === end) {
          ended.add(partition);
          if (ended.size === partitions) {
            complete.resolve();
          }
          return;
        }
        read.set(`${partition}@${offset}`, {
          partition,
          offset: BigInt(offset),
          key: key?.toString() ?? '',
          value: value?.toString() ?? null,
          provenance: provenanceIn(headers),
        });
      },
    });
    await complete.promise;
    return [...read.values()];
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
};

/**
 * Reads an MM2 offsets topic as MM2's own consumers do, one that reads uncommitted records and one that does not, with
 * none of the function's code. A record that closes each partition tells when everything before it is decided.
 *
 * @returns each partition's records in order; none when there is no such topic
 * @throws Error when a transaction is left open
 */
export const observe = async (brokers: readonly string[], topic: string): Promise<readonly Observed[]> => {
  const kafka = new Kafka({
    clientId: 'observer',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 10 },
  });
  await using resources = new AsyncDisposableStack();
  const admin = kafka.admin();
  await admin.connect();
  resources.defer(() => admin.disconnect());
  if (!(await admin.listTopics()).includes(topic)) {
    return [];
  }
  // Of the metadata, for the leader of a partition may be about to change.
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics.flatMap((one) => one.partitions.map(({ partitionId }) => partitionId));
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  resources.defer(() => producer.disconnect());
  const end = `the end ${randomUUID()}`;
  await producer.send({ topic, messages: partitions.map((partition) => ({ partition, key: end, value: null })) });
  const read = (readUncommitted: boolean) => readUntil(kafka, topic, readUncommitted, end, partitions.length);
  const [all, committed] = await Promise.all([read(true), read(false)]);
  const isCommitted = new Set(committed.map(({ partition, offset }) => `${partition}@${offset}`));
  return all.map((record) => ({ ...record, committed: isCommitted.has(`${record.partition}@${record.offset}`) }));
};
