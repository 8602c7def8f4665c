import type { SourceAuthentication } from '../../configuration/source-options.ts';
import type { Security } from '../../kafka/client.ts';
import type { Authenticator } from '../authenticator.ts';
import { method as clientCertificate } from '../mtls.ts';
import { createSecretReader } from '../secret.ts';
import { type SourceMethod, tlsOf } from './source-method.ts';

interface User {
  readonly username: string;
  readonly password: string;
}

type OfUser = Extract<SourceAuthentication, { readonly type: 'plain' | 'scram' }>;

const saslOf = (authentication: OfUser, user: User): NonNullable<Security['sasl']> => {
  if (authentication.type === 'plain') {
    return { mechanism: 'plain', ...user };
  }
  return authentication.mechanism === 'SCRAM-SHA-256'
    ? { mechanism: 'scram-sha-256', ...user }
    : { mechanism: 'scram-sha-512', ...user };
};

const ofUser = (authentication: OfUser): Authenticator => {
  const { secretArn } = authentication;
  const readUser = createSecretReader(
    secretArn,
    ({ username, password }) =>
      typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined,
    '{"username":…,"password":…}',
  );
  return {
    security: async (fresh) => ({ ssl: tlsOf(authentication), sasl: saslOf(authentication, await readUser(fresh)) }),
    credentials: `the user name and password of the secret ${secretArn}`,
  };
};

const ofCertificate = ({ secretArn, ca }: Extract<SourceAuthentication, { readonly type: 'mtls' }>): Authenticator => {
  const authenticator = clientCertificate.authenticate({ type: 'mtls', secretArn });
  return {
    ...authenticator,
    security: async (fresh) => {
      const { ssl } = await authenticator.security(fresh);
      return { ssl: typeof ssl === 'object' && ca !== undefined ? { ...ssl, ca: [ca] } : (ssl ?? true) };
    },
  };
};

/** A user and password (SCRAM, PLAIN) or a TLS client certificate (mTLS) from Secrets Manager. */
export const method: SourceMethod = {
  kind: 'secret',
  authenticate: ({ authentication }) => {
    switch (authentication.type) {
      case 'plain':
      case 'scram':
        return ofUser(authentication);
      case 'mtls':
        return ofCertificate(authentication);
      case 'none':
      case 'iam':
        return undefined;
    }
  },
};
