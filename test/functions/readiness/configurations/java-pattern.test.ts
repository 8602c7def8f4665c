import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { javaPattern } from '../../../../functions/readiness/configurations/java-pattern.ts';
import { fuzzRuns } from '../../fuzz-runs.ts';

/** What java.util.regex.Pattern of Java 17 said: the topics that a pattern matches, null where it refuses the pattern. */
const vectors: {
  readonly topics: readonly string[];
  readonly patterns: readonly { readonly pattern: string; readonly matches: readonly string[] | null }[];
} = JSON.parse(readFileSync(new URL('patterns-by-java.json', import.meta.url), 'utf8'));

const matches = (pattern: string, text: string): boolean | string => {
  const compiled = javaPattern(pattern);
  return compiled.kind === 'pattern' ? compiled.matches(text) : compiled.kind;
};

describe('what both languages mean alike', () => {
  test.each([
    ['orders', 'orders', true],
    ['orders', 'orders-2', false],
    ['a|b', 'b', true],
    ['.*[\\-\\.]internal', 'x.internal', true],
    ['.*\\.replica', 'xreplica', false],
    ['o{1,3}', 'oo', true],
    ['(?:a|b)+c', 'abc', true],
    ['(?!tmp).*', 'tmp-1', false],
    ['[^_].*', '_x', false],
    ['\\p{Alpha}+\\d', 'ab1', true],
    ['[\\p{Digit}_]+', '1_2', true],
    ['\\p{Lower}+', 'A', false],
    ['x\\_y', 'x_y', true],
  ])('%s and %s', (pattern, topic, expected) => {
    expect(matches(pattern, topic)).toBe(expected);
  });
});

test.each([
  ['\\Qa.b\\E'],
  ['(?i)orders'],
  ['a*+'],
  ['(?>a)b'],
  ['[a-z&&[^b]]'],
  ['[a[bc]]'],
  ['\\p{IsLatin}'],
  ['\\P{Alpha}'],
  ['\\Aorders\\z'],
  ['\\x41'],
  ['[]a]'],
])('%s cannot be told by JavaScript', (pattern) => {
  expect(matches(pattern, 'orders')).toBe('unknown');
});

test.each([['o{1'], ['a{,3}'], ['(a'], ['a)'], ['*a'], ['[a']])('%s is refused by Java', (pattern) => {
  expect(matches(pattern, 'a')).toBe('refused');
});

describe('what java.util.regex itself answered', () => {
  test.each(vectors.patterns)('$pattern', ({ pattern, matches: byJava }) => {
    const compiled = javaPattern(pattern);
    const byUs = compiled.kind === 'pattern' ? vectors.topics.filter(compiled.matches) : null;
    expect(byUs).toEqual(byJava);
  });
});

const { numRuns, timeout } = fuzzRuns(0.02);

test(
  'a topic name is matched by itself as a pattern, and any text compiles to something or a reason',
  () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9._-]{1,30}$/);
    fc.assert(
      fc.property(name, fc.string(), (topic, text) => {
        expect(matches(topic.replaceAll('.', '\\.'), topic)).toBe(true);
        expect(['boolean', 'string']).toContain(typeof matches(text, topic));
      }),
      { numRuns },
    );
  },
  timeout,
);
