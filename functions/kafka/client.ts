import { Kafka, type KafkaConfig, type logCreator, logLevel } from 'kafkajs';
import { tolerateMissingLeaders } from './kafkajs-internals.ts';

/** How a connection is encrypted, and how it authenticates. */
export type Security = Pick<KafkaConfig, 'ssl' | 'sasl'>;

/** Where what happens with Kafka is told. Errors that matter are thrown as well, so none of it is more than a hint. */
export interface KafkaLog {
  /** What kafkajs says while it works, and what is tried again. */
  debug(message: string, details: Readonly<Record<string, unknown>>): void;
  /** What a person should know, though the work goes on. */
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
}

/**
 * Who tries again what, and how often:
 *
 * | who | what | how often |
 * | --- | --- | --- |
 * | kafkajs, here | a request that a broker could not serve now: a leader election, a loading coordinator, the end of the last transaction, a lost connection | 10 times |
 * | `retrying` | the same, for looking at and reading topics | 7 times |
 * | ConnectionKeeper | a batch that failed on a connection kept from an earlier invocation, which may have died in the meantime | once, on a new connection |
 * | ConnectionKeeper | credentials that the brokers refuse | once, read again |
 * | the event source | everything else: the whole batch | until it succeeds |
 *
 * Where every attempt is refused at once, the first row takes 9 s and the second 3 s. Where a broker does not answer,
 * each attempt also takes its timeout (below). The invocation's deadline ends them all.
 *
 * By default kafkajs retries an idempotent producer practically for ever: Lambda would stop the function at its
 * timeout, and nobody would learn the reason.
 */
const RETRY = { initialRetryTime: 20, retries: 10, maxRetryTime: 2_000 };

/** Milliseconds for a connection, an authentication, and the answer to a request. */
const CONNECTION_TIMEOUT_MS = 5_000;
const AUTHENTICATION_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** Configures kafkajs for a Lambda function: short timeouts, few retries, quiet. */
export const createKafka = (clientId: string, brokers: readonly string[], security: Security, log: KafkaLog): Kafka => {
  tolerateMissingLeaders();
  const toLog: logCreator =
    () =>
    ({ namespace, log: { message, broker, error } }) =>
      log.debug(`kafkajs: ${message}`, { namespace, broker, error });
  return new Kafka({
    clientId,
    brokers: [...brokers],
    ...security,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    authenticationTimeout: AUTHENTICATION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator: toLog,
  });
};
