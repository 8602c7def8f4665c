import { expect, test } from '@jest/globals';
import { checkAutoOffsetReset } from '../../../../../functions/readiness/configurations/checks/auto-offset-reset.ts';
import { aConnectorMm2, aDedicatedMm2, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

test.each([
  ['earliest by default', aDedicatedMm2(), []],
  [
    "latest of the source's consumer",
    aDedicatedMm2({ 'primary.consumer.auto.offset.reset': 'latest' }),
    ['warns auto-offset-reset'],
  ],
  [
    "latest of the target's consumer does nothing here",
    aDedicatedMm2({ 'backup.consumer.auto.offset.reset': 'latest' }),
    [],
  ],
  ['latest without a prefix does nothing', aDedicatedMm2({ 'consumer.auto.offset.reset': 'latest' }), []],
  [
    'latest of the direction',
    aDedicatedMm2({ 'primary->backup.consumer.auto.offset.reset': 'latest' }),
    ['warns auto-offset-reset'],
  ],
  [
    "the source's consumer wins over the direction's",
    aDedicatedMm2({
      'primary->backup.consumer.auto.offset.reset': 'latest',
      'primary.consumer.auto.offset.reset': 'earliest',
    }),
    [],
  ],
  ['none kills the task', aConnectorMm2({ 'source.consumer.auto.offset.reset': 'none' }), ['blocks auto-offset-reset']],
])('%s', (_, mm2, expected) => {
  expect(faultsOf(checkAutoOffsetReset, aSubject({ mm2 }))).toEqual(expected);
});

test('the line to change is the one that has effect', () => {
  const mm2 = aDedicatedMm2({ 'primary.consumer.auto.offset.reset': 'latest' });
  expect(lineOfFinding(checkAutoOffsetReset, aSubject({ mm2 }))).toBe('7: primary.consumer.auto.offset.reset=earliest');
});
