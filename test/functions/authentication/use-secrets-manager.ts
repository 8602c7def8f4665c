import { afterEach, beforeEach } from '@jest/globals';
import { type SecretsManager, startSecretsManager } from '../../../local/world/secrets-manager/secrets-manager.ts';

/** Starts a stand-in for AWS Secrets Manager for each test, to which the AWS SDK of this process is pointed. */
export const useSecretsManager = (): (() => SecretsManager) => {
  let secrets: SecretsManager | undefined;
  beforeEach(async () => {
    secrets = await startSecretsManager({});
    Object.assign(process.env, secrets.environment);
  });
  afterEach(() => secrets?.close());
  return () => {
    if (secrets === undefined) {
      throw new Error('the secrets are there only within tests');
    }
    return secrets;
  };
};
