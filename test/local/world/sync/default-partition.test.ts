import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { defaultPartition } from '../../../../local/world/sync/default-partition.ts';

interface Vector {
  readonly keyBase64: string;
  readonly partitionOf25: number;
}

test("the partition of a key is the one that Kafka's own partitioner picked", () => {
  const file = new URL('../../../functions/offsets/mm2-offset-records.json', import.meta.url);
  const vectors: readonly Vector[] = JSON.parse(readFileSync(file, 'utf8'));

  expect(vectors.length).toBeGreaterThan(0);
  for (const { keyBase64, partitionOf25 } of vectors) {
    expect(defaultPartition(Buffer.from(keyBase64, 'base64').toString())).toBe(partitionOf25);
  }
});
