import { Partitioners } from 'kafkajs';

/** How many partitions Connect and MM2 give an offsets topic. */
export const OFFSETS_PARTITIONS = 25;

const partitioner = Partitioners.DefaultPartitioner();

/** The partition of an offsets topic in which a key's records stand, as Java's default partitioner picks it. */
export const defaultPartition = (key: string, count = OFFSETS_PARTITIONS): number => {
  const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return partitioner({ topic: '', partitionMetadata, message: { key, value: null } });
};
