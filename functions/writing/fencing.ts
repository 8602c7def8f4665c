import type { Producer } from 'kafkajs';
import { causesOf, FencedError, KafkaError } from '../errors.ts';
import { type Appended, inTransaction, type OutgoingRecord, send } from '../kafka/transaction.ts';

/** Sends records in the transaction at work. @returns where they were appended */
export type Send = (records: readonly OutgoingRecord[]) => Promise<readonly Appended[]>;

/**
 * Transactions under the transactional id that all instances of a deployment share, of which the newest owner alone can
 * write (KIP-98).
 */
export interface FencedTransactions {
  /**
   * Takes the transactional id over from every earlier instance, unless this one has it: none of them can write any
   * more, and what they had begun is aborted.
   */
  takeOver(): Promise<void>;
  /**
   * Runs `work` in a transaction, committed when it succeeds and aborted when it throws.
   *
   * @throws FencedError when a newer instance has taken over; the next call takes over in turn
   * @throws KafkaError when the transaction outlasted its time, and whatever else the work and kafkajs throw
   */
  run<T>(work: (send: Send) => Promise<T>): Promise<T>;
}

/** How the transactions' producers are made. */
export interface FencingOptions {
  /** Connects a new producer with the shared transactional id. */
  readonly connectProducer: () => Promise<Producer>;
  /** Milliseconds after which the brokers abort a transaction by themselves: the producers' `transactionTimeout`. */
  readonly transactionTimeoutMs: number;
  /** The largest record batch that a topic takes. */
  readonly maxBatchBytes: (topic: string) => number;
}

/** The brokers refuse a producer's epoch: a newer producer has it, or its transaction took too long. */
const isRefused = (error: unknown): boolean =>
  causesOf(error).some((cause) => 'type' in cause && cause.type === 'INVALID_PRODUCER_EPOCH');

/** Creates the transactions of an instance; nothing is connected before the first {@link FencedTransactions.takeOver}. */
export const createFencedTransactions = (options: FencingOptions): FencedTransactions => {
  const { connectProducer, transactionTimeoutMs, maxBatchBytes } = options;
  let owner: Producer | undefined;

  /** What a refused epoch means: the brokers answer alike when the transaction took too long (KIP-360). */
  const refusal = (cause: unknown, elapsedMs: number): Error =>
    elapsedMs < transactionTimeoutMs
      ? new FencedError(
          'Another instance of this deployment has taken over; the batch is repeated. With reserved concurrency there ' +
            'is none: then look for a second deployment with the same "name"',
          { cause },
        )
      : new KafkaError(
          `The transaction took ${Math.round(elapsedMs / 1000)} s, and the brokers ended it after ` +
            `${transactionTimeoutMs / 1000} s; the batch is repeated. Look at the brokers' load, and at the quotas of the ` +
            "function's user",
          { cause },
        );

  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    try {
      return await work();
    } catch (error) {
      if (!isRefused(error)) {
        throw error;
      }
      owner = undefined;
      throw refusal(error, performance.now() - startedAt);
    }
  };

  const takeOver = async (): Promise<Producer> => {
    if (owner === undefined) {
      const producer = await connectProducer();
      // A producer's first transaction does it.
      await guarded(() => inTransaction(producer, async () => undefined));
      owner = producer;
    }
    return owner;
  };

  return {
    takeOver: async () => {
      await takeOver();
    },
    run: async (work) => {
      const producer = await takeOver();
      return await guarded(() =>
        inTransaction(producer, (transaction) => work((records) => send(transaction, records, maxBatchBytes))),
      );
    },
  };
};
