import { jacksonString } from '../offsets/connect-json.ts';
import type { SourcePartition } from '../offsets/replicator-record.ts';

/**
 * Writes the key under which a Connect worker looks Replicator's offset up: `["replicator",{"topic":"foo","partition":2}]`.
 * It compares bytes, so the form is exact: compact, fields in this order
 * (org.apache.kafka.connect.storage.OffsetStorageReaderImpl; the order is Replicator's own map's).
 */
export const replicatorKey = (connector: string, { topic, partition }: SourcePartition): string =>
  `[${jacksonString(connector)},{"topic":${jacksonString(topic)},"partition":${partition}}]`;
