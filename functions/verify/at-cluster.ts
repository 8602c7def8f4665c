import { ClusterError, ConfigurationError, CredentialsError, causesOf, TimeLimitError } from '../errors.ts';
import type { Connection } from './connection.ts';

const typeOf = (error: Error): string => ('type' in error ? String(error.type) : '');

/** Whether an error comes of credentials that the brokers refuse. */
export const areCredentialsRefused = (error: unknown): boolean =>
  causesOf(error).some(({ name }) => name === 'KafkaJSSASLAuthenticationError');

/** Whether an error comes of a right that is missing. */
const isForbidden = (error: Error): boolean => typeOf(error).endsWith('AUTHORIZATION_FAILED');

/** Whether the brokers refuse, until somebody changes something; else they do not answer, which may be over soon. */
export const isRefusal = (error: unknown): boolean => areCredentialsRefused(error) || causesOf(error).some(isForbidden);

const sentenceOf = ({ name, brokers, credentials }: Connection, error: unknown): string => {
  const cluster = `the ${name} cluster (${brokers.join(',')})`;
  if (areCredentialsRefused(error)) {
    return `${cluster} refuses the credentials: ${credentials}. Correct them, or the mechanism`;
  }
  const causes = causesOf(error);
  const forbidden = causes.find(isForbidden);
  if (forbidden) {
    return (
      `A right is missing on ${cluster}: ${forbidden.message}. verify has to read and describe the topics (and, for the ` +
      "event source's lag, to describe its group)"
    );
  }
  const reason = causes.at(-1)?.message ?? 'no answer';
  return `${cluster} cannot be reached: ${reason}. See whether it is up, whether the address and the port are right, and whether it may be connected to from here`;
};

/** Says which cluster an error came from. @throws ClusterError, ConfigurationError, CredentialsError, TimeLimitError */
export const atCluster = async <T>(connection: Connection, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const known =
      error instanceof ConfigurationError || error instanceof CredentialsError || error instanceof ClusterError;
    if (known || error instanceof TimeLimitError) {
      throw error;
    }
    const text = sentenceOf(connection, error);
    throw new ClusterError(text.charAt(0).toUpperCase() + text.slice(1), { cause: error });
  }
};
