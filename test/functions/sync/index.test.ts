import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { AuthenticationMethod } from '../../../functions/authentication/authenticator.ts';
import type { Authentication } from '../../../functions/configuration/configuration.ts';
import { createHandler } from '../../../functions/sync/handler.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_sync-AbCdEf';

const CONFIGURATIONS = {
  none: {},
  scram: { authentication: { type: 'scram', secretArn: SECRET }, brokers: ['b-1:9096'] },
  mtls: { authentication: { type: 'mtls', secretArn: SECRET }, brokers: ['b-1:9094'] },
  iam: { authentication: { type: 'iam' }, brokers: ['b-1:9098'] },
} as const;
const TYPES = Object.keys(CONFIGURATIONS) as readonly (keyof typeof CONFIGURATIONS)[];

beforeEach(() => {
  process.env.AWS_REGION = 'eu-west-1';
  jest.resetModules();
});

describe.each(TYPES)('the authentication "%s"', (carried) => {
  test.each(TYPES)('serves its own configuration alone: configured is "%s"', async (configured) => {
    process.env.OFFSET_SYNC = JSON.stringify(CONFIGURATIONS[configured]);
    const module: { readonly method: AuthenticationMethod<Authentication> } = await import(
      `../../../functions/authentication/${carried}.ts`
    );
    const start = () => createHandler(module.method);

    if (configured === carried) {
      expect(start()).toBeInstanceOf(Function);
    } else {
      expect(start).toThrow(
        `OFFSET_SYNC: authentication.type is "${configured}", but this bundle contains "${carried}" only`,
      );
    }
  });
});

test('the entry exports the handler, outside of a bundle without authentication', async () => {
  process.env.OFFSET_SYNC = '{}';

  expect((await import('../../../functions/sync/index.ts')).handler).toBeInstanceOf(Function);
});
