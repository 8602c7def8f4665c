import kafkajs, { type PartitionMetadata } from 'kafkajs';

const partitioner = kafkajs.Partitioners.DefaultPartitioner();
// The default partitioner asks a partition for nothing but its number when a record has a key.
const partition = (partitionId: number): PartitionMetadata => ({
  partitionId,
  partitionErrorCode: 0,
  leader: 0,
  replicas: [],
  isr: [],
});

/**
 * Makes the choice of Java's default partitioner for a topic: murmur2 of the key's bytes. Connect writes a key's next
 * record there, and a key in two partitions has no defined last record.
 */
export const createPartitioner = (partitionCount: number): ((key: string) => number) => {
  const partitionMetadata = Array.from({ length: partitionCount }, (_, id) => partition(id));
  return (key) => partitioner({ topic: '', partitionMetadata, message: { key, value: null } });
};
