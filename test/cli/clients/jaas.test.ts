import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJaas } from '../../../cli/clients/jaas.ts';
import { fuzzRuns } from '../../functions/fuzz-runs.ts';

const optionsOf = (text: string): unknown => {
  const jaas = parseJaas(text);
  return jaas.kind === 'module' ? Object.fromEntries(jaas.module.options) : jaas;
};

/** Each held against org.apache.kafka.common.security.JaasContext of Kafka 4.3.1. */
test.each([
  ['quoted values', 'M required username="app" password="p@ss;word=1";', { username: 'app', password: 'p@ss;word=1' }],
  ['single quotes', 'M required password=\'say "hi"\';', { password: 'say "hi"' }],
  ['escapes', 'M required password="a\\"b\\\\c\\101\\n";', { password: 'a"b\\cA\n' }],
  ['a word without quotes', 'M required username=app-1.x_y;', { username: 'app-1.x_y' }],
  ['a quoted name', 'M required "user name"=x;', { 'user name': 'x' }],
  ['comments and lines', 'M /* x */ Optional // y\n a = b\n;\n', { a: 'b' }],
  ['no option', 'software.amazon.msk.auth.iam.IAMLoginModule required;', {}],
  ['the last one of a name', 'M required a=b a=c;', { a: 'c' }],
])('%s', (_, text, expected) => {
  expect(optionsOf(text)).toEqual(expected);
});

test.each([
  ['nothing', '', 'it does not end in a semicolon'],
  ['no semicolon', 'M required a=b', 'it does not end in a semicolon'],
  [
    'two modules',
    'M required; N required;',
    'it has something after its semicolon, and clients take one login module alone',
  ],
  ['no class', '; ', "it does not begin with the login module's class"],
  ['no flag', 'M;', 'its second word is none of required, requisite, sufficient, optional'],
  ['a number without quotes', 'M required password=123;', expect.stringContaining('needs quotes')],
  ['a quote that is never closed', 'M required password="x;', expect.stringContaining('needs quotes')],
  ['an option without a value', 'M required password=;', 'an option has no value'],
  ['an option without a sign', 'M required password "x";', 'an option is not of the form name="value"'],
])('%s is refused', (_, text, fault) => {
  expect(parseJaas(text)).toEqual({ kind: 'fault', fault });
});

const { numRuns, timeout } = fuzzRuns(0.05);

test(
  'any name and password that are quoted are read again',
  () => {
    const quote = (text: string): string =>
      `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (username, password) => {
        expect(optionsOf(`M required username=${quote(username)} password=${quote(password)};`)).toEqual({
          username,
          password,
        });
      }),
      { numRuns },
    );
  },
  timeout,
);

test(
  'a fault tells nothing of the text',
  () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const jaas = parseJaas(`hunter2${text}`);
        expect(jaas.kind === 'fault' && jaas.fault.includes('hunter2')).toBe(false);
      }),
      { numRuns },
    );
  },
  timeout,
);
