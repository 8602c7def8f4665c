import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parseSourceOffset,
  sourceOffsetKey,
  sourceOffsetValue,
} from '../../../../local/world/replicator/source-offset.ts';

describe("Replicator's source offset", () => {
  test('is the compact JSON that a Connect worker writes', () => {
    expect(sourceOffsetKey('replicator', 'foo', 2)).toBe('["replicator",{"topic":"foo","partition":2}]');
    expect(sourceOffsetValue(1n)).toBe('{"offset":1}');
  });

  test('keeps every 64-bit offset exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (offset) => {
        expect(parseSourceOffset(sourceOffsetValue(offset))).toBe(offset);
      }),
    );
  });

  test('is read however the JSON is spaced', () => {
    expect(parseSourceOffset(' { "offset" : 7 }\n')).toBe(7n);
  });

  test.each(['{"offset":"1"}', '{"offset":1.5}', '{"offset":-1}', '{"offset":null}', '{}', 'x', ''])(
    'refuses %s, and says so',
    (value) => {
      expect(() => parseSourceOffset(value)).toThrow(`'${value}' is not a source offset`);
    },
  );
});
