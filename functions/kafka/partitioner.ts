const MULTIPLIER = 0x5b_d1_e9_95;
const SEED = 0x97_47_b2_8c;

/** 32-bit murmur2, as org.apache.kafka.common.utils.Utils#murmur2 has it. kafkajs's own takes ten times as long. */
const murmur2 = (bytes: Buffer): number => {
  const whole = bytes.length - (bytes.length % 4);
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    const mixed = Math.imul(bytes.readInt32LE(at), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(mixed ^ (mixed >>> 24), MULTIPLIER);
  }
  if (whole < bytes.length) {
    hash = Math.imul(hash ^ bytes.readUIntLE(whole, bytes.length - whole), MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
};

/**
 * Makes the choice of Java's default partitioner for a topic: murmur2 of the key's bytes, masked to positive, modulo the
 * partitions. Connect writes a key's next record there, and a key in two partitions has no defined last record.
 */
export const createPartitioner =
  (partitionCount: number): ((key: string) => number) =>
  (key) =>
    (murmur2(Buffer.from(key)) & 0x7f_ff_ff_ff) % partitionCount;
