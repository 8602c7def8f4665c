import type { EventRecord, KafkaEvent } from '../../../functions/event/kafka-event.ts';

export const EVENT_SOURCE =
  'arn:aws:kafka:eu-west-1:123456789012:cluster/source/11111111-2222-3333-4444-555555555555-1';

/** The key under which Replicator keeps the offset of a source partition. */
export const replicatorKey = (topic = 'foo', partition = 0, connector = 'replicator'): string =>
  JSON.stringify([connector, { topic, partition }]);

const inBase64 = (content: string | Uint8Array | null): string | null =>
  content === null ? null : Buffer.from(content).toString('base64');

interface Content {
  readonly partition?: number;
  readonly offset?: bigint;
  readonly timestamp?: number;
  readonly key?: string | Uint8Array | null;
  readonly value?: string | Uint8Array | null;
}

/** A record of Replicator's offsets topic: source partition 0 of `foo`, of which record 1 was copied last. */
export const aRecord = (content: Content = {}): EventRecord => {
  const { partition = 0, offset = 0n, timestamp = 1_700_000_000_000 + Number(offset), key, value } = content;
  return {
    topic: 'connect-offsets',
    partition,
    offset,
    timestamp,
    key: inBase64(key === undefined ? replicatorKey() : key),
    value: inBase64(value === undefined ? '{"offset":1}' : value),
  };
};

/** An event with these records, each partition's in the order given. */
export const anEvent = (...records: readonly EventRecord[]): KafkaEvent => ({
  eventSourceArn: EVENT_SOURCE,
  bootstrapServers: ['b-1:9092'],
  partitions: [...Map.groupBy(records, ({ partition }) => partition).values()],
});

/** Records of one partition, with offsets from 0 up in the order given. */
export const inOnePartition = (...contents: readonly Content[]): readonly EventRecord[] =>
  contents.map((content, index) => aRecord({ offset: BigInt(index), ...content }));

/** The JSON object that Lambda hands over for an event. */
export const asDelivered = ({ eventSourceArn, bootstrapServers, partitions }: KafkaEvent) => ({
  eventSource: 'aws:kafka',
  eventSourceArn,
  bootstrapServers: bootstrapServers.join(','),
  records: Object.fromEntries(
    partitions.map((records) => [
      `connect-offsets-${records[0]?.partition}`,
      records.map(({ key, value, offset, ...rest }) => ({
        ...rest,
        offset: Number(offset),
        timestampType: 'CREATE_TIME',
        headers: [],
        ...(key !== null && { key }),
        ...(value !== null && { value }),
      })),
    ]),
  ),
});
