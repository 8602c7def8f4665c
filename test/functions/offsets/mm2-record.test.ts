import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';

interface Vector {
  readonly connector: string;
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  readonly keyBase64: string;
  readonly valueUtf8: string;
}

// Written by Kafka's own classes.
const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('mm2-offset-records.json', import.meta.url), 'utf8'),
);

describe("MM2's offset records, byte for byte as Kafka's own classes write them", () => {
  test('there are 30 to compare with', () => {
    expect(vectors).toHaveLength(30);
  });

  test.each(vectors)('$connector, $cluster, $topic, $partition', (vector) => {
    const { connector, cluster: sourceAlias, topic, partition } = vector;
    const offset = BigInt(/\d+/.exec(vector.valueUtf8)?.[0] ?? -1);

    const key = mm2Key({ connector, sourceAlias, topic, partition });

    expect(Buffer.from(key).toString('base64')).toBe(vector.keyBase64);
    expect(mm2Value(offset)).toBe(vector.valueUtf8);
  });
});

test('an offset beyond 2^53 keeps its last digit', () => {
  expect(mm2Value(2n ** 53n + 1n)).toBe('{"offset":9007199254740993}');
});
