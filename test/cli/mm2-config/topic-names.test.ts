import { expect, test } from '@jest/globals';
import { topicNames } from '../../../cli/mm2-config/topic-names.ts';
import { aReplicator } from '../../functions/readiness/configurations/a-configuration.ts';

const IDENTITY = 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy';
const DEFAULT = 'org.apache.kafka.connect.mirror.DefaultReplicationPolicy';
const OWN = 'write.a.ReplicationPolicy.and.name.it.here';

test.each([
  [undefined, IDENTITY, undefined],
  [`\${topic}`, IDENTITY, undefined],
  [`primary.\${topic}`, DEFAULT, '.'],
  [`primary_copy-of-\${topic}`, DEFAULT, '_copy-of-'],
  // Without a separator MM2 could not tell where a topic comes from.
  [`primary\${topic}`, OWN, undefined],
  [`other.\${topic}`, OWN, undefined],
  [`\${topic}.copy`, OWN, undefined],
  [`primary.\${topic}.\${topic}`, OWN, undefined],
  ['all', OWN, undefined],
])('topic.rename.format %s: %s, separator %s', (format, policy, separator) => {
  const settings = topicNames(aReplicator({ 'topic.rename.format': format }), 'primary');

  const values = new Map(settings.map(({ name, value }) => [name, value]));
  expect([values.get('replication.policy.class'), values.get('replication.policy.separator')]).toEqual([
    policy,
    separator,
  ]);
});

test('where no policy of MM2 gives the names, it is said, and MM2 does not start before somebody has seen to it', () => {
  const [setting] = topicNames(aReplicator({ 'topic.rename.format': `\${topic}.copy` }), 'primary');

  expect(setting?.reason).toMatch(/none of MM2's policies does\. Write a class .* MM2 does not start before$/);
});
