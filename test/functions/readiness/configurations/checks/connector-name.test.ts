import { expect, test } from '@jest/globals';
import { checkConnectorNames } from '../../../../../functions/readiness/configurations/checks/connector-name.ts';
import { aFlow } from '../../../a-flow.ts';
import { aConnectorMm2, aDedicatedMm2, aReplicator, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

test.each([
  ['both names are right', aSubject(), []],
  [
    "a dedicated MM2's is the same whatever name says",
    aSubject({ mm2: aDedicatedMm2({ name: 'mine', 'primary->backup.name': 'mine' }) }),
    [],
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

test("a connector's finding says what to write", () => {
  const subject = aSubject({ flow: aFlow({ mm2Connector: 'mine' }), mm2: aConnectorMm2({ name: 'other' }) });
  expect(lineOfFinding(checkConnectorNames, subject)).toBe('2: name=mine');
});

test("a dedicated MM2's has no line to write: the flow is to be corrected", () => {
  const [finding] = checkConnectorNames(aSubject({ flow: aFlow({ mm2Connector: 'mine' }) })).flatMap((assessment) =>
    assessment.kind === 'wrong' ? [assessment.finding] : [],
  );
  expect(finding).toMatchObject({ code: 'wrong-connector-name', severity: 'blocks' });
  expect(finding?.line).toBeUndefined();
  expect(finding?.fix).toContain('correct the flow\'s "mm2"');
});
