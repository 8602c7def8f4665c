import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSecretReader } from '../../../functions/authentication/secret.ts';
import { CredentialsError } from '../../../functions/errors.ts';
import { SECRET_ARN, SecretsManager } from './secrets-manager.ts';

let secretsManager: SecretsManager;
beforeEach(async () => {
  secretsManager = await SecretsManager.start();
});
afterEach(() => secretsManager.stop());

const createReader = () =>
  createSecretReader(SECRET_ARN, ({ word }) => (typeof word === 'string' ? { word } : undefined), '{"word":…}');

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
    secretsManager.holds('{"word":"hunter2"}');
    const read = createReader();
    expect(secretsManager.requests).toEqual([]);

    expect(await read(false)).toEqual({ word: 'hunter2' });
    expect(await read(false)).toEqual({ word: 'hunter2' });

    expect(secretsManager.requests).toEqual([SECRET_ARN]);
  });

  test('is read again when a fresh one is asked for, and that one is kept', async () => {
    const read = createReader();
    secretsManager.holds('{"word":"hunter2"}');
    await read(false);
    secretsManager.holds('{"word":"hunter3"}');

    expect(await read(false)).toEqual({ word: 'hunter2' });
    expect(await read(true)).toEqual({ word: 'hunter3' });
    expect(await read(false)).toEqual({ word: 'hunter3' });
  });

  test('that could not be read is read at the next attempt', async () => {
    const read = createReader();
    secretsManager.refuses('ResourceNotFoundException', 'no such secret');
    await errorOf(read(false));
    secretsManager.holds('{"word":"hunter2"}');

    expect(await read(false)).toEqual({ word: 'hunter2' });
  });

  test('may have more fields than are needed', async () => {
    secretsManager.holds('{"word":"hunter2","engine":"kafka"}');

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
    secretsManager.holds(content);

    const error = await errorOf(createReader()(false));

    expect(error.message).toBe(`The secret ${SECRET_ARN} is not of the form {"word":…}`);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
    expect(error.cause).toBeUndefined();
  });

  test('comes for a secret of bytes, too', async () => {
    secretsManager.holdsBytes('{"word":"hunter2"}');

    expect((await errorOf(createReader()(false))).message).toContain('is not of the form');
  });

  test.each([
    ['AccessDeniedException', 'not authorized to perform secretsmanager:GetSecretValue'],
    ['ResourceNotFoundException', "Secrets Manager can't find the specified secret."],
    ['DecryptionFailure', 'cannot decrypt with the KMS key'],
  ])('says that the secret could not be read, why, and what the role needs: %s', async (code, message) => {
    secretsManager.refuses(code, message);

    const error = await errorOf(createReader()(false));

    expect(error.message).toContain(`The secret ${SECRET_ARN} could not be read: ${message}`);
    expect(error.message).toContain('secretsmanager:GetSecretValue on it and kms:Decrypt on its key');
  });

  test('says so when nobody answers, and names the way that is missing', async () => {
    const read = createReader();
    await secretsManager.stop();

    const error = await errorOf(read(false));

    expect(error.message).toMatch(/could not be read: .*ECONNREFUSED.*NAT or a VPC endpoint/);
  });
});
