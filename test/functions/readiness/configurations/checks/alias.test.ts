import { expect, test } from '@jest/globals';
import { checkAlias } from '../../../../../functions/readiness/configurations/checks/alias.ts';
import { aFlow } from '../../../a-flow.ts';
import { aConnectorMm2, aDedicatedMm2, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

test.each([
  ['the same alias is right', aDedicatedMm2(), []],
  [
    'the alias that the direction is given wins',
    aDedicatedMm2({ 'primary->backup.source.cluster.alias': 'eu' }),
    ['blocks wrong-alias'],
  ],
  [
    'a connector without an alias has the alias "source"',
    aConnectorMm2({ 'source.cluster.alias': undefined }),
    ['blocks wrong-alias'],
  ],
  [
    'a reference cannot be told',
    aConnectorMm2({ 'source.cluster.alias': `\${file:/a:b}` }),
    ['cannot tell wrong-alias-unknown'],
  ],
])('%s', (_, mm2, expected) => {
  expect(faultsOf(checkAlias, aSubject({ mm2 }))).toEqual(expected);
});

test('the finding names the line and what to write there', () => {
  const subject = aSubject({ mm2: aConnectorMm2(), flow: aFlow({ sourceAlias: 'eu' }) });
  expect(lineOfFinding(checkAlias, subject)).toBe('1: source.cluster.alias=eu');
});
