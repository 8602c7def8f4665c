import { expect, test } from '@jest/globals';
import { parseMigration } from '../../infra/options/migration.ts';
import { newSecretName, secretArnToBe } from '../../infra/secret-name.ts';
import { EXAMPLE, SECRET_ARN, withAuthentication } from './synthesis.ts';

test('a secret to create is named after the deployment, unless it has a name', () => {
  const named = { ...EXAMPLE, authentication: { type: 'scram', secretName: 'AmazonMSK_sync' } };
  expect(newSecretName(parseMigration('migration', { ...EXAMPLE, name: 'orders' }))).toBe('AmazonMSK_orders');
  expect(newSecretName(parseMigration('migration', named))).toBe('AmazonMSK_sync');
});

test("its ARN will be as long as the stand-in, in the cluster's account and region; an existing secret has its own", () => {
  expect(secretArnToBe(parseMigration('migration', EXAMPLE))).toBe(
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_mm2-migration-XXXXXX',
  );
  const existing = withAuthentication({ type: 'mtls', secretArn: SECRET_ARN }, 9094);
  expect(secretArnToBe(parseMigration('migration', existing))).toBe(SECRET_ARN);
});
