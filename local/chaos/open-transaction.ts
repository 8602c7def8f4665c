import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer, ProducerRecord } from 'kafkajs';

/** A transaction that is open, and whose records are acknowledged. */
export interface OpenTransaction {
  /** Ends it as planned, whatever the cluster suffers meanwhile. @throws what kafkajs throws when that does not help */
  end(): Promise<void>;
}

/** How often a transaction is begun, and milliseconds between two attempts: more than an election takes. */
const MOST_ATTEMPTS = 20;
const REPEAT_AFTER_MS = 500;

const repeating = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempts === MOST_ATTEMPTS) {
        throw error;
      }
      await sleep(REPEAT_AFTER_MS);
    }
  }
};

/**
 * Begins a transaction. kafkajs repeats neither its begin nor its end where the coordinator just moves, so here it is
 * begun anew under its transactional id: that aborts what was sent before.
 *
 * @param connect Connects a producer with a transactional id.
 */
export const openTransaction = async (
  connect: (transactionalId: string) => Promise<Producer>,
  records: readonly ProducerRecord[],
  ending: 'committed' | 'aborted',
): Promise<OpenTransaction> => {
  const transactionalId = randomUUID();
  const begin = async () => {
    const transaction = await (await connect(transactionalId)).transaction();
    for (const record of records) {
      await transaction.send(record);
    }
    return () => (ending === 'committed' ? transaction.commit() : transaction.abort());
  };
  const endFirst = await repeating(begin);
  return {
    end: () => endFirst().catch(() => repeating(async () => (await begin())())),
  };
};
