import type { EventRecord, KafkaEvent } from '../event/kafka-event.ts';
import type { Flow } from './flow.ts';
import { mm2Keys, mm2Value } from './mm2-record.ts';
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

/** A key that could be read and names the connector of a flow. */
interface OwnKey {
  readonly kind: 'ours';
  readonly connector: string;
  readonly source: SourcePartition;
  /** The source partition's, which stands under several keys where they have several forms. */
  readonly name: string;
}

/** A record with such a key. */
interface KeyedRecord {
  readonly key: OwnKey;
  readonly record: EventRecord;
}

type Refuse = (place: Place, reason: string, flows: readonly Flow[], connector?: string) => void;

type Key = OwnKey | Exclude<DecodedKey, { readonly kind: 'ours' }>;

/** Decodes each key once, for the same key comes many times in a batch. */
const keyDecoder = (connectors: ReadonlySet<string>) => {
  const known = new Map<string | null, Key>();
  const decode = (key: string | null): Key => {
    const decoded = decodeKey(key === null ? null : Buffer.from(key, 'base64'), connectors);
    return decoded.kind === 'ours'
      ? { ...decoded, name: `${decoded.source.partition} ${decoded.source.topic}` }
      : decoded;
  };
  return (key: string | null): Key => {
    const before = known.get(key);
    if (before !== undefined) {
      return before;
    }
    const decoded = decode(key);
    known.set(key, decoded);
    return decoded;
  };
};

/** By offset; where one offset comes twice, by time. */
const inOrder = ({ record: a }: KeyedRecord, { record: b }: KeyedRecord): number =>
  Number(a.offset - b.offset) || a.timestamp - b.timestamp;

/**
 * A partition's records from its end. They should be in order already, but which one is the last must not depend on that.
 */
const fromTheEnd = (records: readonly KeyedRecord[]): readonly KeyedRecord[] => {
  const isInOrder = records.every(({ record }, index) => {
    const before = records[index - 1]?.record;
    return before === undefined || before.offset < record.offset;
  });
  return isInOrder ? records.toReversed() : records.toSorted(inOrder).reverse();
};

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
  placeOf: (record: EventRecord) => Place,
  refuse: Refuse,
): FlowTranslation => {
  let [valid, superseded, tombstones] = [0, 0, 0];
  const mm2Key = mm2Keys({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias });
  /** By the source partition's name, each partition's from its end. */
  const candidates = new Map<string, Translation[]>();

  for (const records of partitions) {
    for (const { key, record } of fromTheEnd(records)) {
      const ofKey = candidates.get(key.name);
      const last = ofKey?.at(-1)?.place;
      // A newer record before an older one: a worker's clock, or the batch spans a topic that was created anew.
      if (last?.partition === record.partition && record.timestamp <= last.timestamp) {
        superseded += 1;
        continue;
      }
      const value = decodeValue(record.value === null ? null : Buffer.from(record.value, 'base64'));
      if (value.kind === 'malformed') {
        refuse(placeOf(record), value.reason, [flow], flow.replicatorConnector);
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
      const candidate: Translation = {
        flow,
        key: mm2Key(key.source),
        value: value.kind === 'offset' ? mm2Value(value.offset) : null,
        place: placeOf(record),
      };
      if (ofKey === undefined) {
        candidates.set(key.name, [candidate]);
      } else {
        ofKey.push(candidate);
      }
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
 * {@link FlowTranslation}). A malformed record or an ignored tombstone supersedes nothing. For each flow every well-formed
 * record of its connector is counted once: as translated, superseded or tombstone.
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
  const placeOf = ({ topic, partition, offset, timestamp }: EventRecord): Place => ({
    eventSource: event.eventSourceArn,
    topic,
    partition,
    offset,
    timestamp,
  });
  const decode = keyDecoder(new Set(flowsOf.keys()));
  const byConnector = (records: readonly EventRecord[]): ReadonlyMap<string, readonly KeyedRecord[]> => {
    const keyed = new Map([...flowsOf.keys()].map((connector) => [connector, [] as KeyedRecord[]]));
    for (const record of records) {
      const key = decode(record.key);
      if (key.kind === 'ours') {
        keyed.get(key.connector)?.push({ key, record });
      } else if (key.kind === 'foreign') {
        foreign += 1;
      } else {
        refuse(placeOf(record), key.reason, flowsOf.get(key.connector ?? '') ?? [], key.connector);
      }
    }
    return keyed;
  };
  const partitions = event.partitions.map(byConnector);
  return {
    flows: flows.map((flow) => {
      const own = partitions.map((keyed) => keyed.get(flow.replicatorConnector) ?? []);
      return translateFlow(own, flow, placeOf, refuse);
    }),
    foreign,
    malformed: [...malformed.values()],
  };
};
