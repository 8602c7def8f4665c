import { expect, test } from '@jest/globals';
import { checkReplicationFactor } from '../../../../../functions/readiness/configurations/checks/replication-factor.ts';
import { aDedicatedMm2, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

test.each([
  ['3', '3', []],
  ["-1, the brokers' default", '-1', []],
  ['2 by default', undefined, ['warns replication-factor']],
  ['1', '1', ['warns replication-factor']],
  ['no number', 'three', ['cannot tell replication-factor-unknown']],
])('%s', (_, value, expected) => {
  const mm2 = aDedicatedMm2({ 'replication.factor': value });
  expect(faultsOf(checkReplicationFactor, aSubject({ mm2 }))).toEqual(expected);
});

test('the line to add stands with the direction', () => {
  const mm2 = aDedicatedMm2({ 'replication.factor': undefined });
  expect(lineOfFinding(checkReplicationFactor, aSubject({ mm2 }))).toBe('new: primary->backup.replication.factor=3');
});
