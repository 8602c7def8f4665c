import { describe, expect, test } from '@jest/globals';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import { MM2_OFFSET_RECORDS } from './mm2-offset-records.ts';

describe("MM2's offset records, byte for byte as Kafka's own classes write them", () => {
  test('there are 30 to compare with', () => {
    expect(MM2_OFFSET_RECORDS).toHaveLength(30);
  });

  test.each(MM2_OFFSET_RECORDS)('$connector, $cluster, $topic, $partition', (record) => {
    const { connector, cluster: sourceAlias, topic, partition } = record;
    const offset = BigInt(/\d+/.exec(record.valueUtf8)?.[0] ?? -1);

    const key = mm2Key({ connector, sourceAlias, topic, partition });

    expect(Buffer.from(key).toString('base64')).toBe(record.keyBase64);
    expect(mm2Value(offset)).toBe(record.valueUtf8);
  });
});

test('an offset beyond 2^53 keeps its last digit', () => {
  expect(mm2Value(2n ** 53n + 1n)).toBe('{"offset":9007199254740993}');
});
