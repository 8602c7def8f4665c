import { expect, test } from '@jest/globals';
import { bytesOf, type Entry } from '../../../../local/world/sync/replicator-history.ts';
import { offsetEntry } from '../../chaos/placed.ts';

test.each([
  ['plain', '["replicator",{"topic":"foo","partition":0}]'],
  ['envelope', '{"schema":null,"payload":["replicator",{"topic":"foo","partition":0}]}'],
  ['rest', '["replicator",{"partition":0,"topic":"foo"}]'],
] as const)('a key in the form "%s" is written as its writer does', (form, key) => {
  expect(bytesOf({ ...offsetEntry(7n), form } as Entry)).toEqual({ key, value: '{"offset":7}' });
});
