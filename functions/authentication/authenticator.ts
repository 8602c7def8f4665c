import type { Security } from '../kafka/client.ts';

/** One way to authenticate to the brokers. */
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

/**
 * A kind of authentication, which its file exports as `method`. A bundle carries one of them alone: whoever imports
 * `#authentication` gets the one that the bundle was built for (`infra/bundling.ts`), outside of bundles `none.ts`.
 *
 * @typeParam Options The kind's own part of the configuration, whose `type` names it.
 */
export interface AuthenticationMethod<Options extends { readonly type: string }> {
  readonly type: Options['type'];
  /** @throws ConfigurationError when the environment lacks something */
  authenticate(options: Options): Authenticator;
}
