import { expect, test } from '@jest/globals';
import { checkPartitions } from '../../../../../functions/readiness/configurations/checks/partitions.ts';
import { aReplicator, aSubject, faultsOf } from '../a-configuration.ts';

test.each([
  ['preserved by default', undefined, []],
  ['not preserved', 'false', ['warns partitions-not-preserved']],
  ['a reference cannot be told', `\${env:X}`, ['cannot tell partitions-not-preserved-unknown']],
])('%s', (_, value, expected) => {
  const replicator = aReplicator({ 'topic.preserve.partitions': value });
  expect(faultsOf(checkPartitions, aSubject({ replicator }))).toEqual(expected);
});
