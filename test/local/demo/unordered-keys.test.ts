import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { mm2Key } from '../../../functions/offsets/mm2-record.ts';
import { unorderedKeys } from '../../../local/demo/unordered-keys.ts';
import { mm2Key as unorderedKey } from '../../../local/demo/unordered-mm2-record.ts';
import { bundleFunction } from '../../../local/world/lambda/bundle.ts';

const key = { connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic: 'foo', partition: 2 };

test('unordered keys are the same JSON in other bytes', () => {
  expect(unorderedKey(key)).not.toBe(mm2Key(key));
  expect(JSON.parse(unorderedKey(key))).toEqual(JSON.parse(mm2Key(key)));
});

test('the control is the deployed bundle in all but the order of the fields', async () => {
  const [bundle, control] = await Promise.all([bundleFunction(), bundleFunction('none', [unorderedKeys])]);
  const [deployed, unordered] = await Promise.all([bundle, control].map((path) => readFile(path, 'utf8')));
  await Promise.all([bundle, control].map((path) => rm(dirname(path), { recursive: true })));

  // Compared as truth values: a failing match would print the whole bundle.
  const isOrdered = (text: string | undefined) => /"partition":\$\{[\w.]+\},"topic":/.test(text ?? '');
  const isUnordered = (text: string | undefined) => /"topic":\$\{\w+\([\w.]+\)\},"partition":/.test(text ?? '');
  expect([deployed, unordered].map(isOrdered)).toEqual([true, false]);
  expect([deployed, unordered].map(isUnordered)).toEqual([false, true]);
});
