import { readFileSync } from 'node:fs';

/** An offset record that Kafka's own classes wrote, and where Java's murmur2 puts its key. */
export interface Mm2OffsetRecord {
  readonly connector: string;
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  readonly keyBase64: string;
  readonly valueUtf8: string;
  /** Of 25 partitions. */
  readonly partitionOf25: number;
  /** Of 7 partitions. */
  readonly partitionOf7: number;
}

export const MM2_OFFSET_RECORDS: readonly Mm2OffsetRecord[] = JSON.parse(
  readFileSync(new URL('mm2-offset-records.json', import.meta.url), 'utf8'),
);
