import type { SourceKind, SourceOptions } from '../../configuration/source-options.ts';
import type { Authenticator } from '../authenticator.ts';

/**
 * The kinds of authentication to the source cluster that take the same code, which their file exports as `method`. The
 * verify function's bundle contains one of them: there, `#source-authentication` is the one that the bundle was built
 * for (`infra/bundling.ts`). Everywhere else it is `none.ts`.
 */
export interface SourceMethod {
  readonly kind: SourceKind;
  /**
   * @returns `undefined` where the source's authentication is of another kind
   * @throws ConfigurationError when the environment lacks something
   */
  authenticate(source: SourceOptions): Authenticator | undefined;
}

/** How a connection is encrypted: not at all, with the public authorities, or with a private one. */
export const tlsOf = ({ tls, ca }: { readonly tls: boolean; readonly ca?: string | undefined }) =>
  tls && ca !== undefined ? { ca: [ca] } : tls;
