import type { Authenticator } from '../authentication/authenticator.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Deadline } from '../deadline.ts';
import { CredentialsError, causesOf, messageOf } from '../errors.ts';
import { createKafka, type KafkaLog } from '../kafka/client.ts';
import { isFenced } from '../kafka/transaction.ts';
import type { Translation } from '../offsets/translate.ts';
import { brokersFor } from './brokers.ts';
import { type Connection, connect } from './connection.ts';
import type { WriteOutcome } from './offsets-writer.ts';

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

/** Milliseconds after which a kept connection counts as dead: a socket that was dropped while frozen says nothing. */
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

  const open = async (bootstrapServers: readonly string[], deadline: Deadline): Promise<Connection> => {
    const brokers = brokersFor(configuration, bootstrapServers);
    const attempt = async (fresh: boolean): Promise<Connection> => {
      const security = await deadline.within('the credentials', authenticator.security(fresh));
      return await connect(createKafka(configuration.name, brokers, security, log), configuration, deadline);
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
        'the README lists under "Deploy it"',
      { cause },
    );

  const discard = () => {
    // Not waited for: a dead socket takes its time to close, and the producer behind it is fenced by the next one.
    void kept?.close();
    kept = undefined;
  };

  const writeOnce = async (
    translations: readonly Translation[],
    bootstrapServers: readonly string[],
    deadline: Deadline,
  ): Promise<WriteOutcome> => {
    try {
      kept ??= await open(bootstrapServers, deadline);
      return await deadline.within('the brokers to acknowledge the offsets', kept.writer.write(translations));
    } catch (error) {
      // What a fenced instance knows stays true: only its turn is over.
      if (!isFenced(error)) {
        discard();
      }
      throw isDenied(error) ? denied(error) : error;
    }
  };

  return {
    write: async (translations, bootstrapServers, deadline) => {
      if (kept !== undefined) {
        try {
          return await writeOnce(translations, bootstrapServers, deadline.atMost(KEPT_CONNECTION_TIMEOUT_MS));
        } catch (error) {
          if (isFenced(error)) {
            throw error;
          }
          log.debug('The kept connection failed; once more on a new one', { error: messageOf(error) });
        }
      }
      return await writeOnce(translations, bootstrapServers, deadline);
    },
    close: async () => {
      await kept?.close();
      kept = undefined;
    },
  };
};
