import { EventBatch } from '../event-source/kafka-event.ts';
import type { Placed } from './replicator-history.ts';

/** The cluster that the events of a world come from. */
export const EVENT_SOURCE = 'arn:aws:kafka:us-east-1:123456789012:cluster/local/0';

/** Builds the event that holds exactly these records. */
export const eventOf = (topic: string, brokers: readonly string[], records: readonly Placed[]): string => {
  const batch = new EventBatch({ eventSourceArn: EVENT_SOURCE, bootstrapServers: brokers.join(',') });
  for (const { key, value, partition, offset, timestamp } of records) {
    const bytes = { key: key === null ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value) };
    const record = {
      topic,
      partition,
      offset,
      timestamp,
      timestampType: 'CREATE_TIME',
      headers: [],
      ...bytes,
    } as const;
    if (!batch.offer(record)) {
      throw new Error(`${records.length} records do not fit into one event`);
    }
  }
  return batch.toJson();
};
