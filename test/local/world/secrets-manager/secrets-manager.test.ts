import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type SecretsManager, startSecretsManager } from '../../../../local/world/secrets-manager/secrets-manager.ts';

let secrets: SecretsManager;
let client: SecretsManagerClient;

beforeEach(async () => {
  secrets = await startSecretsManager({ username: 'a user' });
  client = new SecretsManagerClient({
    endpoint: secrets.environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterEach(async () => {
  client.destroy();
  await secrets.close();
});

const read = async (SecretId: string) => (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;

test('the secret is read by the AWS SDK, and what is put into it after that as well', async () => {
  expect(JSON.parse((await read(secrets.secretArn)) ?? '')).toEqual({ username: 'a user' });
  secrets.put({ username: 'another' });

  expect(JSON.parse((await read(secrets.secretArn)) ?? '')).toEqual({ username: 'another' });
  expect(secrets.requests).toEqual([secrets.secretArn, secrets.secretArn]);
});

test('another secret is not there', async () => {
  await expect(read('arn:aws:secretsmanager:us-east-1:123456789012:secret:other-AbCdEf')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('a secret of bytes has no text', async () => {
  secrets.putBytes(Buffer.from('{}'));

  expect(await read(secrets.secretArn)).toBeUndefined();
});

test('a refusal is the error of the service, until something is put in', async () => {
  secrets.refuse('AccessDeniedException', 'not for you');
  await expect(read(secrets.secretArn)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'not for you',
  });

  secrets.put('as it is');
  expect(await read(secrets.secretArn)).toBe('as it is');
});
