import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { bundleFunction } from '../../../../local/world/lambda/bundle.ts';

test.each(['none', 'scram', 'mtls'] as const)('the bundle for authentication "%s" is under 700 kB', async (type) => {
  const bundle = await bundleFunction(type);
  const { size } = await stat(bundle);
  await rm(dirname(bundle), { recursive: true });

  expect(size).toBeLessThan(700_000);
});
