import { expect, test } from '@jest/globals';
import { method } from '../../../functions/authentication/none.ts';

test.each([true, false])('without authentication there is TLS or not as configured: %s', async (tls) => {
  expect(await method.authenticate({ type: 'none', tls }).security(false)).toEqual({ ssl: tls });
  expect(await method.authenticate({ type: 'none', tls }).security(true)).toEqual({ ssl: tls });
});
