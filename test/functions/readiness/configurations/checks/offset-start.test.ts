import { expect, test } from '@jest/globals';
import { checkOffsetStart } from '../../../../../functions/readiness/configurations/checks/offset-start.ts';
import { aReplicator, aSubject, faultsOf } from '../a-configuration.ts';

test.each([
  ['connect by default', {}, []],
  ['consumer, in any case', { 'offset.start': 'CONSUMER' }, ['warns offset-start-consumer']],
  ['a reference cannot be told', { 'offset.start': `\${env:X}` }, ['cannot tell offset-start-consumer-unknown']],
  ['no second witness', { 'offset.topic.commit': 'false' }, ['notes no-group-offsets']],
])('%s', (_, settings, expected) => {
  expect(faultsOf(checkOffsetStart, aSubject({ replicator: aReplicator(settings) }))).toEqual(expected);
});

test.each([
  ['of its own name', { 'src.consumer.group.id': 'mine' }, '"mine"'],
  ['named after the connector', {}, '"replicator"'],
  ['of an unknown connector', { name: undefined }, "named after Replicator's connector"],
])('the message names the group %s', (_, settings, expected) => {
  const replicator = aReplicator({ 'offset.start': 'consumer', ...settings });
  const [assessment] = checkOffsetStart(aSubject({ replicator }));
  expect(assessment?.kind === 'wrong' && assessment.finding.message).toContain(`consumer group ${expected}`);
});
