/**
 * Every error of this function. `name` is what Lambda reports as the error's type, so it stays stable under
 * minification.
 */

/** The configuration cannot work: thrown at cold start, names every field at fault, its value and the fix. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** The invocation is not what the MSK event source sends for the configured topic. */
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

/** Kafka did not do what was asked; the event source repeats the batch. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
}

/** A newer instance of the deployment writes; this one's turn is over, and the event source repeats the batch. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/** The invocation's time was nearly up; says what it waited for. The event source repeats the batch. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/** What a caught value says of itself, in one line. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A caught error, and what caused it, the outermost first. */
export const causesOf = (error: unknown): readonly Error[] =>
  error instanceof Error ? [error, ...causesOf(error.cause)] : [];
