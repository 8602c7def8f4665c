import type { KafkaEvent } from '../event/kafka-event.ts';
import type { Flow } from './flow.ts';
import { mm2Key, mm2Value } from './mm2-record.ts';
import { comparePlaces, type Place } from './place.ts';
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
  /** One for every key, from the last valid record of the key in the batch. */
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

/** Sorts a partition's records. They should be in order already, but which one is the last must not depend on that. */
const inOrder = (records: readonly KeyedRecord[]): readonly KeyedRecord[] =>
  records.toSorted((a, b) => Number(a.place.offset - b.place.offset));

const translateFlow = (
  partitions: readonly (readonly KeyedRecord[])[],
  flow: Flow,
  refuse: Refuse,
): FlowTranslation => {
  let [valid, superseded, tombstones] = [0, 0, 0];
  const latest = new Map<string, Translation>();
  const ambiguous = new Map<string, Translation>();

  const translation = ({ source, place }: KeyedRecord, offset: bigint | null): Translation => ({
    flow,
    key: mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, ...source }),
    value: offset === null ? null : mm2Value(offset),
    place,
  });

  for (const records of partitions) {
    const settled = new Set<string>();
    for (const record of inOrder(records).toReversed()) {
      const name = `${record.source.partition} ${record.source.topic}`;
      if (settled.has(name)) {
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
      settled.add(name);
      const candidate = translation(record, value.kind === 'offset' ? value.offset : null);
      const other = latest.get(name);
      const wins = other === undefined || comparePlaces(candidate.place, other.place).kind === 'later';
      if (other) {
        ambiguous.set(name, wins ? candidate : other);
      }
      if (wins) {
        latest.set(name, candidate);
      }
    }
  }
  const translations = [...latest.values()];
  const translated = translations.filter(({ value }) => value !== null).length;
  // Superseded as well: a valid record that lost to one of another partition.
  const counts = { translated, superseded: superseded + valid - translated, tombstones };
  return { flow, translations, counts, ambiguous: [...ambiguous.values()] };
};

/**
 * Translates a batch of Replicator's offsets topic into MM2's offsets.
 *
 * Only the last valid record of each key counts, so every partition is read from its end: once a key has a valid
 * record, its older ones are superseded and their values not decoded. A malformed record or an ignored tombstone
 * supersedes nothing. For each flow every well-formed record of its connector is counted once: as translated,
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
