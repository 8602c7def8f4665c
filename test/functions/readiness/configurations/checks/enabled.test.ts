import { expect, test } from '@jest/globals';
import { checkEnabled } from '../../../../../functions/readiness/configurations/checks/enabled.ts';
import { aConnectorMm2, aDedicatedMm2, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

test.each([
  ['a direction that is switched on', aDedicatedMm2(), []],
  [
    'a dedicated MM2 is off unless told',
    aDedicatedMm2({ 'primary->backup.enabled': undefined }),
    ['blocks mm2-disabled'],
  ],
  ['a connector is on unless told', aConnectorMm2(), []],
  [
    'a value that is no boolean cannot be told',
    aConnectorMm2({ enabled: 'yes' }),
    ['cannot tell mm2-disabled-unknown'],
  ],
])('%s', (_, mm2, expected) => {
  expect(faultsOf(checkEnabled, aSubject({ mm2 }))).toEqual(expected);
});

test('the line switches the direction on', () => {
  const subject = aSubject({ mm2: aDedicatedMm2({ 'primary->backup.enabled': undefined }) });
  expect(lineOfFinding(checkEnabled, subject)).toBe('new: primary->backup.enabled=true');
});
