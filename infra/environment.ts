import { type Authentication, CONFIGURATION_VARIABLE } from '../functions/configuration/configuration.ts';
import { FUNCTION_ENVIRONMENT } from './bundling.ts';
import type { Migration } from './migration.ts';

/** What Lambda allows for all variables together, in bytes (AWS Lambda Developer Guide, "Lambda quotas"). */
export const ENVIRONMENT_LIMIT = 4096;

const authenticationOf = ({ authentication }: Migration, secretArn: string | undefined): Authentication => {
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
export const functionEnvironment = (
  migration: Migration,
  secretArn: string | undefined,
): Readonly<Record<string, string>> => ({
  ...FUNCTION_ENVIRONMENT,
  [CONFIGURATION_VARIABLE]: JSON.stringify({
    ...migration.functionOptions,
    authentication: authenticationOf(migration, secretArn),
  }),
  POWERTOOLS_LOG_LEVEL: migration.function.logLevel,
});

/** The size of an environment as Lambda counts it: names and values, in bytes. */
export const environmentSize = (environment: Readonly<Record<string, string>>): number =>
  Object.entries(environment).reduce((size, entry) => size + Buffer.byteLength(entry.join('')), 0);
