import {
  type Authentication,
  CONFIGURATION_VARIABLE,
  type ConfigurationOptions,
  type SyncOptions,
} from '../functions/configuration/configuration.ts';
import { FUNCTION_ENVIRONMENT } from './bundling.ts';
import type { AuthenticationChoice } from './options/authentication.ts';

/** What Lambda allows for all variables together, in bytes (AWS Lambda Developer Guide, "Lambda quotas"). */
export const ENVIRONMENT_LIMIT = 4096;

/** What the function is told. */
export interface Told {
  /** The function's part of the options, as it was written. */
  readonly syncOptions: SyncOptions;
  readonly cluster: { readonly brokers: readonly string[] };
  readonly authentication: AuthenticationChoice;
  readonly function: { readonly logLevel: string };
}

const authenticationOf = ({ authentication }: Told, secretArn: string | undefined): Authentication => {
  switch (authentication.type) {
    case 'scram':
    case 'mtls':
      if (secretArn === undefined) {
        throw new TypeError(`Authentication "${authentication.type}" has no secret`);
      }
      return { type: authentication.type, secretArn };
    case 'none':
    case 'iam':
      return authentication;
  }
};

/**
 * The function's environment variables.
 *
 * @param secretArn The secret with the function's credentials, where the authentication needs one.
 */
export const functionEnvironment = (told: Told, secretArn: string | undefined): Readonly<Record<string, string>> => {
  const options: ConfigurationOptions = {
    ...told.syncOptions,
    brokers: told.cluster.brokers,
    authentication: authenticationOf(told, secretArn),
  };
  return {
    ...FUNCTION_ENVIRONMENT,
    [CONFIGURATION_VARIABLE]: JSON.stringify(options),
    POWERTOOLS_LOG_LEVEL: told.function.logLevel,
  };
};

/** How large an environment is, as Lambda counts it: names and values, in bytes. */
export const sizeOf = (environment: Readonly<Record<string, string>>): number =>
  Object.entries(environment).reduce((size, entry) => size + Buffer.byteLength(entry.join('')), 0);

/**
 * What is wrong with the size of the environment.
 *
 * @param secretArn The secret's ARN, or a stand-in of its length.
 */
export const environmentFaults = (told: Told, secretArn: string): readonly string[] => {
  const size = sizeOf(functionEnvironment(told, secretArn));
  return size > ENVIRONMENT_LIMIT
    ? [
        `flows is too long: the function's environment has ${size} bytes and Lambda allows ${ENVIRONMENT_LIMIT}; ` +
          'give some of the flows to a second deployment with another "name"',
      ]
    : [];
};
