/**
 * Every error that the functions throw on purpose. Lambda reports `name` as the error's type, so it must not change
 * when a bundle is minified.
 */

/** The configuration cannot work: thrown at cold start, names every field at fault, its value and the fix. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** The invocation is not what the function takes: of the sync, what the MSK event source sends for its topic. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

/** MM2's offsets topic is not as MM2 wants it, and a person has to fix it. */
export class OffsetsTopicError extends Error {
  override readonly name = 'OffsetsTopicError';
}

/** Credentials cannot be read, or the brokers refuse them. Names the secret, never its content. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/** A cluster cannot be reached, refuses the credentials, or a right is missing there; says which cluster it is. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}

/** The deployment cannot work, for what its check found on the cluster. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

/** MSK did not associate a SCRAM secret with its cluster, or did not let go of it. */
export class AssociationError extends Error {
  override readonly name = 'AssociationError';
}

/** Kafka did not do what was asked; the event source repeats the batch. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
}

/** A newer instance of the deployment writes; this one's turn is over, and the event source repeats the batch. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/** The time was nearly up; says what it waited for. The event source repeats a batch. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/** The message of whatever was caught, even if it is no Error. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A caught error, then its cause, then the cause's cause, and so on. */
export const causesOf = (error: unknown): readonly Error[] =>
  error instanceof Error ? [error, ...causesOf(error.cause)] : [];
