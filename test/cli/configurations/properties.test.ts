import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readProperties } from '../../../cli/configurations/properties.ts';
import { formatProperties } from '../../../local/world/kafka/java-properties.ts';
import { fuzzRuns } from '../../functions/fuzz-runs.ts';
import { aText } from './a-text.ts';

/** Texts in Latin-1 and what java.util.Properties#load of Java 17 made of them; null where it threw. */
const vectors: readonly { readonly text: string; readonly properties: Readonly<Record<string, string>> | null }[] =
  JSON.parse(readFileSync(new URL('properties-by-java.json', import.meta.url), 'utf8'));

const read = (text: string, encoding: BufferEncoding = 'latin1'): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...readProperties({ file: 'x.properties', bytes: Buffer.from(text, encoding) })].map(([key, { value }]) => [
      key,
      value,
    ]),
  );

describe('as java.util.Properties reads them', () => {
  test.each(vectors.map(({ text, properties }) => [JSON.stringify(text), text, properties] as const))(
    '%s',
    (_, text, properties) => {
      if (properties === null) {
        expect(() => read(text)).toThrow('not followed by four hexadecimal digits');
      } else {
        expect(read(text)).toEqual(properties);
      }
    },
  );
});

test.each([
  ['an equals sign', 'a=b', { a: 'b' }],
  ['a colon', 'a : b', { a: 'b' }],
  ['a space', 'a b c', { a: 'b c' }],
  ['a continued line', 'topics=a,\\\n    b', { topics: 'a,b' }],
  ['an escape', 'a\\ b=\\u00e9\\t\\x', { 'a b': 'é\tx' }],
  ['no value', 'a', { a: '' }],
  ['the last one wins', 'a=1\na=2', { a: '2' }],
  ['comments', '# a=1\n ! b=2\nc=3', { c: '3' }],
  ["a direction's key", 'primary->backup.topics=.*', { 'primary->backup.topics': '.*' }],
  ['the name of a prototype', '__proto__=1', JSON.parse('{"__proto__":"1"}')],
])('%s', (_, text, expected) => {
  expect(read(text)).toEqual(expected);
});

test('a setting knows its line, the first one of several', () => {
  const settings = readProperties(aText('x.properties', '# comment', 'a=1', 'topics=a,\\', '  b', 'c=2'));
  expect([...settings.values()].map(({ place }) => place.line)).toEqual([2, 3, 5]);
});

test('a fault is told by its line, without the text', () => {
  const text = aText('x.properties', '# \\u', 'a=1', 'password=hunter2\\u12');
  expect(() => readProperties(text)).toThrow(/^x.properties, line 3: \\u is not followed by four hexadecimal digits/);
  expect(() => readProperties(text)).not.toThrow(/hunter2/);
});

test('a backslash alone in its line, which Java reads in a way of its own, is refused', () => {
  expect(() => read('a=1\n \\\nb=2')).toThrow('x.properties, line 2: a backslash stands alone; remove the line');
});

const { numRuns, timeout } = fuzzRuns(0.05);

test(
  'whatever is written as properties is read again',
  () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' })),
        (properties) => {
          expect(read(formatProperties(properties))).toEqual({ ...properties });
        },
      ),
      { numRuns },
    );
  },
  timeout,
);

test(
  'any bytes are read, or refused by their line',
  () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readProperties({ file: 'x', bytes });
        } catch (error) {
          expect(String(error)).toMatch(/^ConfigurationError: x, line \d+: /);
        }
      }),
      { numRuns },
    );
  },
  timeout,
);
