import type { SourceAuthentication, SourceOptions } from '../../configuration/source-options.ts';
import type { Authenticator } from '../authenticator.ts';

/** What it takes to authenticate to the source: nothing, Secrets Manager, or the signer of IAM tokens. */
export type SourceKind = 'none' | 'secret' | 'iam';

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

/** Which method a source's authentication takes. */
export const sourceKindOf = ({ type }: SourceAuthentication): SourceKind => {
  switch (type) {
    case 'none':
    case 'iam':
      return type;
    case 'scram':
    case 'plain':
    case 'mtls':
      return 'secret';
  }
};

/** How a connection is encrypted: not at all, with the public authorities, or with a private one. */
export const tlsOf = ({ tls, ca }: { readonly tls: boolean; readonly ca?: string | undefined }) =>
  tls && ca !== undefined ? { ca: [ca] } : tls;
