import { beforeEach, describe, expect, jest, test } from '@jest/globals';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_sync-AbCdEf';

const CONFIGURATIONS = {
  unauthenticated: {},
  scram: { authentication: { type: 'scram', secretArn: SECRET }, brokers: ['b-1:9096'] },
  mtls: { authentication: { type: 'mtls', secretArn: SECRET }, brokers: ['b-1:9094'] },
  iam: { authentication: { type: 'iam' }, brokers: ['b-1:9098'] },
} as const;
const NAMES = Object.keys(CONFIGURATIONS) as readonly (keyof typeof CONFIGURATIONS)[];

const load = (bundle: string, configured: keyof typeof CONFIGURATIONS): Promise<{ readonly handler: unknown }> => {
  process.env.OFFSET_SYNC = JSON.stringify(CONFIGURATIONS[configured]);
  return import(`../../../functions/handlers/${bundle}.ts`);
};

beforeEach(() => {
  process.env.AWS_REGION = 'eu-west-1';
  jest.resetModules();
});

describe.each(NAMES)('the bundle "%s"', (bundle) => {
  test.each(NAMES)('starts with its own authentication alone: configured is "%s"', async (configured) => {
    const loading = load(bundle, configured);

    if (configured === bundle) {
      expect((await loading).handler).toBeInstanceOf(Function);
    } else {
      await expect(loading).rejects.toThrow(/^OFFSET_SYNC: authentication\.type is ".+", but this bundle carries/);
    }
  });
});
