import { Partitioners } from 'kafkajs';

/** How many partitions Connect and MM2 give an offsets topic. */
export const OFFSETS_PARTITIONS = 25;

const partitioner = Partitioners.DefaultPartitioner();
const partitionMetadata = Array.from({ length: OFFSETS_PARTITIONS }, (_, partitionId) => ({
  partitionId,
  partitionErrorCode: 0,
  leader: 0,
  replicas: [],
  isr: [],
}));

/** The partition of an offsets topic in which a key's records stand, as Java's default partitioner picks it. */
export const defaultPartition = (key: string): number =>
  partitioner({ topic: '', partitionMetadata, message: { key, value: null } });
