import { describe, expect, test } from '@jest/globals';
import { isJsonObject, jacksonString, OtherNumber, parseConnectJson } from '../../../functions/offsets/connect-json.ts';

const parse = (text: string) => parseConnectJson(Buffer.from(text));

describe('reading', () => {
  test.each([
    ['0', 0n],
    ['-0', 0n],
    ['-1', -1n],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
    ['123456789012345678901234567890', 123_456_789_012_345_678_901_234_567_890n],
  ])('keeps every digit of the integer %s', (text, expected) => {
    expect(parse(text)).toBe(expected);
    expect(parse(`{"a":[${text}]}`)).toEqual({ a: [expected] });
  });

  test.each(['1.0', '1e3', '1E0', '-0.0', '0.5', '1E-2', '1e400', '9007199254740993.0'])(
    'takes %s, written with fraction or exponent, for no integer, and keeps it as written',
    (text) => {
      expect(parse(text)).toStrictEqual(new OtherNumber(text));
      expect(parse(`{"a":[${text}]}`)).toStrictEqual({ a: [new OtherNumber(text)] });
    },
  );

  test.each([
    ['1', 30, 10n ** 30n / 9n],
    ['-1', 30, -(10n ** 30n) / 9n],
  ])('takes %s, repeated to %d digits, for an integer', (first, digits, expected) => {
    expect(parse(first.padEnd(digits + first.length - 1, '1'))).toBe(expected);
  });

  test.each(['1'.repeat(31), `-${'1'.repeat(31)}`, '9'.repeat(400)])(
    'takes %s, of more than 30 digits, for no integer that could be an offset, and keeps it as written',
    (text) => {
      expect(parse(text)).toStrictEqual(new OtherNumber(text));
    },
  );

  test('keeps a number of millions of digits as written, too', () => {
    const digits = '7'.repeat(3_000_000);

    expect(parse(digits)).toStrictEqual(new OtherNumber(digits));
  });

  test.each([
    ['null', null],
    ['true', true],
    ['"1"', '1'],
    ['[]', []],
    ['{}', {}],
    [' \t\r\n1 ', 1n],
    ['"\\u00e9\\ud83d\\ude00"', 'é😀'],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test.each([
    ['{"a":1,"a":2}', 2n],
    ['{"a":1.5,"a":2}', 2n],
    ['{"a":2,"a":1.5}', new OtherNumber('1.5')],
    ['{"a":"x","a":2}', 2n],
    ['{"a":{"a":1},"a":2}', 2n],
    ['{"a":2,"a":[]}', []],
  ])('of a field written twice takes the last one, as Jackson does: %s', (text, expected) => {
    expect(parse(text)).toStrictEqual({ a: expected });
  });

  test('keeps a field named __proto__ a field', () => {
    const json = parse('{"__proto__":{"offset":1}}');

    expect(Object.keys(json as object)).toEqual(['__proto__']);
    expect((json as { offset?: unknown }).offset).toBeUndefined();
  });

  test.each([
    '',
    ' ',
    '{',
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":NaN}',
    "{'a':1}",
    '{"a":1,}',
    '[1]x',
    '"\n"',
    '\ufeff1',
  ])('refuses %j, which is not JSON', (text) => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });

  test.each([
    ['a stray continuation byte', [0x22, 0x80, 0x22]],
    ['a truncated sequence', [0x22, 0xe2, 0x82, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['half a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('refuses %s, which is not UTF-8', (_what, bytes) => {
    expect(() => parseConnectJson(Uint8Array.from(bytes))).toThrow('not valid for encoding utf-8');
  });

  test('ends with an error, not with the process, on JSON nested too deeply', () => {
    expect(() => parse('['.repeat(200_000) + ']'.repeat(200_000))).toThrow(RangeError);
  });
});

describe('objects', () => {
  test.each([[null], [[]], [1n], [new OtherNumber('1.5')], ['{}'], [true], [undefined]])('%p is none', (json) => {
    expect(isJsonObject(json)).toBe(false);
  });

  test('{} is one', () => {
    expect(isJsonObject({})).toBe(true);
  });
});

// The right-hand sides were written by org.apache.kafka.connect.json.JsonConverter 4.3.1.
describe("Jackson's escaping", () => {
  test('escapes the control characters, in upper-case digits or by their short names', () => {
    const controls = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)).join('');

    expect(jacksonString(controls)).toBe(
      '"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000B\\f\\r\\u000E\\u000F' +
        '\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001A\\u001B\\u001C\\u001D\\u001E\\u001F"',
    );
  });

  test('escapes quotes and backslashes, and leaves slashes and signs of HTML', () => {
    expect(jacksonString('"\\/<>&\'')).toBe('"\\"\\\\/<>&\'"');
  });

  test('leaves the rest of the Basic Multilingual Plane as it is, U+007F and U+2028 included', () => {
    const text = '\u007f\u0080é연\u2028\u2029\ufffd\uffff';

    expect(jacksonString(text)).toBe(`"${text}"`);
  });

  test('writes characters outside that plane as two escapes', () => {
    expect(jacksonString('😀')).toBe('"\\uD83D\\uDE00"');
    expect(jacksonString('\u{10000}\u{10ffff}')).toBe('"\\uD800\\uDC00\\uDBFF\\uDFFF"');
  });
});
