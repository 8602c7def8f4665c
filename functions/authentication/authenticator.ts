import type { KafkaConfig } from 'kafkajs';

/** What kafkajs needs to secure a connection and to say who connects. */
export type Security = Pick<KafkaConfig, 'ssl' | 'sasl'>;

/** One way to authenticate to the brokers. A deployment bundles only the one that it uses. */
export interface Authenticator {
  /**
   * Gives what a new connection needs.
   *
   * @param fresh Read credentials again instead of taking the cached ones: the brokers refused them.
   */
  security(fresh: boolean): Promise<Security>;
  /** What the brokers refuse when they refuse the credentials, for the error: a secret's ARN, a role; never a content. */
  readonly credentials: string;
}
