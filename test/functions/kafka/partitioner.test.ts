import { describe, expect, test } from '@jest/globals';
import { createPartitioner } from '../../../functions/kafka/partitioner.ts';
import { MM2_OFFSET_RECORDS } from '../offsets/mm2-offset-records.ts';

describe('the partition of a key', () => {
  test.each(MM2_OFFSET_RECORDS)('is the one that Java picks: $keyBase64', (record) => {
    const key = Buffer.from(record.keyBase64, 'base64').toString();

    expect(createPartitioner(25)(key)).toBe(record.partitionOf25);
    expect(createPartitioner(7)(key)).toBe(record.partitionOf7);
  });
});
