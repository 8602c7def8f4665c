import { describe, expect, test } from '@jest/globals';
import { checkTopicNames } from '../../../../../functions/readiness/configurations/checks/topic-names.ts';
import { aDedicatedMm2, aReplicator, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

const IDENTITY = 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy';
const DEFAULT = 'org.apache.kafka.connect.mirror.DefaultReplicationPolicy';

const subjectOf = (policy: string | undefined, separator: string | undefined, format: string | undefined) =>
  aSubject({
    mm2: aDedicatedMm2({ 'replication.policy.class': policy, 'replication.policy.separator': separator }),
    replicator: aReplicator({ 'topic.rename.format': format }),
  });

describe('agreeing', () => {
  test.each([
    ['both keep the names', IDENTITY, undefined, undefined],
    ['both put the alias before', undefined, undefined, `primary.\${topic}`],
    ['both put the alias and a separator before', DEFAULT, '-', `primary-\${topic}`],
    ['a custom separator does nothing to kept names', IDENTITY, '-', `\${topic}`],
  ])('%s', (_, policy, separator, format) => {
    expect(faultsOf(checkTopicNames, subjectOf(policy, separator, format))).toEqual([]);
  });
});

describe('differing', () => {
  test.each([
    ['Replicator keeps the names', undefined, undefined, `\${topic}`, `new: replication.policy.class=${IDENTITY}`],
    [
      'Replicator has another separator',
      DEFAULT,
      undefined,
      `primary-\${topic}`,
      'new: replication.policy.separator=-',
    ],
    [
      'Replicator puts the alias before',
      IDENTITY,
      undefined,
      `primary.\${topic}`,
      `4: replication.policy.class=${DEFAULT}`,
    ],
    ['no policy of MM2 adds something behind', IDENTITY, undefined, `\${topic}.replica`, undefined],
    ["no policy of MM2 puts another cluster's alias before", IDENTITY, undefined, `eu.\${topic}`, undefined],
  ])('%s', (_, policy, separator, format, line) => {
    const subject = subjectOf(policy, separator, format);
    expect(faultsOf(checkTopicNames, subject)).toEqual(['blocks topic-names']);
    expect(lineOfFinding(checkTopicNames, subject)?.replace('primary->backup.', '')).toBe(line);
  });
});

test.each([
  ['a policy of somebody else', 'com.example.Policy', undefined],
  ['a reference', IDENTITY, `\${file:/a:b}`],
])('%s cannot be told', (_, policy, format) => {
  expect(faultsOf(checkTopicNames, subjectOf(policy, undefined, format))).toEqual(['cannot tell topic-names-unknown']);
});

test('nothing is said without Replicator', () => {
  const { flow, mm2 } = aSubject();
  expect(checkTopicNames(mm2 ? { flow, mm2 } : { flow })).toEqual([]);
});
