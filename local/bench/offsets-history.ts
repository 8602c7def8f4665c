import kafkajs, { type Kafka } from 'kafkajs';
import { createPartitioner } from '../../functions/kafka/partitioner.ts';
import { placeHeader } from '../../functions/offsets/provenance.ts';
import { OFFSETS_TOPIC_PARTITIONS } from '../../functions/writing/offsets-topic.ts';
import { ensureOffsetsTopic } from '../world/kafka/create-topics.ts';
import type { Deployment } from './deployment.ts';

/** Source partitions that Replicator copies, hence keys. */
const KEYS = 2_000;
/** Flushes in one send; the batch of a partition stays well below the broker's limit of 1 MiB. */
const FLUSHES_PER_SEND = 20;

/** Creates a deployment's MM2 offsets topic as MM2 does. */
export const createOffsetsTopic = async (kafka: Kafka, { flow }: Deployment): Promise<void> => {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await ensureOffsetsTopic(admin, flow.offsetsTopic);
  } finally {
    await admin.disconnect();
  }
};

/**
 * Fills a deployment's MM2 offsets topic with what the function would have written, of which nothing is compacted yet:
 * the offsets of 2,000 source partitions, again and again. In large batches and without transactions, which is quicker.
 *
 * @param records A multiple of 2,000.
 */
export const writeHistory = async (kafka: Kafka, deployment: Deployment, records: number): Promise<void> => {
  const partitionOf = createPartitioner(OFFSETS_TOPIC_PARTITIONS);
  const flush = deployment
    .nextTranslations({ keys: KEYS, records: KEYS })
    .map(({ key, value, place }) => ({ key, value, partition: partitionOf(key), headers: { ...placeHeader(place) } }));
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  try {
    await producer.connect();
    for (let flushes = records / KEYS; flushes > 0; flushes -= FLUSHES_PER_SEND) {
      const messages = Array.from({ length: Math.min(FLUSHES_PER_SEND, flushes) }, () => flush).flat();
      await producer.send({ topic: deployment.flow.offsetsTopic, messages });
    }
  } finally {
    await producer.disconnect();
  }
};
