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
  /** Whether it does not answer, which may be over soon; else it refuses, until somebody changes something. */
  readonly isAway: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isAway: boolean }) {
    super(message, options);
    this.isAway = options.isAway;
  }
}

const typeOf = (error: Error): string => ('type' in error ? String(error.type) : '');

interface Sentence {
  readonly text: string;
  readonly isAway: boolean;
}

const sentenceOf = ({ name, brokers, credentials }: Connection, causes: readonly Error[]): Sentence => {
  const cluster = `the ${name} cluster (${brokers.join(',')})`;
  const refused = causes.find((cause) => cause.name === 'KafkaJSSASLAuthenticationError');
  if (refused) {
    return {
      text: `${cluster} refuses the credentials: ${credentials}. Correct them, or the mechanism`,
      isAway: false,
    };
  }
  const forbidden = causes.find((cause) => typeOf(cause).endsWith('AUTHORIZATION_FAILED'));
  if (forbidden) {
    const text =
      `A right is missing on ${cluster}: ${forbidden.message}. verify has to read and describe the topics (and, for the ` +
      "event source's lag, to describe its group)";
    return { text, isAway: false };
  }
  const reason = causes.at(-1)?.message ?? 'no answer';
  const text = `${cluster} cannot be reached: ${reason}. See whether it is up, whether the address and the port are right, and whether this machine may connect`;
  return { text, isAway: true };
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
    const { text, isAway } = sentenceOf(connection, causesOf(error));
    throw new ClusterError(text.charAt(0).toUpperCase() + text.slice(1), { cause: error, isAway });
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
