import type { KafkaEvent } from '../../functions/event/kafka-event.ts';
import type { Flow } from '../../functions/offsets/flow.ts';
import { mm2Key, mm2Value } from '../../functions/offsets/mm2-record.ts';
import { comparePlaces } from '../../functions/offsets/place.ts';
import { decodeKey, decodeValue } from '../../functions/offsets/replicator-record.ts';
import type { Translation } from '../../functions/offsets/translate.ts';

const bytesOf = (base64: string | null): Buffer | null => (base64 === null ? null : Buffer.from(base64, 'base64'));

/**
 * Translates a batch for one flow in the obvious way: forwards, every key and every value decoded, later records put
 * over earlier ones. What `translate` saves is measured against it, and its result must be the same. It counts
 * nothing, and relies on each partition's order.
 */
export const translateNaively = (event: KafkaEvent, flow: Flow): ReadonlyMap<string, Translation> => {
  const connectors = new Set([flow.replicatorConnector]);
  const latest = new Map<string, Translation>();
  for (const records of event.partitions) {
    const ofPartition = new Map<string, Translation>();
    for (const { topic, partition, offset, timestamp, ...record } of records) {
      const decodedKey = decodeKey(bytesOf(record.key), connectors);
      const decodedValue = decodeValue(bytesOf(record.value));
      if (decodedKey.kind !== 'ours' || decodedValue.kind === 'malformed') {
        continue;
      }
      if (decodedValue.kind === 'tombstone' && flow.tombstones === 'ignore') {
        continue;
      }
      const key = mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, ...decodedKey.source });
      const value = decodedValue.kind === 'tombstone' ? null : mm2Value(decodedValue.offset);
      const place = { eventSource: event.eventSourceArn, topic, partition, offset, timestamp };
      ofPartition.set(key, { flow, key, value, place });
    }
    for (const [key, translation] of ofPartition) {
      const other = latest.get(key);
      if (other === undefined || comparePlaces(translation.place, other.place).kind === 'later') {
        latest.set(key, translation);
      }
    }
  }
  return latest;
};
