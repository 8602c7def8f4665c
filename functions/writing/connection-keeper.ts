import type { Authenticator } from '../authentication/authenticator.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Deadline } from '../deadline.ts';
import { CredentialsError, causesOf, FencedError, messageOf } from '../errors.ts';
import { createKafka, type KafkaLog } from '../kafka/client.ts';
import type { Translation } from '../offsets/translate.ts';
import { brokersFor } from './brokers.ts';
import { type Connection, connect } from './connection.ts';
import type { OffsetsWriter } from './offsets-writer.ts';
import type { KeysByTopic, WriteOutcome } from './write-outcome.ts';

/** Writes batches on a connection that it keeps between invocations. */
export interface ConnectionKeeper {
  /**
   * Writes translations to MM2's offsets topics. With none, it still makes sure that the topics exist.
   *
   * @param bootstrapServers The event's own brokers, used where none are configured.
   * @throws when anything was not acknowledged: the event source has to repeat the batch
   */
  write(
    translations: readonly Translation[],
    bootstrapServers: readonly string[],
    deadline: Deadline,
  ): Promise<WriteOutcome>;
  close(): Promise<void>;
}

/**
 * Milliseconds in which a kept connection has to answer the first question of an invocation, or it counts as dead: a
 * socket that was dropped while the process was frozen says nothing.
 */
const KEPT_CONNECTION_TIMEOUT_MS = 10_000;

/** A wrong password by its error's name; a client certificate that is refused by TLS's own alert. */
const isRefused = (error: unknown): boolean =>
  causesOf(error).some(({ name, message }) => name === 'KafkaJSSASLAuthenticationError' || /\balert\b/i.test(message));

/** The brokers know who asks, and do not let them: TOPIC_, CLUSTER_, TRANSACTIONAL_ID_AUTHORIZATION_FAILED. */
const isDenied = (error: unknown): boolean =>
  causesOf(error).some((cause) => 'type' in cause && String(cause.type).endsWith('AUTHORIZATION_FAILED'));

/**
 * Keeps a connection to the target cluster between invocations, and gives it up at the first error: what it knows of
 * MM2's offsets topics may be wrong then. Which errors are tried again is the table in `client.ts`.
 */
export const createConnectionKeeper = (
  configuration: Configuration,
  authenticator: Authenticator,
  log: KafkaLog,
): ConnectionKeeper => {
  let kept: Connection | undefined;
  /** What stood in MM2's offsets topics when a connection was given up. */
  let known: KeysByTopic = new Map();

  const open = async (bootstrapServers: readonly string[], deadline: Deadline): Promise<Connection> => {
    const brokers = brokersFor(configuration, bootstrapServers);
    const attempt = async (fresh: boolean): Promise<Connection> => {
      const security = await deadline.within('the credentials', authenticator.security(fresh));
      const kafka = createKafka(configuration.name, brokers, security, log);
      return await connect({ kafka, configuration, deadline, log, known });
    };
    try {
      return await attempt(false);
    } catch (error) {
      if (!isRefused(error)) {
        throw error;
      }
      return await attempt(true).catch((cause) => {
        if (!isRefused(cause)) {
          throw cause;
        }
        throw new CredentialsError(
          `The brokers ${brokers.join(', ')} refuse ${authenticator.credentials}: ${messageOf(cause)}. Correct them; ` +
            'they are read again with the next attempt. A rotated SCRAM secret takes Amazon MSK up to 10 minutes',
        );
      });
    }
  };

  const denied = (cause: unknown) =>
    new CredentialsError(
      `The brokers do not let ${authenticator.credentials} do what the function has to: ${messageOf(cause)}. Grant what ` +
        'docs/permissions.md lists',
      { cause },
    );

  const discard = () => {
    known = kept?.writer.keys() ?? known;
    // Not waited for: a dead socket takes its time to close, and the producer behind it is fenced by the next one.
    void kept?.close();
    kept = undefined;
  };

  /** Runs work on the kept connection, which is given up at an error. What a fenced instance knows stays true, though. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FencedError)) {
        discard();
      }
      throw isDenied(error) ? denied(error) : error;
    }
  };

  /** Writes on a connection that has just looked at the topics: a kept one that has answered, or a new one. */
  const write = (translations: readonly Translation[], writer: OffsetsWriter, deadline: Deadline) =>
    deadline.within('the brokers to acknowledge the offsets', writer.write(translations));

  const writeOnKept = async (
    { writer }: Connection,
    translations: readonly Translation[],
    deadline: Deadline,
  ): Promise<WriteOutcome> => {
    const soon = deadline.atMost(KEPT_CONNECTION_TIMEOUT_MS);
    await soon.within('a kept connection to answer', writer.catchUp());
    return await write(translations, writer, deadline);
  };

  return {
    write: async (translations, bootstrapServers, deadline) => {
      const connection = kept;
      if (connection !== undefined) {
        try {
          return await attempt(() => writeOnKept(connection, translations, deadline));
        } catch (error) {
          if (error instanceof FencedError) {
            throw error;
          }
          log.debug('The kept connection failed; once more on a new one', { error: messageOf(error) });
        }
      }
      return await attempt(async () => {
        kept = await open(bootstrapServers, deadline);
        return await write(translations, kept.writer, deadline);
      });
    },
    close: async () => {
      await kept?.close();
      kept = undefined;
    },
  };
};
