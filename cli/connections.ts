import type { Authenticator } from '../functions/authentication/authenticator.ts';
import { method as mtls } from '../functions/authentication/mtls.ts';
import { method as none } from '../functions/authentication/none.ts';
import { method as scram } from '../functions/authentication/scram.ts';
import { iamAuthenticator, method as sourceIam } from '../functions/authentication/source/iam.ts';
import { method as sourceNone } from '../functions/authentication/source/none.ts';
import { method as sourceSecret } from '../functions/authentication/source/secret.ts';
import type { Authentication } from '../functions/configuration/configuration.ts';
import { type SourceOptions, sourceKindOf } from '../functions/configuration/source-options.ts';
import type { Connection } from '../functions/verify/connection.ts';

const ofTarget = (brokers: readonly string[], authentication: Authentication): Authenticator => {
  switch (authentication.type) {
    case 'none':
      return none.authenticate(authentication);
    case 'scram':
      return scram.authenticate(authentication);
    case 'mtls':
      return mtls.authenticate(authentication);
    case 'iam':
      // With the credentials of this machine, not those of a function's role.
      return iamAuthenticator(brokers, undefined);
  }
};

const OF_SOURCE = { none: sourceNone, secret: sourceSecret, iam: sourceIam } as const;

const connectionOf = async (
  name: Connection['name'],
  brokers: readonly string[],
  { security, credentials }: Authenticator,
): Promise<Connection> => ({ name, brokers, security: await security(false), credentials });

/** What a connection to the target takes. @throws ConfigurationError, CredentialsError */
export const targetConnection = (brokers: readonly string[], authentication: Authentication): Promise<Connection> =>
  connectionOf('target', brokers, ofTarget(brokers, authentication));

/** What a connection to the source takes. @throws ConfigurationError, CredentialsError */
export const sourceConnection = async (source: SourceOptions): Promise<Connection> => {
  const kind = sourceKindOf(source.authentication);
  const authenticator = OF_SOURCE[kind].authenticate(source);
  if (authenticator === undefined) {
    throw new TypeError(`The source's authentication "${source.authentication.type}" is not of the kind "${kind}"`);
  }
  return await connectionOf('source', source.brokers, authenticator);
};
