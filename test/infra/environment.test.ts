import { expect, test } from '@jest/globals';
import { parseConfiguration } from '../../functions/configuration/configuration.ts';
import type { AuthenticationProps } from '../../infra/authentication.ts';
import { environmentSize, functionEnvironment } from '../../infra/environment.ts';
import { parseMigration } from '../../infra/migration.ts';
import { SECRET_ARN, withAuthentication } from './synthesis.ts';

const cases: readonly [AuthenticationProps, number, string | undefined, object][] = [
  [{ type: 'none' }, 9092, undefined, { type: 'none', tls: false }],
  [{ type: 'scram' }, 9096, SECRET_ARN, { type: 'scram', secretArn: SECRET_ARN }],
  [{ type: 'mtls', secretArn: SECRET_ARN }, 9094, SECRET_ARN, { type: 'mtls', secretArn: SECRET_ARN }],
  [{ type: 'iam' }, 9098, undefined, { type: 'iam' }],
];

test.each(cases)(
  'the function understands the configuration with authentication %j',
  (type, port, secret, expected) => {
    const props = { ...withAuthentication(type, port), name: 'orders', replicationFactor: 3 };
    const { OFFSET_SYNC = '', ...others } = functionEnvironment(parseMigration('migration', props), secret);
    expect(parseConfiguration('OFFSET_SYNC', JSON.parse(OFFSET_SYNC))).toMatchObject({
      name: 'orders',
      replicationFactor: 3,
      brokers: props.cluster.brokers,
      authentication: expected,
    });
    expect(others).toEqual({ POWERTOOLS_LOG_LEVEL: 'INFO', NODE_OPTIONS: '--disable-warning=TimeoutNegativeWarning' });
  },
);

test('an environment is as large as its names and values in UTF-8', () => {
  expect(environmentSize({ ab: 'c', d: 'é' })).toBe(6);
});
