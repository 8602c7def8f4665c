import { describe, expect, test } from '@jest/globals';
import { checkTopics } from '../../../../../functions/readiness/configurations/checks/topics.ts';
import {
  aDedicatedMm2,
  aReplicator,
  aSubject,
  faultsOf,
  lineOfFinding,
  type SomeSettings,
} from '../a-configuration.ts';

const subjectOf = (mm2: SomeSettings, replicator: SomeSettings, sourceTopics?: readonly string[]) =>
  aSubject({
    mm2: aDedicatedMm2(
      Object.fromEntries(Object.entries(mm2).map(([key, value]) => [`primary->backup.${key}`, value])),
    ),
    replicator: aReplicator(replicator),
    ...(sourceTopics && { sourceTopics }),
  });

const byRegex = (regex: string) => ({ 'topic.whitelist': undefined, 'topic.regex': regex });

describe('with the topics of the source', () => {
  test.each([
    ['the same', {}, {}, ['orders', 'payments', 'other'], []],
    ['the same by different patterns', { topics: 'o.*' }, byRegex('or.*'), ['orders', 'payments'], []],
    ['one is not covered', { topics: 'orders' }, {}, ['orders', 'payments'], ['blocks topic-not-covered']],
    ['one is excluded', { topics: '.*' }, byRegex('.*'), ['orders.replica'], ['blocks topic-not-covered']],
    [
      'one is excluded whatever is configured',
      { topics: '.*', 'topics.exclude': '' },
      byRegex('.*'),
      ['__audit', 'mm2-x.internal'],
      ['blocks topic-never-copied'],
    ],
    ['one is added', { topics: '.*' }, {}, ['orders', 'payments', 'other'], ['warns topic-added']],
    [
      'the blacklist wins',
      { topics: '.*' },
      { ...byRegex('.*'), 'topic.blacklist': 'other' },
      ['other'],
      ['warns topic-added'],
    ],
    [
      'Replicator never copies these',
      { topics: '.*', 'topics.exclude': '' },
      byRegex('.*'),
      ['__consumer_offsets', '__transaction_state'],
      [],
    ],
    [
      "the target's own come back",
      { topics: '.*', 'replication.policy.class': 'org.apache.kafka.connect.mirror.DefaultReplicationPolicy' },
      byRegex('.*'),
      ['backup.orders'],
      ['blocks topic-never-copied'],
    ],
    [
      'versions of MM2 differ on names that only end like internal ones',
      { topics: '.*' },
      byRegex('.*'),
      ['x.internal', 'x-internal'],
      ['cannot tell topic-not-covered-unknown'],
    ],
    ['a pattern of Java alone', { topics: '\\Qorders\\E' }, {}, ['orders'], ['cannot tell topic-not-covered-unknown']],
    [
      'a filter of somebody else',
      { 'topic.filter.class': 'com.example.Filter' },
      {},
      ['orders'],
      ['cannot tell topic-not-covered-unknown'],
    ],
  ])('%s', (_, mm2, replicator, topics, expected) => {
    expect(faultsOf(checkTopics, subjectOf(mm2, replicator, topics))).toEqual(expected);
  });

  test('the line adds the names as patterns', () => {
    const subject = subjectOf({ topics: 'orders' }, byRegex('.*'), ['orders', 'a.b']);
    expect(lineOfFinding(checkTopics, subject)).toBe('3: primary->backup.topics=orders, a\\\\.b');
  });

  test('the line takes the pattern away that excludes the topic', () => {
    const subject = subjectOf({ topics: '.*' }, byRegex('.*'), ['orders.replica']);
    expect(lineOfFinding(checkTopics, subject)).toBe('new: primary->backup.topics.exclude=mm2.*\\\\.internal, __.*');
  });

  test('many topics are counted instead of named', () => {
    const topics = Array.from({ length: 25 }, (_, index) => `t${index}`);
    const [assessment] = checkTopics(subjectOf({ topics: 'none' }, byRegex('t.*'), topics));
    expect(assessment?.kind === 'wrong' && assessment.finding.message).toContain('"t9" and 15 more, MM2 will not');
  });
});

describe('without the topics of the source', () => {
  test.each([
    ['a comma at the end of a list', { topics: 'orders' }, { 'topic.whitelist': 'orders,' }, []],
    ['both name the same', {}, {}, []],
    ['MM2 names one too few', { topics: 'orders' }, {}, ['blocks topic-not-covered']],
    ['MM2 names one too many', { topics: 'orders, payments, other' }, {}, ['warns topic-added']],
    ['MM2 covers them and maybe more', { topics: '.*' }, {}, ['cannot tell topic-not-covered-unknown']],
    ['Replicator has a pattern', {}, byRegex('o.*'), ['warns topic-added', 'cannot tell topic-not-covered-unknown']],
  ])('%s', (_, mm2, replicator, expected) => {
    expect(faultsOf(checkTopics, subjectOf(mm2, replicator))).toEqual(expected);
  });
});
