import { expect, test } from '@jest/globals';
import { brokerPort, eventSourcePorts, eventSourceUsesIam } from '../../infra/broker-ports.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import { parseMigration } from '../../infra/options/migration.ts';
import { SECRET_ARN, withAuthentication } from './synthesis.ts';

const cases: readonly [string, AuthenticationOptions, boolean, number, number[], boolean][] = [
  // The function's port, the event source's, and whether the event source uses IAM.
  ['plaintext', { type: 'none' }, false, 9092, [9092, 9094], false],
  ['plaintext on a cluster with IAM', { type: 'none' }, true, 9092, [9098], true],
  ['TLS', { type: 'none', tls: true }, false, 9094, [9092, 9094], false],
  ['SCRAM', { type: 'scram' }, false, 9096, [9096], false],
  ['SCRAM on a cluster with IAM', { type: 'scram' }, true, 9096, [9096], false],
  ['mTLS', { type: 'mtls', secretArn: SECRET_ARN }, false, 9094, [9094], false],
  ['IAM', { type: 'iam' }, false, 9098, [9098], true],
];

test.each(cases)('%s', (_, authentication, iamAuthentication, port, ports, usesIam) => {
  const props = withAuthentication(authentication, port);
  const migration = parseMigration('migration', { ...props, cluster: { ...props.cluster, iamAuthentication } });
  expect(brokerPort(migration.authentication)).toBe(port);
  expect(eventSourcePorts(migration)).toEqual(ports);
  expect(eventSourceUsesIam(migration)).toBe(usesIam);
});
