import { expect, test } from '@jest/globals';
import { checkProvenance } from '../../../../../functions/readiness/configurations/checks/provenance.ts';
import { aConnectorMm2, aDedicatedMm2, aReplicator, aSubject, faultsOf } from '../a-configuration.ts';

const bothWays = { 'backup->primary.enabled': 'true' };

test.each([
  ['no header by default', aSubject(), []],
  [
    'Replicator filters by its header',
    aSubject({ replicator: aReplicator({ 'provenance.header.enable': 'true' }) }),
    ['warns provenance-filter'],
  ],
  [
    'a reference cannot be told',
    aSubject({ replicator: aReplicator({ 'provenance.header.enable': `\${env:X}` }) }),
    ['cannot tell provenance-filter-unknown'],
  ],
  ['MM2 copies both ways and keeps names', aSubject({ mm2: aDedicatedMm2(bothWays) }), ['blocks cycle']],
  [
    'MM2 copies both ways and puts the alias before names',
    aSubject({ mm2: aDedicatedMm2({ ...bothWays, 'replication.policy.class': undefined }) }),
    [],
  ],
  ['the way back is off', aSubject({ mm2: aDedicatedMm2({ 'backup->primary.enabled': 'false' }) }), []],
  ["a connector's file tells one way alone", aSubject({ mm2: aConnectorMm2() }), []],
])('%s', (_, subject, expected) => {
  expect(faultsOf(checkProvenance, subject)).toEqual(expected);
});
