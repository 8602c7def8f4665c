import { expect, test } from '@jest/globals';
import { readConfiguration } from '../../../cli/configurations/read-configuration.ts';

test('a file is read as it is', async () => {
  const text = await readConfiguration('--mm2-config', 'package.json');
  expect(Buffer.from(text.bytes).toString()).toContain('"name": "mm2-migration"');
});

test.each([
  [
    'that is not there',
    'nowhere.properties',
    /^--mm2-config nowhere.properties cannot be read: there is no such file; give the path/,
  ],
  ['that is a folder', 'cli', /^--mm2-config cli cannot be read: it is a folder; give the path/],
])('a file %s', async (_, file, message) => {
  await expect(readConfiguration('--mm2-config', file)).rejects.toThrow(message);
});
