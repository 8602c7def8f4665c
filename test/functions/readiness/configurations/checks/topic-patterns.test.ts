import { expect, test } from '@jest/globals';
import { checkTopicPatterns } from '../../../../../functions/readiness/configurations/checks/topic-patterns.ts';
import { aDedicatedMm2, aSubject, faultsOf } from '../a-configuration.ts';

test.each([
  ['names and patterns', 'orders, pay.*', []],
  ['a comma within a quantifier breaks it', 'o{1,2}rders', ['blocks topics-refused']],
  ['a comma within brackets joins again', '(orders,payments)', []],
  ['a bracket that is never closed', '(orders', ['blocks topics-refused']],
  ['nothing', '', []],
])('%s', (_, topics, expected) => {
  const mm2 = aDedicatedMm2({ 'primary->backup.topics': topics });
  expect(faultsOf(checkTopicPatterns, aSubject({ mm2 }))).toEqual(expected);
});
