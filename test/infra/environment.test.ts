import { expect, test } from '@jest/globals';
import { parseConfiguration } from '../../functions/configuration/configuration.ts';
import { environmentFaults, functionEnvironment } from '../../infra/environment.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import { parseMigration } from '../../infra/options/migration.ts';
import { SECRET_ARN, withAuthentication } from './synthesis.ts';

const cases: readonly [AuthenticationOptions, number, string | undefined, object][] = [
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
  const told = (name: string) => ({
    ...parseMigration('migration', withAuthentication({ type: 'iam' }, 9098)),
    syncOptions: { name },
  });
  const bytes = (name: string) => Number(/has (\d+) bytes/.exec(`${environmentFaults(told(name), '')}`)?.[1]);
  expect(bytes('x'.repeat(4000))).toBeGreaterThan(4096);
  expect(bytes('é'.repeat(4000)) - bytes('x'.repeat(4000))).toBe(4000);
});
