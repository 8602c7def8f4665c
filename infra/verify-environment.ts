import type { Configuration } from '../functions/configuration/configuration.ts';
import type { SourceOptions } from '../functions/configuration/source-options.ts';
import { VERIFY_VARIABLE, type VerifyOptions } from '../functions/configuration/verify-configuration.ts';
import { consumerGroupOf, readingOf } from './consumer-group.ts';
import { ENVIRONMENT_LIMIT, environmentFaults, functionEnvironment, sizeOf, type Told } from './environment.ts';
import type { VerifyChoice } from './options/verify.ts';

/** What the verify function is told. */
export interface VerifyTold extends Told, Pick<Configuration, 'name' | 'flows' | 'replicatorOffsetsTopic'> {
  readonly replay: number;
  readonly verify: VerifyChoice;
  readonly source?: SourceOptions | undefined;
}

/** What the function needs of the source: the rest is for the stack, which grants the rights. */
const atRunTime = ({ brokers, authentication }: SourceOptions): SourceOptions => {
  switch (authentication.type) {
    case 'none':
      return { brokers, authentication };
    case 'iam': {
      const { clusterArn: _, ...needed } = authentication;
      return { brokers, authentication: needed };
    }
    case 'scram':
    case 'plain':
    case 'mtls': {
      const { keyArn: _, ...needed } = authentication;
      return { brokers, authentication: needed };
    }
  }
};

/**
 * The verify function's environment variables: the sync's, and one of its own.
 *
 * @param secretArn The secret with the sync's credentials, where the authentication needs one.
 */
export const verifyEnvironment = (
  told: VerifyTold,
  secretArn: string | undefined,
): Readonly<Record<string, string>> => {
  const { authentication, verify, source } = told;
  const options: VerifyOptions = {
    ...(source && { source: atRunTime(source) }),
    group: consumerGroupOf(told.name, readingOf(told, told.replay)),
    sharesCredentials:
      (authentication.type === 'scram' || authentication.type === 'mtls') && verify.secretArn === undefined,
  };
  return {
    ...functionEnvironment(told, verify.secretArn ?? secretArn),
    [VERIFY_VARIABLE]: JSON.stringify(options),
  };
};

/**
 * What is wrong with the size of the verify function's environment, where the sync's own is not too large already.
 *
 * @param secretArn The secret's ARN, or a stand-in of its length.
 */
export const verifyEnvironmentFaults = (told: VerifyTold, secretArn: string): readonly string[] => {
  if (!told.verify.function || environmentFaults(told, secretArn).length > 0) {
    return [];
  }
  const size = sizeOf(verifyEnvironment(told, secretArn));
  if (size <= ENVIRONMENT_LIMIT) {
    return [];
  }
  const sizeWithout = sizeOf(verifyEnvironment({ ...told, source: undefined }, secretArn));
  const fault = `the verify function's environment has ${size} bytes and Lambda allows ${ENVIRONMENT_LIMIT}`;
  return sizeWithout > ENVIRONMENT_LIMIT
    ? [`flows is too long: ${fault}; give some of the flows to a second deployment, or set verify.function to false`]
    : [
        `source is too long: ${fault}; give in source.authentication.ca only the certificate that signs the brokers', ` +
          'and fewer of the brokers, or set verify.function to false',
      ];
};
