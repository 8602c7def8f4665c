import { describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { method as iam } from '../../../../functions/authentication/source/iam.ts';
import { method as none } from '../../../../functions/authentication/source/none.ts';
import { method as secret } from '../../../../functions/authentication/source/secret.ts';
import { parseSource, type SourceOptions, sourceKindOf } from '../../../../functions/configuration/source-options.ts';
import { ConfigurationError } from '../../../../functions/errors.ts';
import { useSecretsManager } from '../use-secrets-manager.ts';

const secrets = useSecretsManager();

const METHODS = { none, secret, iam } as const;
const CA = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----';
const sourceWith = (authentication: object, brokers = ['source-1:9096']): SourceOptions =>
  parseSource('the test', { brokers, authentication });

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:AmazonMSK_local-AbCdEf';

test.each([
  [{ type: 'none' }, 'none'],
  [{ type: 'scram', secretArn: SECRET_ARN }, 'secret'],
  [{ type: 'plain', secretArn: SECRET_ARN }, 'secret'],
  [{ type: 'mtls', secretArn: SECRET_ARN }, 'secret'],
  [{ type: 'iam', region: 'eu-west-1' }, 'iam'],
] as const)('%j takes the method "%s", and no other takes it', (authentication, kind) => {
  const source = sourceWith(authentication);

  expect(sourceKindOf(source.authentication)).toBe(kind);
  const takers = Object.values(METHODS).filter((method) => method.authenticate(source) !== undefined);
  expect(takers.map((method) => method.kind)).toEqual([kind]);
});

describe('without authentication', () => {
  test.each([
    [{}, false],
    [{ tls: true }, true],
    [{ tls: true, ca: CA }, { ca: [CA] }],
  ])('%j', async (options, ssl) => {
    expect(await none.authenticate(sourceWith({ type: 'none', ...options }))?.security(false)).toEqual({ ssl });
  });
});

describe('with a user', () => {
  test.each([
    [{ type: 'scram' }, true, 'scram-sha-512'],
    [{ type: 'scram', mechanism: 'SCRAM-SHA-256', ca: CA }, { ca: [CA] }, 'scram-sha-256'],
    [{ type: 'plain', tls: false }, false, 'plain'],
  ])('%j', async (options, ssl, mechanism) => {
    secrets().put({ username: 'a-user', password: 'a-password' });
    const { secretArn } = secrets();
    const authenticator = secret.authenticate(sourceWith({ ...options, secretArn }));

    expect(await authenticator?.security(false)).toEqual({
      ssl,
      sasl: { mechanism, username: 'a-user', password: 'a-password' },
    });
    expect(authenticator?.credentials).toBe(`the user name and password of the secret ${secretArn}`);
  });
});

test('with a client certificate a private authority may stand beside it', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'verify' }]);
  secrets().put({ certificate: cert, privateKey: key });
  const { secretArn } = secrets();
  const authenticate = (options: object) => secret.authenticate(sourceWith({ type: 'mtls', secretArn, ...options }));

  expect((await authenticate({ ca: CA })?.security(false))?.ssl).toEqual({ cert, key, ca: [CA] });
  expect((await authenticate({})?.security(false))?.ssl).toEqual({ cert, key });
});

describe('with IAM', () => {
  test('the region is the one that is given, or that of the brokers', () => {
    const brokers = ['b-1.source.abcdef.c1.kafka.ap-south-1.amazonaws.com:9098'];
    process.env.AWS_REGION = '';

    expect(iam.authenticate(sourceWith({ type: 'iam' }, brokers))?.credentials).toContain('kafka-cluster:Connect');
    expect(iam.authenticate(sourceWith({ type: 'iam', region: 'eu-west-1' }))).toBeDefined();
    expect(() => iam.authenticate(sourceWith({ type: 'iam' }))).toThrow(ConfigurationError);
  });
});
