import { expect, test } from '@jest/globals';
import { checkReading } from '../../../../../functions/readiness/configurations/checks/reading.ts';
import { aDedicatedMm2, aReplicator, aSubject, faultsOf } from '../a-configuration.ts';

test.each([
  ['both read everything', {}, {}, []],
  [
    'MM2 leaves out aborted records',
    { 'primary.consumer.isolation.level': 'read_committed' },
    {},
    ['warns isolation-differs'],
  ],
  [
    'Replicator leaves out aborted records',
    {},
    { 'src.consumer.isolation.level': 'read_committed' },
    ['warns isolation-differs'],
  ],
  ['a reference', {}, { 'src.consumer.isolation.level': `\${env:X}` }, ['cannot tell isolation-differs-unknown']],
  ['fewer tasks', {}, { 'tasks.max': '8' }, ['notes fewer-tasks']],
  ['as many tasks', { 'tasks.max': '8' }, { 'tasks.max': '8' }, []],
])('%s', (_, mm2, replicator, expected) => {
  const subject = aSubject({ mm2: aDedicatedMm2(mm2), replicator: aReplicator(replicator) });
  expect(faultsOf(checkReading, subject)).toEqual(expected);
});
