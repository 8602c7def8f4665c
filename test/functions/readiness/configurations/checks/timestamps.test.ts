import { expect, test } from '@jest/globals';
import { checkTimestamps } from '../../../../../functions/readiness/configurations/checks/timestamps.ts';
import { aReplicator, aSubject, faultsOf } from '../a-configuration.ts';

test.each([
  ["the source's by default", undefined, []],
  ["the target's own", 'LogAppendTime', ['notes timestamps-differ']],
])('%s', (_, value, expected) => {
  const replicator = aReplicator({ 'topic.timestamp.type': value });
  expect(faultsOf(checkTimestamps, aSubject({ replicator }))).toEqual(expected);
});
