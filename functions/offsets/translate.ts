import type { KafkaEvent } from '../event/kafka-event.ts';
import type { Flow } from './flow.ts';
import { mm2Key, mm2Value } from './mm2-record.ts';
import type { Place } from './place.ts';
import { type DecodedKey, decodeKey, decodeValue, type SourcePartition } from './replicator-record.ts';

/** A record for MM2's offsets topic, not yet written. */
export interface Translation {
  readonly flow: Flow;
  readonly key: string;
  /** `null` for a tombstone, where the flow propagates them. */
  readonly value: string | null;
  /** The record of Replicator's offsets topic that it comes from. */
  readonly place: Place;
}

/** A record that is no Connect offset, and why. */
export interface MalformedRecord {
  readonly place: Place;
  readonly reason: string;
  /** The connector that the key names, as far as it could be read. */
  readonly connector?: string;
  /** The flows that would have used the record. */
  readonly flows: readonly Flow[];
}

/** Counts a batch's well-formed records by what became of them, for one flow. */
export interface FlowCounts {
  translated: number;
  superseded: number;
  tombstones: number;
}

/** A batch of Replicator's offsets, translated for one flow. */
export interface FlowTranslation {
  readonly flow: Flow;
  /**
   * From the last valid record of every key in the batch: one for a key, or several where an earlier record is the newer
   * one. Then either two workers' clocks differ or the batch spans a topic that was created anew, and only the
   * partition's end tells which of them counts.
   */
  readonly translations: readonly Translation[];
  readonly counts: Readonly<FlowCounts>;
  /**
   * Translations whose key came from more than one partition, so that only timestamps said which record is the last.
   */
  readonly ambiguous: readonly Translation[];
}

/** A batch of Replicator's offsets, translated for every flow. */
export interface BatchTranslation {
  readonly flows: readonly FlowTranslation[];
  /** Records of other connectors. */
  readonly foreign: number;
  /** Every malformed record once, whatever flows it belongs to. */
  readonly malformed: readonly MalformedRecord[];
}

/** A record whose key could be read and names the connector of a flow. */
interface KeyedRecord {
  readonly connector: string;
  readonly source: SourcePartition;
  readonly place: Place;
  readonly value: string | null;
}

type Refuse = (place: Place, reason: string, flows: readonly Flow[], connector?: string) => void;

/** Decodes each key once, for the same key comes many times in a batch. */
const keyDecoder = (connectors: ReadonlySet<string>) => {
  const decoded = new Map<string | null, DecodedKey>();
  return (key: string | null): DecodedKey => {
    const known = decoded.get(key) ?? decodeKey(key === null ? null : Buffer.from(key, 'base64'), connectors);
    decoded.set(key, known);
    return known;
  };
};

const inOrderOf = ({ place: a }: KeyedRecord, { place: b }: KeyedRecord): number =>
  Number(a.offset - b.offset) || a.timestamp - b.timestamp;

/** The event source keeps the order of a partition; the rule "the last one counts" hangs on it, so it is made sure. */
const inOrder = (records: readonly KeyedRecord[]): readonly KeyedRecord[] =>
  records.every(({ place }, index) => index === 0 || place.offset > (records[index - 1]?.place.offset ?? 0n))
    ? records
    : records.toSorted(inOrderOf);

const isFromSeveralPartitions = (ofKey: readonly Translation[]): boolean =>
  ofKey.some(({ place }) => place.partition !== ofKey[0]?.place.partition);

/** Between partitions only the clocks decide; of equally new records the higher partition's counts. */
const newestOf = (ofKey: readonly Translation[]): Translation =>
  ofKey.reduce((a, b) =>
    (b.place.timestamp - a.place.timestamp || b.place.partition - a.place.partition) > 0 ? b : a,
  );

