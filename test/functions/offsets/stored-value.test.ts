import { describe, expect, test } from '@jest/globals';
import { classifyValue } from '../../../functions/offsets/stored-value.ts';

const classify = (value: string | null) => classifyValue(value === null ? null : Buffer.from(value));

// What MM2 does with each of them is measured in test/e2e/stored-values.test.ts.
describe("a value in MM2's offsets topic", () => {
  test.each([
    ['{"offset":12}', 12n],
    ['{"offset":0}', 0n],
    ['{"offset":-0}', 0n],
    [' { "offset" : 12 , "more" : "text" } ', 12n],
    ['{"offset":9223372036854775807}', 2n ** 63n - 1n],
    // Java keeps the lower 64 bits.
    ['{"offset":18446744073709551621}', 5n],
    [`{"offset":${2n ** 128n + 7n}}`, 7n],
    ['{"offset":"1","offset":2}', 2n],
    ['{"offset":12} x', 12n],
    ['{"offset":12}{"offset":13}', 12n],
    ['{"offset":12,"more":"}\\"}"}}', 12n],
    ['\ufeff{"offset":12}', 12n],
  ])('%s is usable', (value, offset) => {
    expect(classify(value)).toEqual({ kind: 'usable', offset });
  });

  test.each([null, 'null'])('%s is no offset, on purpose', (value) => {
    expect(classify(value)).toEqual({ kind: 'none' });
  });

  test.each([
    ['{}', 'it has no "offset"'],
    ['{"offset":null}', 'it has no "offset"'],
    ['{"offset":-1}', 'its "offset" is negative: -1'],
    ['{"offset":9223372036854775808}', 'its "offset" is negative: -9223372036854775808'],
    ['', 'it is no JSON'],
    ['not JSON', 'it is no JSON'],
    ['{"offset":1', 'it is no JSON'],
    ['x {"offset":1}', 'it is no JSON'],
    ['{"offset":1,}', 'it is no JSON'],
    ['4 {"offset":1}', 'it is no JSON'],
    ['12', 'it is no JSON object'],
    ['"12"', 'it is no JSON object'],
    ['[1.5]', 'it is no JSON object'],
    ['{"offset":[]}', 'its field "offset" is an object or a list'],
    ['{"offset":1,"more":{}}', 'its field "more" is an object or a list'],
    ['{"schema":null,"payload":{"offset":"1"}}', 'its field "payload" is an object or a list'],
    [`{"offset":${'9'.repeat(1_001)}}`, 'it is no JSON to MM2, whose numbers have at most 1,000 digits'],
  ])('%s is ignored', (value, reason) => {
    expect(classify(value)).toEqual({ kind: 'ignored', reason });
  });

  test.each([
    ['{"offset":"12"}', 'a string'],
    ['{"offset":true}', 'a boolean'],
    ['{"offset":false}', 'a boolean'],
    ['{"offset":1.5}', 'a number with a fraction or an exponent'],
    ['{"offset":1.0}', 'a number with a fraction or an exponent'],
    ['{"offset":1e3}', 'a number with a fraction or an exponent'],
    ['{"offset":1,"offset":"2"}', 'a string'],
  ])("%s is fatal to MM2's task", (value, type) => {
    expect(classify(value)).toEqual({ kind: 'fatal', reason: `its "offset" is ${type}, not an integer` });
  });
});
