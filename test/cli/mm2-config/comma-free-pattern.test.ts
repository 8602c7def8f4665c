import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commaFreePattern } from '../../../cli/mm2-config/comma-free-pattern.ts';

test.each([
  ['orders.*', 'orders.*'],
  ['a{1,3}', '(?:a{1}(?:a?){2})'],
  ['x(ab){2,}c', 'x(?:(ab){2}(ab)*)c'],
  ['[a-z]{0,2}?', '(?:[a-z]{0}(?:[a-z]?){2})'],
  ['\\p{Alpha}{1,2}', '(?:\\p{Alpha}{1}(?:\\p{Alpha}?){1})'],
  ['\\.{1,2}', '(?:\\.{1}(?:\\.?){1})'],
  ['(a{1,2}b){1,2}', '(?:((?:a{1}(?:a?){1})b){1}(?:((?:a{1}(?:a?){1})b)?){1})'],
  ['a,b', 'a;b'],
  ['[,.]\\,', '[;.]\\;'],
])('%s is written as %s', (pattern, expected) => {
  expect(commaFreePattern(pattern)).toBe(expected);
});

test.each([
  ['a possessive quantifier', 'a{1,2}+'],
  ['a named group that would stand twice', '(?<n>a){1,2}'],
  ['a reference to a group, whose number would change', '(a)\\1{1,2}'],
  ['a quotation', '\\Qa,b\\E'],
  ['a comma that ends a range', '[+-,]{1,2}'],
  ['a class that never ends', '[a,'],
  ['a quantifier of nothing', '{1,2}'],
  ['fewer than at least', 'a{3,2}'],
])('%s cannot be written', (_, pattern) => {
  expect(commaFreePattern(pattern)).toBeUndefined();
});

/** Patterns of atoms, groups, classes and quantifiers. */
const { pattern } = fc.letrec<{ readonly pattern: string; readonly part: string; readonly atom: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'depth' },
    fc.constantFrom('a', 'b', '.', '\\.', '[ab]', '[^a,]', '\\w', ','),
    tie('pattern').map((inner) => `(${inner})`),
    tie('pattern').map((inner) => `(?:${inner})`),
  ),
  part: fc
    .tuple(tie('atom'), fc.constantFrom('', '', '{1,2}', '{0,2}', '{2,}', '{2}', '*', '{1,2}?'))
    .map(([atom, quantifier]) => `${atom}${quantifier}`),
  pattern: fc
    .array(tie('part'), { minLength: 1, maxLength: 3, depthIdentifier: 'depth' })
    .chain((parts) => fc.constantFrom('', '|').map((between) => parts.join(between))),
}));

const compile = (text: string) => new RegExp(`^(?:${text})$`);

test('it has no comma, and matches the same names as a whole', () => {
  fc.assert(
    fc.property(pattern, fc.array(fc.constantFrom('a', 'b', '.', '-'), { maxLength: 7 }), (written, letters) => {
      const name = letters.join('');
      const rewritten = commaFreePattern(written);

      expect(rewritten).toBeDefined();
      expect(rewritten).not.toContain(',');
      expect(compile(rewritten ?? '').test(name)).toBe(compile(written).test(name));
    }),
    { numRuns: 1_000 },
  );
});
