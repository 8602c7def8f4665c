import { describe, expect, test } from '@jest/globals';
import { createSecretReader } from '../../../functions/authentication/secret.ts';
import { CredentialsError } from '../../../functions/errors.ts';
import { useSecretsManager } from './use-secrets-manager.ts';

const secrets = useSecretsManager();

const createReader = () =>
  createSecretReader(
    secrets().secretArn,
    ({ word }) => (typeof word === 'string' ? { word } : undefined),
    '{"word":…}',
  );

const errorOf = async (reading: Promise<unknown>): Promise<CredentialsError> => {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CredentialsError) {
    return error;
  }
  throw new Error(`no CredentialsError but ${error}`);
};

describe('a secret', () => {
  test('is read by its ARN, when it is first asked for, and then kept', async () => {
    secrets().put('{"word":"hunter2"}');
    const read = createReader();
    expect(secrets().requests).toEqual([]);

    expect(await read(false)).toEqual({ word: 'hunter2' });
    expect(await read(false)).toEqual({ word: 'hunter2' });

    expect(secrets().requests).toEqual([secrets().secretArn]);
  });

  test("is read in its own region, whatever this machine's is", async () => {
    const { AWS_REGION } = process.env;
    delete process.env.AWS_REGION;
    secrets().put('{"word":"hunter2"}');

    const content = await createReader()(false).finally(() => {
      process.env.AWS_REGION = AWS_REGION;
    });

    expect(content).toEqual({ word: 'hunter2' });
  });

  test('is read again when a fresh one is asked for, and that one is kept', async () => {
    const read = createReader();
    secrets().put('{"word":"hunter2"}');
    await read(false);
    secrets().put('{"word":"hunter3"}');

    expect(await read(false)).toEqual({ word: 'hunter2' });
    expect(await read(true)).toEqual({ word: 'hunter3' });
    expect(await read(false)).toEqual({ word: 'hunter3' });
  });

  test('that could not be read is read at the next attempt', async () => {
    const read = createReader();
    secrets().refuse('ResourceNotFoundException', 'no such secret');
    await errorOf(read(false));
    secrets().put('{"word":"hunter2"}');

    expect(await read(false)).toEqual({ word: 'hunter2' });
  });

  test('may have more fields than are needed', async () => {
    secrets().put('{"word":"hunter2","engine":"kafka"}');

    expect(await createReader()(false)).toEqual({ word: 'hunter2' });
  });
});

describe('an error', () => {
  test.each([
    'hunter2',
    '{"word":"hunter2"',
    '"hunter2"',
    'null',
    '["hunter2"]',
    '{"Word":"hunter2"}',
    '{"word":5}',
    '',
  ])('names the ARN and the form, and nothing of the content: %s', async (content) => {
    secrets().put(content);

    const error = await errorOf(createReader()(false));

    expect(error.message).toBe(`The secret ${secrets().secretArn} is not of the form {"word":…}`);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
    expect(error.cause).toBeUndefined();
  });

  test('comes for a secret of bytes, too', async () => {
    secrets().putBytes(Buffer.from('{"word":"hunter2"}'));

    expect((await errorOf(createReader()(false))).message).toContain('is not of the form');
  });

  test.each([
    ['AccessDeniedException', 'not authorized to perform secretsmanager:GetSecretValue'],
    ['ResourceNotFoundException', "Secrets Manager can't find the specified secret."],
    ['DecryptionFailure', 'cannot decrypt with the KMS key'],
  ])('says that the secret could not be read, why, and what the role needs: %s', async (code, message) => {
    secrets().refuse(code, message);

    const error = await errorOf(createReader()(false));

    expect(error.message).toContain(`The secret ${secrets().secretArn} could not be read: ${message}`);
    expect(error.message).toContain('secretsmanager:GetSecretValue on it and kms:Decrypt on its key');
  });

  test('says so when nobody answers, and names the way that is missing', async () => {
    const read = createReader();
    await secrets().close();

    const error = await errorOf(read(false));

    expect(error.message).toMatch(/could not be read: .*ECONNREFUSED.*NAT or a VPC endpoint/);
  });
});