const translateFlow = (
  partitions: readonly (readonly KeyedRecord[])[],
  flow: Flow,
  refuse: Refuse,
): FlowTranslation => {
  let [valid, superseded, tombstones] = [0, 0, 0];
  const candidates = new Map<string, Translation[]>();

  const translation = ({ source, place }: KeyedRecord, offset: bigint | null): Translation => ({
    flow,
    key: mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, ...source }),
    value: offset === null ? null : mm2Value(offset),
    place,
  });

  for (const records of partitions) {
    /** The newest timestamp among the records of a key that count so far, from the partition's end. */
    const newest = new Map<string, number>();
    for (const record of inOrder(records).toReversed()) {
      const name = `${record.source.partition} ${record.source.topic}`;
      // A newer record before an older one: a worker's clock, or the batch spans a topic that was created anew.
      if (record.place.timestamp <= (newest.get(name) ?? Number.NEGATIVE_INFINITY)) {
        superseded += 1;
        continue;
      }
      const value = decodeValue(record.value === null ? null : Buffer.from(record.value, 'base64'));
      if (value.kind === 'malformed') {
        refuse(record.place, value.reason, [flow], flow.replicatorConnector);
        continue;
      }
      if (value.kind === 'offset') {
        valid += 1;
      } else {
        tombstones += 1;
      }
      if (value.kind === 'tombstone' && flow.tombstones === 'ignore') {
        continue;
      }
      newest.set(name, record.place.timestamp);
      const candidate = translation(record, value.kind === 'offset' ? value.offset : null);
      candidates.set(name, [...(candidates.get(name) ?? []), candidate]);
    }
  }
  const ambiguous = [...candidates.values()].filter(isFromSeveralPartitions).map(newestOf);
  const translations = [...candidates.values()].flatMap((ofKey) =>
    isFromSeveralPartitions(ofKey) ? [newestOf(ofKey)] : ofKey,
  );
  const translated = translations.filter(({ value }) => value !== null).length;
  // Superseded as well: a valid record that lost to one of another partition.
  const counts = { translated, superseded: superseded + valid - translated, tombstones };
  return { flow, translations, counts, ambiguous };
};

/**
 * Translates a batch of Replicator's offsets topic into MM2's offsets.
 *
 * Only the last valid record of each key counts, so every partition is read from its end: once a key has a valid
 * record, those before it are superseded and their values not decoded, unless their timestamp is newer (see
 * {@link FlowTranslation}). A malformed record or an ignored tombstone supersedes nothing. For each flow every well-formed record of its connector is counted once: as translated,
 * superseded or tombstone.
 *
 * @param flows The flows to serve, of which several may read the same Replicator connector.
 */
export const translate = (event: KafkaEvent, flows: readonly Flow[]): BatchTranslation => {
  const malformed = new Map<string, MalformedRecord>();
  const refuse: Refuse = (place, reason, refusing, connector) => {
    const name = `${place.partition} ${place.offset}`;
    const known = malformed.get(name)?.flows ?? [];
    const named = connector === undefined ? {} : { connector };
    malformed.set(name, { place, reason, ...named, flows: [...known, ...refusing] });
  };
  let foreign = 0;

  const flowsOf = Map.groupBy(flows, ({ replicatorConnector }) => replicatorConnector);
  const decode = keyDecoder(new Set(flowsOf.keys()));
  const partitions = event.partitions.map((records) =>
    records.flatMap(({ key, value, topic, partition, offset, timestamp }): readonly KeyedRecord[] => {
      const place = { eventSource: event.eventSourceArn, topic, partition, offset, timestamp };
      const decoded = decode(key);
      if (decoded.kind === 'ours') {
        return [{ connector: decoded.connector, source: decoded.source, place, value }];
      }
      if (decoded.kind === 'foreign') {
        foreign += 1;
      } else {
        refuse(place, decoded.reason, flowsOf.get(decoded.connector ?? '') ?? [], decoded.connector);
      }
      return [];
    }),
  );
  return {
    flows: flows.map((flow) => {
      const own = partitions.map((records) => records.filter((r) => r.connector === flow.replicatorConnector));
      return translateFlow(own, flow, refuse);
    }),
    foreign,
    malformed: [...malformed.values()],
  };
};
