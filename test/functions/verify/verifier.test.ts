import { describe, expect, test } from '@jest/globals';
import type { AuthenticationMethod, Authenticator } from '../../../functions/authentication/authenticator.ts';
import { method as none } from '../../../functions/authentication/none.ts';
import { method as noSource } from '../../../functions/authentication/source/none.ts';
import { ClusterError, ConfigurationError, CredentialsError, TimeLimitError } from '../../../functions/errors.ts';
import { createVerifier } from '../../../functions/verify/verifier.ts';

const TARGET = '{"brokers":["127.0.0.1:1"]}';
const SOURCE = '{"source":{"brokers":["127.0.0.1:2"]}}';

const methodOf = (authenticator: Authenticator): AuthenticationMethod<{ type: 'none'; tls: boolean }> => ({
  type: 'none',
  authenticate: () => authenticator,
});

describe('the cold start fails', () => {
  test.each([
    ['where the brokers are missing', '{}', '{}', 'OFFSET_SYNC: brokers is missing'],
    [
      'where the bundle is of another authentication',
      '{"authentication":{"type":"iam"},"brokers":["b:9098"]}',
      '{}',
      'OFFSET_SYNC: authentication.type is "iam", but this bundle contains "none" only',
    ],
    [
      "where the bundle is of another authentication of the source's",
      TARGET,
      '{"source":{"brokers":["b:9098"],"authentication":{"type":"iam"}}}',
      'OFFSET_VERIFY: source.authentication.type is "iam", but this bundle contains "none" only',
    ],
    ['where what it is told is not JSON', TARGET, '{', 'OFFSET_VERIFY is not JSON'],
    ['where it is told something else', TARGET, '{"sources":{}}', 'OFFSET_VERIFY: sources is not a known field'],
    ['where the source is wrong', TARGET, '{"source":{"brokers":[]}}', 'OFFSET_VERIFY: source.brokers is []; give'],
  ])('%s', (_, OFFSET_SYNC, OFFSET_VERIFY, message) => {
    const start = () => createVerifier(none, noSource, { OFFSET_SYNC, OFFSET_VERIFY });

    expect(start).toThrow(ConfigurationError);
    expect(start).toThrow(message);
  });
});

test('what it is told has defaults', () => {
  const { configuration } = createVerifier(none, noSource, { OFFSET_SYNC: TARGET });

  expect(configuration).toMatchObject({ name: 'mm2-migration', sharesCredentials: false });
  expect([configuration.source, configuration.group]).toEqual([undefined, undefined]);
});

describe('a look', () => {
  test('says which cluster cannot be reached', async () => {
    const verifier = createVerifier(none, noSource, { OFFSET_SYNC: TARGET, OFFSET_VERIFY: SOURCE });
    const looked = verifier.look({ records: 0, limitMs: 60_000 });

    await expect(looked).rejects.toThrow(ClusterError);
    await expect(looked).rejects.toThrow('The target cluster (127.0.0.1:1) cannot be reached');
  }, 30_000);

  test('fails with what the credentials fail with', async () => {
    const locked: Authenticator = { security: () => Promise.reject(new CredentialsError('no')), credentials: 'none' };
    const verifier = createVerifier(methodOf(locked), noSource, { OFFSET_SYNC: TARGET });

    await expect(verifier.look({ records: 0, limitMs: 60_000 })).rejects.toThrow(CredentialsError);
  });

  test('gives up when its time is up, and says what to do', async () => {
    const slow: Authenticator = { security: () => new Promise(() => undefined), credentials: 'none' };
    const verifier = createVerifier(methodOf(slow), noSource, { OFFSET_SYNC: TARGET });
    const looked = verifier.look({ records: 0, limitMs: 50 });

    await expect(looked).rejects.toThrow(TimeLimitError);
    await expect(looked).rejects.toThrow('Gave up after 1 seconds: compare fewer records, or look at');
  });
});
