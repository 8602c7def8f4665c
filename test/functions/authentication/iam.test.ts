import { beforeAll, describe, expect, test } from '@jest/globals';
import { method } from '../../../functions/authentication/iam.ts';
import { ConfigurationError } from '../../../functions/errors.ts';

beforeAll(() => {
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: 'session',
  });
});

const tokenOf = async (): Promise<URL> => {
  const { sasl } = await method.authenticate({ type: 'iam' }).security(false);
  if (!sasl || !('oauthBearerProvider' in sasl)) {
    throw new Error(`${sasl?.mechanism} instead of oauthbearer`);
  }
  const { value } = await sasl.oauthBearerProvider();
  return new URL(Buffer.from(value, 'base64url').toString());
};

describe('IAM', () => {
  test('is a signed request to connect, over TLS, good for 15 minutes', async () => {
    const { origin, searchParams } = await tokenOf();

    expect(origin).toBe('https://kafka.eu-west-1.amazonaws.com');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      Action: 'kafka-cluster:Connect',
      'X-Amz-Credential': expect.stringMatching(/^AKIDEXAMPLE\/\d{8}\/eu-west-1\/kafka-cluster\/aws4_request$/),
      'X-Amz-Expires': '900',
      'X-Amz-Security-Token': 'session',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await method.authenticate({ type: 'iam' }).security(false)).ssl).toBe(true);
  });

  test('signs with the credentials of the moment, for Lambda renews them', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'AKIDRENEWED';

    expect((await tokenOf()).searchParams.get('X-Amz-Credential')).toMatch(/^AKIDRENEWED\//);
  });

  test('names the role and what it needs as what the brokers refuse', () => {
    expect(method.authenticate({ type: 'iam' }).credentials).toBe(
      "the function's role (it needs kafka-cluster:Connect on the cluster)",
    );
  });

  test('needs the region that Lambda sets', () => {
    delete process.env.AWS_REGION;

    expect(() => method.authenticate({ type: 'iam' })).toThrow(
      new ConfigurationError('The environment variable AWS_REGION is missing; set it to the region of the cluster'),
    );
  });
});
