import type { KafkaConfig } from 'kafkajs';
import { type ClientProperties, propertyError } from './client-properties.ts';
import { iamTokenProvider } from './iam-token.ts';
import { type LoginModule, parseJaas } from './jaas.ts';

/** How a client says who it is. */
export type Sasl = NonNullable<KafkaConfig['sasl']>;

const JAAS = 'sasl.jaas.config';

const IAM_HANDLER = /(^|\.)IAMOAuthBearerLoginCallbackHandler$/;

const loginModule = (properties: ClientProperties, suffix: string): LoginModule => {
  const text = properties.get(JAAS);
  const fix = `write ${suffix} required username="…" password="…";`;
  if (text === undefined) {
    throw propertyError(properties, JAAS, `is missing; ${fix}`);
  }
  const jaas = parseJaas(text);
  if (jaas.kind === 'fault') {
    throw propertyError(properties, JAAS, `cannot be read: ${jaas.fault}; ${fix}`);
  }
  if (!jaas.module.className.endsWith(suffix.slice(suffix.lastIndexOf('.') + 1))) {
    throw propertyError(properties, JAAS, `names another login module; ${fix}`);
  }
  return jaas.module;
};

const credentialsOf = (properties: ClientProperties, suffix: string) => {
  const { options } = loginModule(properties, suffix);
  const [username, password] = [options.get('username'), options.get('password')];
  if (username === undefined || password === undefined) {
    throw propertyError(
      properties,
      JAAS,
      `has no ${username === undefined ? 'username' : 'password'}; add it as an option`,
    );
  }
  return { username, password };
};

/** The options of IAMLoginModule, where the client says any (aws-msk-iam-auth): a profile, or a role to assume. */
const iamOptions = (properties: ClientProperties): ReadonlyMap<string, string> => {
  const text = properties.get(JAAS);
  const jaas = text === undefined ? undefined : parseJaas(text);
  if (jaas?.kind === 'fault') {
    throw propertyError(
      properties,
      JAAS,
      `cannot be read: ${jaas.fault}; write software.amazon.msk.auth.iam.IAMLoginModule required;`,
    );
  }
  return jaas?.module.options ?? new Map();
};

const iam = (properties: ClientProperties, brokers: readonly string[]): Sasl => ({
  mechanism: 'oauthbearer',
  oauthBearerProvider: iamTokenProvider(properties, iamOptions(properties), brokers),
});

/**
 * What `sasl.mechanism` and `sasl.jaas.config` say, for kafkajs.
 *
 * @throws ConfigurationError that names the property and what to write, never a credential
 */
export const saslOf = (properties: ClientProperties, brokers: readonly string[]): Sasl => {
  const mechanism = properties.get('sasl.mechanism') ?? 'GSSAPI';
  switch (mechanism) {
    case 'PLAIN':
      return {
        mechanism: 'plain',
        ...credentialsOf(properties, 'org.apache.kafka.common.security.plain.PlainLoginModule'),
      };
    case 'SCRAM-SHA-256':
      return {
        mechanism: 'scram-sha-256',
        ...credentialsOf(properties, 'org.apache.kafka.common.security.scram.ScramLoginModule'),
      };
    case 'SCRAM-SHA-512':
      return {
        mechanism: 'scram-sha-512',
        ...credentialsOf(properties, 'org.apache.kafka.common.security.scram.ScramLoginModule'),
      };
    case 'AWS_MSK_IAM':
      return iam(properties, brokers);
    case 'OAUTHBEARER':
      if (IAM_HANDLER.test(properties.get('sasl.login.callback.handler.class') ?? '')) {
        return iam(properties, brokers);
      }
      throw propertyError(
        properties,
        'sasl.mechanism',
        'is "OAUTHBEARER", of which MSK\'s IAM alone is known here; set sasl.login.callback.handler.class to ' +
          'software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler, or use SCRAM or TLS client certificates',
      );
    default:
      throw propertyError(
        properties,
        'sasl.mechanism',
        `is ${JSON.stringify(mechanism)}; use PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or AWS_MSK_IAM`,
      );
  }
};
