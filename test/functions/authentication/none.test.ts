import { expect, test } from '@jest/globals';
import { unauthenticated } from '../../../functions/authentication/none.ts';

test.each([true, false])('without authentication there is TLS or not as configured: %s', async (tls) => {
  expect(await unauthenticated(tls).security(false)).toEqual({ ssl: tls });
  expect(await unauthenticated(tls).security(true)).toEqual({ ssl: tls });
});
