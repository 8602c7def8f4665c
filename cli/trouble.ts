import { CommanderError } from 'commander';
import { ConfigurationError, CredentialsError, causesOf, messageOf, TimeLimitError } from '../functions/errors.ts';
import type { Connection } from './connections.ts';
import { EXIT } from './exit-codes.ts';

/** What ended a command, in one sentence, and its exit code. */
export interface Trouble {
  readonly message: string;
  readonly exitCode: number;
}

/** Trouble with a cluster, by which cluster it is. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}

const typeOf = (error: Error): string => ('type' in error ? String(error.type) : '');

const sentenceOf = ({ name, brokers, credentials }: Connection, causes: readonly Error[]): string => {
  const cluster = `the ${name} cluster (${brokers.join(',')})`;
  const refused = causes.find((cause) => cause.name === 'KafkaJSSASLAuthenticationError');
  if (refused) {
    return `${cluster} refuses the credentials: ${credentials}. Correct them, or the mechanism`;
  }
  const forbidden = causes.find((cause) => typeOf(cause).endsWith('AUTHORIZATION_FAILED'));
  if (forbidden) {
    return (
      `A right is missing on ${cluster}: ${forbidden.message}. verify has to read and describe the topics (and, for the ` +
      "event source's lag, to describe its group)"
    );
  }
  const reason = causes.at(-1)?.message ?? 'no answer';
  return `${cluster} cannot be reached: ${reason}. See whether it is up, whether the address and the port are right, and whether this machine may connect`;
};

/** Says which cluster an error came from. */
export const atCluster = async <T>(connection: Connection, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const known =
      error instanceof ConfigurationError || error instanceof CredentialsError || error instanceof ClusterError;
    if (known || error instanceof TimeLimitError) {
      throw error;
    }
    const text = sentenceOf(connection, causesOf(error));
    throw new ClusterError(text.charAt(0).toUpperCase() + text.slice(1), { cause: error });
  }
};

/** What an error means to the person at the terminal. */
export const troubleOf = (error: unknown): Trouble => {
  if (error instanceof CommanderError) {
    // commander has said it already, and ends --help and --version so, too.
    return { message: '', exitCode: error.exitCode === 0 ? EXIT.ready : EXIT.usage };
  }
  const isUsage = error instanceof ConfigurationError;
  return { message: messageOf(error), exitCode: isUsage ? EXIT.usage : EXIT.unavailable };
};
