import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { EventBatch } from '../world/event-source/kafka-event.ts';
import { polledRecord } from '../world/event-source/polled-record.ts';
import { ensureOffsetsTopic } from '../world/kafka/create-topics.ts';
import { bytesOf } from '../world/sync/replicator-history.ts';
import { atMost, type Comparison, comparisonOf } from './comparison.ts';
import { createDeployment } from './deployment.ts';
import { type MeasuredFunction, prepareFunction } from './measured-function.ts';

const ROUNDS = 4;
const RECORDS_PER_SECOND = 50;
const RECORDS = 250;
/** Milliseconds of the event source's batching window, as on MSK by default. */
const WINDOW_MS = 500;
const REPLICATOR_TOPIC = 'connect-offsets';
const EVENT_SOURCE = 'arn:aws:kafka:us-east-1:123456789012:cluster/local/0';

const percentile99 = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.ceil(numbers.length * 0.99) - 1] ?? Number.NaN;

/**
 * An event source that loses no time: a batch goes out as soon as its window is over.
 *
 * @param taken Told the values of every batch that the function took.
 */
const deliver = async (kafka: Kafka, { invokeWith }: MeasuredFunction, taken: (values: readonly string[]) => void) => {
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 200 });
  let batch = new EventBatch({ eventSourceArn: EVENT_SOURCE, bootstrapServers: '' });
  let values: string[] = [];
  let delivered: Promise<unknown> = Promise.resolve();
  const flush = () => {
    const [event, ofBatch] = [batch.toJson(), values];
    batch = new EventBatch({ eventSourceArn: EVENT_SOURCE, bootstrapServers: '' });
    values = [];
    delivered = delivered.then(async () => {
      await invokeWith(event, ofBatch.length);
      taken(ofBatch);
    });
  };
  await consumer.connect();
  await consumer.subscribe({ topic: REPLICATOR_TOPIC, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      if (values.length === 0) {
        setTimeout(flush, WINDOW_MS);
      }
      batch.offer(polledRecord(REPLICATOR_TOPIC, partition, message));
      values.push(message.value?.toString() ?? '');
    },
  });
  return {
    /** Waits for the batches that have gone out. */
    delivered: async () => {
      await delivered;
    },
    stop: () => consumer.disconnect(),
  };
};

/**
 * Measures how long it takes from a record in Replicator's topic to its offset in MM2's under light traffic, beyond the
 * batching window, which is the event source's. Held against what one acknowledged record costs, at the same moments.
 */
export const measureLatency = async (
  brokers: readonly string[],
  kafka: Kafka,
  bundle: string,
): Promise<readonly Comparison[]> => {
  await using resources = new AsyncDisposableStack();
  const admin = kafka.admin();
  await admin.connect();
  await ensureOffsetsTopic(admin, REPLICATOR_TOPIC);
  await admin.disconnect();
  const deployment = createDeployment(`latency-${randomUUID()}`, brokers);
  const instance = prepareFunction(bundle, deployment);
  resources.defer(() => instance.stop());
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  resources.defer(() => producer.disconnect());

  const acknowledged = new Map<string, number>();
  const latencies: number[] = [];
  const source = await deliver(kafka, instance, (values) => {
    const now = performance.now();
    latencies.push(...values.map((value) => now - (acknowledged.get(value) ?? Number.NaN) - WINDOW_MS));
  });
  resources.defer(() => source.stop());

  const [ours, theirs]: [number[], number[]] = [[], []];
  let offset = 0n;
  // The first round begins with a cold start, and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const roundTrips: number[] = [];
    latencies.length = 0;
    for (let partition = 0; partition < RECORDS; partition += 1) {
      offset += 1n;
      const source = { topic: `round-${round}`, partition };
      const connector = deployment.flow.replicatorConnector;
      const { key, value } = bytesOf({ kind: 'offset', connector, source, offset, form: 'plain' });
      const start = performance.now();
      await producer.send({ topic: REPLICATOR_TOPIC, acks: -1, messages: [{ key, value }] });
      const end = performance.now();
      acknowledged.set(value ?? '', end);
      roundTrips.push(end - start);
      await sleep(1_000 / RECORDS_PER_SECOND - (end - start));
    }
    while (latencies.length < RECORDS) {
      await sleep(WINDOW_MS);
      await source.delivered();
    }
    if (round > 0) {
      ours.push(percentile99(latencies));
      theirs.push(percentile99(roundTrips));
    }
  }
  return [
    comparisonOf({
      what: 'latency beyond the batching window, p99',
      against: "a send's acknowledgement, p99",
      unit: 'ms',
      ours,
      theirs,
      goal: atMost(4),
    }),
  ];
};
