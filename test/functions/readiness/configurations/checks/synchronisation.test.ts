import { expect, test } from '@jest/globals';
import { checkSynchronisation } from '../../../../../functions/readiness/configurations/checks/synchronisation.ts';
import { aConnectorMm2, aDedicatedMm2, aReplicator, aSubject, faultsOf } from '../a-configuration.ts';

const quiet = { 'sync.group.offsets.enabled': 'true' };

test.each([
  ['all alike', aDedicatedMm2(quiet), {}, []],
  [
    'rights are copied by default',
    aDedicatedMm2({ ...quiet, 'sync.topic.acls.enabled': undefined }),
    {},
    ['warns acl-sync'],
  ],
  [
    'Replicator leaves topic configurations alone',
    aDedicatedMm2(quiet),
    { 'topic.config.sync': 'false' },
    ['warns config-sync'],
  ],
  [
    'MM2 leaves them alone',
    aDedicatedMm2({ ...quiet, 'sync.topic.configs.enabled': 'false' }),
    {},
    ['warns config-sync'],
  ],
  ['groups are not moved by default', aDedicatedMm2(), {}, ['notes group-offsets-not-synced']],
  ["a connector's file does not tell of groups", aConnectorMm2({ 'sync.topic.acls.enabled': 'false' }), {}, []],
  ['a reference', aConnectorMm2({ 'sync.topic.acls.enabled': `\${env:X}` }), {}, ['cannot tell acl-sync-unknown']],
])('%s', (_, mm2, replicator, expected) => {
  expect(faultsOf(checkSynchronisation, aSubject({ mm2, replicator: aReplicator(replicator) }))).toEqual(expected);
});
