import { expect, test } from '@jest/globals';
import { checkOffsetsTopics } from '../../../../../functions/readiness/configurations/checks/offsets-topic.ts';
import { aConnectorMm2, aDedicatedMm2, aReplicator, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

const ours = 'mm2-offsets.primary.internal';

test.each([
  ['the default of a dedicated MM2 is right', aDedicatedMm2(), []],
  [
    'offset.storage.topic of its workers',
    aDedicatedMm2({ 'offset.storage.topic': 'other' }),
    ['blocks wrong-offsets-topic'],
  ],
  [
    'the same with the alias of the target',
    aDedicatedMm2({ 'backup.offset.storage.topic': 'other' }),
    ['blocks wrong-offsets-topic'],
  ],
  [
    'the one without an alias wins',
    aDedicatedMm2({ 'offset.storage.topic': ours, 'backup.offset.storage.topic': 'other' }),
    [],
  ],
  [
    "the connector's own topic wins",
    aDedicatedMm2({ 'primary->backup.offsets.storage.topic': 'other' }),
    ['blocks wrong-offsets-topic'],
  ],
  ['offsets.storage.topic without a prefix is ignored', aDedicatedMm2({ 'offsets.storage.topic': 'other' }), []],
  ["a connector's workers are untold", aConnectorMm2(), ['cannot tell wrong-offsets-topic-unknown']],
  ['a connector with a topic of its own', aConnectorMm2({ 'offsets.storage.topic': ours }), []],
])('%s', (_, mm2, expected) => {
  expect(faultsOf(checkOffsetsTopics, aSubject({ mm2 }))).toEqual(expected);
});

test('Replicator keeps its offsets in another topic than the one that is translated', () => {
  const replicator = aReplicator({ 'offset.storage.topic': 'replicator-offsets' });
  const subject = aSubject({ replicator, replicatorOffsetsTopic: 'connect-offsets' });
  expect(faultsOf(checkOffsetsTopics, subject)).toEqual(['blocks wrong-replicator-offsets-topic']);
});

test('the line is one that a dedicated MM2 takes notice of', () => {
  const subject = aSubject({ mm2: aDedicatedMm2({ 'backup.offset.storage.topic': 'other' }) });
  expect(lineOfFinding(checkOffsetsTopics, subject)).toBe(`7: backup.offset.storage.topic=${ours}`);
});
