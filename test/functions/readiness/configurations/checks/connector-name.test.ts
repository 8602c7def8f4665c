import { expect, test } from '@jest/globals';
import { checkConnectorNames } from '../../../../../functions/readiness/configurations/checks/connector-name.ts';
import { aFlow } from '../../../a-flow.ts';
import { aConnectorMm2, aDedicatedMm2, aReplicator, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

test.each([
  ['both names are right', aSubject(), []],
  [
    "a dedicated MM2's name may be set",
    aSubject({ mm2: aDedicatedMm2({ name: 'mine' }) }),
    ['blocks wrong-connector-name'],
  ],
  [
    'a connector without a name cannot be told',
    aSubject({ mm2: aConnectorMm2() }),
    ['cannot tell wrong-connector-name-unknown'],
  ],
  [
    'Replicator has another name',
    aSubject({ replicator: aReplicator({ name: 'other' }) }),
    ['blocks wrong-replicator-connector'],
  ],
  [
    "Replicator's file has no name",
    aSubject({ replicator: aReplicator({ name: undefined }) }),
    ['cannot tell wrong-replicator-connector-unknown'],
  ],
])('%s', (_, subject, expected) => {
  expect(faultsOf(checkConnectorNames, subject)).toEqual(expected);
});

test('the finding says what to add where nothing is written', () => {
  const subject = aSubject({ flow: aFlow({ mm2Connector: 'mine' }) });
  expect(lineOfFinding(checkConnectorNames, subject)).toBe('new: primary->backup.name=mine');
});
