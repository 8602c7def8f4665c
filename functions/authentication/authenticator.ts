import type { Security } from '../kafka/client.ts';

/** One way to authenticate to the brokers. */
export interface Authenticator {
  /**
   * Gives what a new connection needs.
   *
   * @param fresh Whether to read the credentials again, because the brokers refused those read earlier.
   */
  security(fresh: boolean): Promise<Security>;
  /**
   * Names the credentials in the error for when the brokers refuse them: a secret's ARN, a role; never what a secret
   * holds.
   */
  readonly credentials: string;
}

/**
 * A kind of authentication, which its file exports as `method`. A bundle contains a single kind: there,
 * `#authentication` is the one that the bundle was built for (`infra/bundling.ts`). Everywhere else it is `none.ts`.
 *
 * @typeParam Options The kind's part of the configuration; its `type` names the kind.
 */
export interface AuthenticationMethod<Options extends { readonly type: string }> {
  readonly type: Options['type'];
  /** @throws ConfigurationError when the environment lacks something */
  authenticate(options: Options): Authenticator;
}
