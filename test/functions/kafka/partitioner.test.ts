import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { createPartitioner } from '../../../functions/kafka/partitioner.ts';

interface Vector {
  readonly keyBase64: string;
  readonly partitionOf25: number;
  readonly partitionOf7: number;
}

// Partitions that Java's murmur2 chose, of keys that Kafka's own classes wrote.
const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../offsets/mm2-offset-records.json', import.meta.url), 'utf8'),
);

const byKafkajs = kafkajs.Partitioners.DefaultPartitioner();

describe('the partition of a key', () => {
  test.each(vectors)('is the one that Java picks: $keyBase64', ({ keyBase64, partitionOf25, partitionOf7 }) => {
    const key = Buffer.from(keyBase64, 'base64').toString();

    expect(createPartitioner(25)(key)).toBe(partitionOf25);
    expect(createPartitioner(7)(key)).toBe(partitionOf7);
  });

  test('is the one that kafkajs would pick, whatever the key', () => {
    const partitionMetadata = Array.from({ length: 25 }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 0,
      replicas: [],
      isr: [],
    }));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (key) => {
        expect(createPartitioner(25)(key)).toBe(
          byKafkajs({ topic: '', partitionMetadata, message: { key, value: null } }),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
