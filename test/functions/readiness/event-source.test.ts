import { expect, test } from '@jest/globals';
import { eventSourceBy } from '../../../functions/readiness/event-source.ts';

test.each([
  ['what a person says', 'given', ['a', 'b'], 'a', 'given'],
  ["the sync's own records", undefined, ['a'], 'b', 'a'],
  ["the deployment's cluster where the sync has written nothing", undefined, [], 'b', 'b'],
  ["the deployment's cluster where it is one of several", undefined, ['a', 'b'], 'b', 'b'],
  ['nothing where there are several others', undefined, ['a', 'b'], 'c', undefined],
  ['nothing where there are several', undefined, ['a', 'b'], undefined, undefined],
  ['nothing where nothing is known', undefined, [], undefined, undefined],
])('the event source is %s', (_what, given, written, configured, expected) => {
  expect(eventSourceBy({ given, written: new Set(written), configured })).toBe(expected);
});
