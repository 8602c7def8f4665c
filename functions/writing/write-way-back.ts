import kafkajs, { type Kafka } from 'kafkajs';
import { inTransaction, type OutgoingRecord, send } from '../kafka/transaction.ts';
import type { Restoration } from '../readiness/way-back.ts';

/** What to write to. */
export interface WayBackTarget {
  readonly kafka: Kafka;
  /** The deployment's, so that instances of the function are fenced. */
  readonly transactionalId: string;
  readonly replicatorOffsetsTopic: string;
}

const TRANSACTION_TIMEOUT_MS = 60_000;
/** Small enough for any topic's `max.message.bytes`. */
const MAX_BATCH_BYTES = 100_000;

/**
 * Writes Replicator's offsets in one transaction: for a reader of committed records all of them stand, or none. Connect's
 * workers read the topic all the time, and a connector's tasks when they start
 * (org.apache.kafka.connect.storage.KafkaOffsetBackingStore); without exactly-once they read uncommitted records as well,
 * so what was aborted may be what Replicator goes by, until this has been run again: it does not count as standing.
 *
 * @throws KafkaError and what kafkajs throws; any of it may have been sent then, though no reader of committed records sees
 *   it, unless the answer to the commit was lost
 */
export const writeWayBack = async (
  { kafka, transactionalId, replicatorOffsetsTopic: topic }: WayBackTarget,
  restorations: readonly Restoration[],
): Promise<void> => {
  const records = restorations.flatMap((one) =>
    one.records.map(
      ({ key, partition, value }): OutgoingRecord => ({
        topic,
        partition,
        key,
        value: value === null ? null : Buffer.from(value),
        headers: {},
      }),
    ),
  );
  const producer = kafka.producer({
    transactionalId,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  try {
    await producer.connect();
    await inTransaction(producer, (transaction) => send(transaction, records, () => MAX_BATCH_BYTES));
  } finally {
    await producer.disconnect().catch(() => undefined);
  }
};
