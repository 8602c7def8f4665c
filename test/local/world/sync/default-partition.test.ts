import { expect, test } from '@jest/globals';
import { defaultPartition } from '../../../../local/world/sync/default-partition.ts';
import { MM2_OFFSET_RECORDS } from '../../../functions/offsets/mm2-offset-records.ts';

test("the partition of a key is the one that Kafka's own partitioner picked", () => {
  expect(MM2_OFFSET_RECORDS.length).toBeGreaterThan(0);
  for (const { keyBase64, partitionOf25 } of MM2_OFFSET_RECORDS) {
    expect(defaultPartition(Buffer.from(keyBase64, 'base64').toString())).toBe(partitionOf25);
  }
});
