import { Partitioners } from 'kafkajs';
import { OFFSETS_TOPIC_PARTITIONS } from '../../../functions/writing/offsets-topic.ts';

// kafkajs's own, and not the code under test.
const partitioner = Partitioners.DefaultPartitioner();

/** The partition of an offsets topic in which a key's records stand, as Java's default partitioner picks it. */
export const defaultPartition = (key: string, count = OFFSETS_TOPIC_PARTITIONS): number => {
  const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return partitioner({ topic: '', partitionMetadata, message: { key, value: null } });
};
