import type { Security } from '../kafka/client.ts';

/** A cluster to connect to. */
export interface Connection {
  /** What a message calls it. */
  readonly name: 'source' | 'target';
  readonly brokers: readonly string[];
  readonly security: Security;
  /** What the brokers refuse when they refuse the credentials; never a content. */
  readonly credentials: string;
}
