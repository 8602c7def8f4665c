import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { createPartitioner } from '../../../functions/kafka/partitioner.ts';
import { MM2_OFFSET_RECORDS } from '../offsets/mm2-offset-records.ts';

const byKafkajs = kafkajs.Partitioners.DefaultPartitioner();

describe('the partition of a key', () => {
  test.each(MM2_OFFSET_RECORDS)('is the one that Java picks: $keyBase64', (record) => {
    const key = Buffer.from(record.keyBase64, 'base64').toString();

    expect(createPartitioner(25)(key)).toBe(record.partitionOf25);
    expect(createPartitioner(7)(key)).toBe(record.partitionOf7);
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
