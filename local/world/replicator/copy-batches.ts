import type { KafkaMessage, Message } from 'kafkajs';

/** Records that go to the target in one request. */
export interface CopyBatch {
  readonly messages: Message[];
  /** The source offset of the last of them. */
  readonly lastOffset: bigint;
}

/**
 * Half of a broker's default max.message.bytes. kafkajs puts all records of a request into one batch, and what the
 * source sends, perhaps compressed, may be more than the target takes.
 */
const BATCH_BYTES = 512 * 1024;

/**
 * Cuts consecutive records of a partition into requests to the target, and keeps their key, value, headers, timestamp,
 * partition number and order. A record larger than a batch goes alone.
 */
export const copyBatches = (records: readonly KafkaMessage[], partition: number): readonly CopyBatch[] => {
  const batches: { messages: Message[]; lastOffset: bigint; bytes: number }[] = [];
  for (const { key, value, headers = {}, timestamp, offset } of records) {
    const message = { key, value, headers, timestamp, partition };
    const bytes = sizeOf(message);
    const current = batches.at(-1);
    if (current && current.bytes + bytes <= BATCH_BYTES) {
      current.messages.push(message);
      current.bytes += bytes;
      current.lastOffset = BigInt(offset);
    } else {
      batches.push({ messages: [message], lastOffset: BigInt(offset), bytes });
    }
  }
  return batches;
};

const sizeOf = ({ key, value, headers }: Message): number => {
  const headerBytes = Object.values(headers ?? {})
    .flat()
    .reduce((total, header) => total + (header?.length ?? 0), 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes;
};
