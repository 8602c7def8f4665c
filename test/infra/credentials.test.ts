import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Credentials } from '../../infra/credentials.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import { parseMigration } from '../../infra/options/migration.ts';
import { CLUSTER_ARN, KEY_ARN, only, SECRET_ARN, synthesize, withAuthentication } from './synthesis.ts';

const create = (scope: Construct, authentication: AuthenticationOptions, port: number) =>
  new Credentials(scope, 'Credentials', parseMigration('migration', withAuthentication(authentication, port)));

const build = (authentication: AuthenticationOptions) => synthesize((scope) => create(scope, authentication, 9096));

describe('for SCRAM', () => {
  const template = build({ type: 'scram' });
  const secret = only(template, 'AWS::SecretsManager::Secret');
  const key = only(template, 'AWS::KMS::Key');
  const idOf = (resource: object) => Object.entries(template.Resources).find(([, other]) => other === resource)?.[0];

  test("a secret with MSK's prefix, a user and a generated password", () => {
    expect(secret.Properties).toMatchObject({
      Name: 'AmazonMSK_mm2-migration',
      GenerateSecretString: {
        SecretStringTemplate: '{"username":"mm2-migration"}',
        GenerateStringKey: 'password',
        PasswordLength: 40,
        ExcludePunctuation: true,
      },
    });
  });

  test('encrypted with a customer-managed key that rotates', () => {
    expect(secret.Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': [idOf(key), 'Arn'] });
    expect(key.Properties.EnableKeyRotation).toBe(true);
  });

  test('associated with the cluster, before which MSK does not know the user, by a resource that knows this one alone', () => {
    const association = only(template, 'Custom::ScramAssociation');
    expect(association.Properties).toMatchObject({ ClusterArn: CLUSTER_ARN, SecretArn: { Ref: idOf(secret) } });
    expect(association.DependsOn).toContainEqual(expect.stringMatching(/^CredentialsAssociationRoleDefaultPolicy/));
    expect(Object.values(template.Resources).map(({ Type }) => Type)).not.toContain('AWS::MSK::BatchScramSecret');
  });

  test('by a function that may do just that, and cannot read the password', () => {
    const policy = Object.entries(template.Resources).find(([id]) =>
      id.startsWith('CredentialsAssociationRoleDefault'),
    );
    const keyArn = { 'Fn::GetAtt': [idOf(key), 'Arn'] };
    expect(policy?.[1].Properties.PolicyDocument).toMatchObject({
      Statement: [
        { Sid: 'WriteLogs', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] },
        {
          Sid: 'AssociateSecrets',
          Action: ['kafka:BatchAssociateScramSecret', 'kafka:BatchDisassociateScramSecret', 'kafka:ListScramSecrets'],
          Resource: CLUSTER_ARN,
        },
        { Sid: 'ReferToSecret', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: idOf(secret) } },
        { Sid: 'LetMskUseKey', Action: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'], Resource: keyArn },
      ],
    });
    expect(JSON.stringify(policy)).not.toContain('kms:Decrypt');
  });

  test('gone with the stack', () => {
    expect([secret.DeletionPolicy, key.DeletionPolicy]).toEqual(['Delete', 'Delete']);
  });

  test('by the names that are configured', () => {
    const names = { secretName: 'AmazonMSK_team/sync', username: 'sync' };
    const named = only(build({ type: 'scram', ...names }), 'AWS::SecretsManager::Secret');
    expect(named.Properties).toMatchObject({
      Name: 'AmazonMSK_team/sync',
      GenerateSecretString: { SecretStringTemplate: '{"username":"sync"}' },
    });
  });
});

const existing: readonly [string, AuthenticationOptions, number, string | undefined, string | undefined][] = [
  ['an existing SCRAM secret', { type: 'scram', secretArn: SECRET_ARN, keyArn: KEY_ARN }, 9096, SECRET_ARN, KEY_ARN],
  ['mTLS', { type: 'mtls', secretArn: SECRET_ARN, keyArn: KEY_ARN }, 9094, SECRET_ARN, KEY_ARN],
  ['mTLS with the default key', { type: 'mtls', secretArn: SECRET_ARN }, 9094, SECRET_ARN, undefined],
  ['IAM', { type: 'iam' }, 9098, undefined, undefined],
  ['no authentication', { type: 'none' }, 9092, undefined, undefined],
];
test.each(existing)('for %s nothing is created', (_, authentication, port, secretArn, keyArn) => {
  const credentials = create(new Stack(), authentication, port);
  expect(credentials.node.children).toEqual([]);
  expect([credentials.secretArn, credentials.keyArn]).toEqual([secretArn, keyArn]);
});
