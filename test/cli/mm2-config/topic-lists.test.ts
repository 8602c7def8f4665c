import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { topicLists } from '../../../cli/mm2-config/topic-lists.ts';
import { splitList } from '../../../functions/readiness/configurations/setting.ts';
import { anyOf } from '../../../functions/readiness/configurations/topic-selection.ts';
import { aReplicator, type SomeSettings } from '../../functions/readiness/configurations/a-configuration.ts';

const listsOf = (settings: SomeSettings) => topicLists(aReplicator({ 'topic.whitelist': undefined, ...settings }));

test.each<[string, SomeSettings, string, string]>([
  ['names, as patterns', { 'topic.whitelist': 'orders, pay.eu' }, 'orders,pay\\.eu', ''],
  ['a pattern, last', { 'topic.whitelist': 'orders', 'topic.regex': 'x.*' }, 'orders,x.*', ''],
  ['a pattern with a flag, on its own', { 'topic.regex': '(?i)x' }, '(?:(?i)x)', ''],
  ['a pattern with a comma, without it', { 'topic.regex': 'x{1,2}' }, '(?:x{1}(?:x?){1})', ''],
  ['a name once', { 'topic.whitelist': 'a,a', 'topic.regex': 'a' }, 'a', ''],
  ['what is left out', { 'topic.whitelist': 'a', 'topic.blacklist': 'b.c, d' }, 'a', 'b\\.c,d'],
])('%s', (_, settings, topics, exclude) => {
  expect(listsOf(settings)).toEqual({ topics, exclude });
});

test.each<[string, SomeSettings, RegExp]>([
  ['a Replicator that copies nothing', {}, /^replicator\.properties has neither topic\.whitelist nor topic\.regex/],
  [
    'a list that a config provider resolves',
    { 'topic.whitelist': `\${env:T}` },
    /topic\.whitelist is a reference to a config provider.*copy of the file$/,
  ],
  ['a pattern that Java refuses', { 'topic.regex': '*a' }, /topic\.regex cannot be used: Java refuses/],
  [
    'a comma that cannot be written',
    { 'topic.regex': '(a)\\1{1,2}' },
    /topic\.regex is "\(a\)\\\\1\{1,2\}"; a comma ends a pattern/,
  ],
])('%s is refused', (_, settings, message) => {
  expect(() => listsOf(settings)).toThrow(message);
});

test('the pattern of a name matches that name and no other', () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9._-]{1,8}$/);
  fc.assert(
    fc.property(name, name, (own, other) => {
      const pattern = anyOf(splitList(listsOf({ 'topic.whitelist': own }).topics));

      expect(pattern.kind).toBe('pattern');
      expect(pattern.kind === 'pattern' && pattern.matches(own)).toBe(true);
      expect(pattern.kind === 'pattern' && pattern.matches(other)).toBe(own === other);
    }),
    { numRuns: 300 },
  );
});
