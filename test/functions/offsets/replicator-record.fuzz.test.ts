import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeKey, decodeValue } from '../../../functions/offsets/replicator-record.ts';
import { fuzzRuns } from '../fuzz-runs.ts';
import { expectedKey, expectedOffset } from './expected-decoding.ts';
import { hostileBytes } from './hostile-bytes.ts';

const CONNECTORS = new Set(['replicator', '\ud800']);
const LONGEST_REASON = 400;

const decodedKey = (bytes: Buffer): string => {
  const decoded = decodeKey(bytes, CONNECTORS);
  if (decoded.kind === 'malformed' && decoded.reason.length > LONGEST_REASON) {
    return 'a reason too long';
  }
  if (decoded.kind !== 'ours') {
    return decoded.kind;
  }
  return `${decoded.connector} ${decoded.source.topic} ${decoded.source.partition}`;
};

const decodedOffset = (bytes: Buffer): bigint | null | undefined | string => {
  const decoded = decodeValue(bytes);
  if (decoded.kind === 'malformed') {
    return decoded.reason.length > LONGEST_REASON ? 'a reason too long' : undefined;
  }
  return decoded.kind === 'offset' ? decoded.offset : null;
};

describe('whatever the bytes', () => {
  const { numRuns, timeout } = fuzzRuns(0.35);

  test(
    'a key decodes to what it says by the letter, and never throws',
    () => {
      fc.assert(
        fc.property(hostileBytes, (bytes) => decodedKey(bytes) === expectedKey(bytes, CONNECTORS)),
        { numRuns },
      );
    },
    timeout,
  );

  test(
    'a value decodes to what it says by the letter, and never throws',
    () => {
      fc.assert(
        fc.property(hostileBytes, (bytes) => decodedOffset(bytes) === expectedOffset(bytes)),
        { numRuns },
      );
    },
    timeout,
  );
});

describe('the bytes', () => {
  test('are of every kind often enough', () => {
    const samples = fc.sample(hostileBytes, { numRuns: 3_000, seed: 7 });
    const share = (is: (bytes: Buffer) => boolean) => samples.filter(is).length / samples.length;

    expect(share((bytes) => expectedKey(bytes, CONNECTORS).startsWith('replicator'))).toBeGreaterThan(0.03);
    expect(share((bytes) => expectedKey(bytes, CONNECTORS) === 'foreign')).toBeGreaterThan(0.02);
    expect(share((bytes) => typeof expectedOffset(bytes) === 'bigint')).toBeGreaterThan(0.03);
    expect(share((bytes) => expectedKey(bytes, CONNECTORS) === 'malformed')).toBeGreaterThan(0.3);
  });
});
