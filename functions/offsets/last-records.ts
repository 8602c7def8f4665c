import type { Flow } from './flow.ts';
import { mm2KeyPrefix } from './mm2-record.ts';
import { comparePlaces, type Place } from './place.ts';
import { type Headers, placeHeader, provenanceOf, returnedHeader } from './provenance.ts';
import { classifyValue, type StoredValue } from './stored-value.ts';

/** A record of MM2's offsets topic, as far as the guard looks at it. */
export interface Mm2Record {
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  /** What became of its transaction; a record without one is committed. */
  readonly outcome: 'committed' | 'aborted' | 'open';
}

/** A record of the sync's own. */
export interface OwnRecord {
  readonly kind: 'ours';
  readonly place: Place;
  readonly value: Buffer | null;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** Somebody else's record: MM2's, or a person's; or their value, put back by the sync after a race. */
export interface TheirRecord {
  readonly kind: 'theirs';
  readonly value: Buffer | null;
  /** When they wrote it, in milliseconds since the epoch. */
  readonly timestamp: number;
}

/** A record in a transaction that is still open: nobody knows yet whether it will count. */
export interface UndecidedRecord {
  readonly kind: 'undecided';
}

/** Who wrote the last record of a key that counts, and what it says. */
export type LastRecord = OwnRecord | TheirRecord | UndecidedRecord;

/** A record to write again as it was, in the partitions where a reader would see something else. */
export interface Restored {
  readonly key: string;
  readonly partitions: readonly number[];
  readonly record: OwnRecord | TheirRecord;
}

/** Keys whose value MM2 would not resume from. */
export interface UnusableKeys {
  /** MM2 takes the value for no offset, and copies everything again. */
  readonly ignored: readonly string[];
  /** MM2's task dies of the value. */
  readonly fatal: readonly string[];
}

/**
 * The last record of every key of some flows in one MM2 offsets topic, and who wrote it. Keys of others are not kept,
 * and somebody else's records that are older than a flow's `overwriteBefore` count as absent.
 *
 * What is kept of each key, and of each partition in which it stands, serves two readers: an MM2 with exactly-once reads
 * the last committed record, any other MM2 the last one, also where its transaction was aborted. The sync has to leave
 * both with the same offset, and every partition, for MM2 reads the partitions in no defined order.
 */
export interface LastRecords {
  get(key: string): LastRecord | undefined;
  /** The keys that stand in the topic with a record that counts. */
  keys(): ReadonlySet<string>;
  /** The partitions in which something stands for a key. */
  partitionsOf(key: string): readonly number[];
  /** Whether a record's key is one of the flows'. */
  follows(record: Mm2Record): boolean;
  /** Takes a record in that was read from the topic, in the order of its partition. */
  read(record: Mm2Record): void;
  /** Takes in what the sync itself wrote and committed. */
  wrote(partition: number, key: string, record: OwnRecord | TheirRecord): void;
  /**
   * What is to be written again, because a reader would not see the record that counts: an instance wrote over it in a
   * lost race and ended before it had put it back, or the key has two values of the sync's own in two partitions.
   */
  unsettled(): readonly Restored[];
  /** The keys of the flows whose value MM2 would not resume from, in the topic as it stands. */
  unusable(): UnusableKeys;
}

/** A record that was committed, by what it counts as. */
type Committed =
  | OwnRecord
  | TheirRecord
  /** A tombstone that hands the key back to the sync, or somebody else's record from before `overwriteBefore`. */
  | {
      readonly kind: 'handed-back' | 'outdated';
      readonly value: Buffer | null;
      readonly timestamp: number;
    };

/** What stands in one partition for a key. */
interface Stored {
  readonly committed: Committed | undefined;
  /** The sync's own record after it, whose transaction was aborted; without a place where it put a value back. */
  readonly aborted: { readonly place: Place | undefined; readonly value: Buffer | null } | undefined;
  /** The offsets of records after it whose transaction is still open; they are read again until it has ended. */
  readonly open: readonly bigint[];
  /** What MM2 makes of the committed value. */
  readonly fitness: StoredValue['kind'];
}

const NOTHING: Stored = { committed: undefined, aborted: undefined, open: [], fitness: 'none' };

/** Whether two keys or values have the same bytes, or are both null. */
export const isEqual = (a: Buffer | null | undefined, b: Buffer | null | undefined): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? a.equals(b) : a === b;

const newest = <T extends { readonly timestamp: number }>(a: T, b: T): T => (b.timestamp > a.timestamp ? b : a);

const later = (a: OwnRecord, b: OwnRecord): OwnRecord => (comparePlaces(b.place, a.place).kind === 'later' ? b : a);

/** The header with which a record is written again. */
export const headerOf = (record: OwnRecord | TheirRecord): Readonly<Record<string, string>> =>
  record.kind === 'ours' ? placeHeader(record.place) : returnedHeader(record.timestamp);

const committedBy = ({ value, timestamp, headers }: Mm2Record, { overwriteBefore }: Flow): Committed => {
  const provenance = provenanceOf(headers);
  if (provenance.kind === 'ours') {
    return { kind: 'ours', place: provenance.place, value, timestamp };
  }
  if (provenance.kind === 'handed-back' && value === null) {
    return { kind: 'handed-back', value, timestamp };
  }
  const written = (provenance.kind === 'returned' ? provenance.timestamp : undefined) ?? timestamp;
  // Left from an earlier attempt with MM2 that was given up.
  const isOutdated = overwriteBefore !== undefined && written < overwriteBefore;
  return { kind: isOutdated ? 'outdated' : 'theirs', value, timestamp: written };
};

/** What a partition holds for a key after one more record. */
const afterRecord = (stored: Stored, record: Mm2Record, flow: Flow): Stored => {
  const { outcome, offset, value, headers } = record;
  if (outcome === 'committed') {
    const fitness = classifyValue(value).kind;
    return { committed: committedBy(record, flow), aborted: undefined, open: [], fitness };
  }
  const stillOpen = stored.open.filter((one) => one !== offset);
  if (outcome === 'open') {
    return { ...stored, open: [...stillOpen, offset] };
  }
  const provenance = provenanceOf(headers);
  // Offsets and data of an exactly-once MM2 share a transaction (KIP-618): what it aborted was never copied.
  if (provenance.kind !== 'ours' && provenance.kind !== 'returned') {
    return { ...stored, open: stillOpen };
  }
  const place = provenance.kind === 'ours' ? provenance.place : undefined;
  return { ...stored, open: stillOpen, aborted: { place, value } };
};

/**
 * The record that counts, of those in which a key stands. Nearly always there is one. A key in two partitions, which MM2
 * reads in no defined order, is somebody else's when any of them is, unless it was handed back after that.
 */
const combine = (all: readonly Stored[]): LastRecord | undefined => {
  if (all.some(({ open }) => open.length > 0)) {
    return { kind: 'undecided' };
  }
  const committed = all.flatMap((stored) => stored.committed ?? []);
  const theirs = committed.filter((record) => record.kind === 'theirs');
  const [firstOfTheirs] = theirs;
  if (firstOfTheirs) {
    const last = theirs.reduce(newest, firstOfTheirs);
    const isHandedBack = committed.some(({ kind, timestamp }) => kind === 'handed-back' && timestamp > last.timestamp);
    if (!isHandedBack) {
      return last;
    }
  }
  const ours = committed.filter((record) => record.kind === 'ours');
  const [firstOfOurs] = ours;
  return firstOfOurs && ours.reduce(later, firstOfOurs);
};

/** Whether a reader of this partition would not see what counts, by the sync's own doing. */
const isUnsettled = ({ committed, aborted }: Stored, last: OwnRecord | TheirRecord): boolean => {
  if (last.kind === 'theirs') {
    return aborted !== undefined && !isEqual(aborted.value, last.value);
  }
  if (!isEqual(committed?.value, last.value)) {
    return committed !== undefined;
  }
  // A later offset that was aborted comes again, for the event source repeats its batch; a proof, nobody repeats.
  const isRepeated = aborted?.place !== undefined && aborted.place.isProof === undefined;
  const comesAgain = isRepeated && comparePlaces(aborted.place, last.place).kind === 'later';
  return aborted !== undefined && !comesAgain && !isEqual(aborted.value, last.value);
};

/**
 * Follows one MM2 offsets topic.
 *
 * @param flows The flows that write to the topic, no two of them the same keys.
 */
export const createLastRecords = (flows: readonly Flow[]): LastRecords => {
  const prefixes = flows.map((flow) => ({
    prefix: mm2KeyPrefix({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias }),
    flow,
  }));
  const flowOf = ({ key }: Mm2Record): Flow | undefined => {
    const text = key?.toString() ?? '';
    return prefixes.find(({ prefix }) => text.startsWith(prefix))?.flow;
  };
  const keys = new Map<string, Map<number, Stored>>();
  const doubtful = { ignored: new Set<string>(), fatal: new Set<string>(), unsettled: new Set<string>() };

  const mark = (set: Set<string>, key: string, isMarked: boolean) => {
    if (isMarked) {
      set.add(key);
    } else {
      set.delete(key);
    }
  };

  const put = (key: string, partition: number, stored: Stored) => {
    const ofKey = keys.get(key) ?? new Map<number, Stored>();
    keys.set(key, ofKey.set(partition, stored));
    const all = [...ofKey.values()];
    for (const kind of ['ignored', 'fatal'] as const) {
      mark(
        doubtful[kind],
        key,
        all.some(({ fitness }) => fitness === kind),
      );
    }
    const last = combine(all);
    const isMarked = last !== undefined && last.kind !== 'undecided' && all.some((one) => isUnsettled(one, last));
    mark(doubtful.unsettled, key, isMarked);
  };

  // Of a partition's records only the last one of each key needs to be decoded, which is most of the work of a read.
  const undecoded = new Map<string, { readonly record: Mm2Record; readonly flow: Flow }>();
  const decode = () => {
    for (const [key, { record, flow }] of undecoded) {
      put(key, record.partition, afterRecord(keys.get(key)?.get(record.partition) ?? NOTHING, record, flow));
    }
    undecoded.clear();
  };

  const restore = (key: string): readonly Restored[] => {
    const ofKey = [...(keys.get(key) ?? [])];
    const last = combine(ofKey.map(([, stored]) => stored));
    if (last === undefined || last.kind === 'undecided') {
      return [];
    }
    const partitions = ofKey.filter(([, stored]) => isUnsettled(stored, last)).map(([partition]) => partition);
    return [{ key, partitions, record: last }];
  };

  return {
    get: (key) => {
      decode();
      return combine([...(keys.get(key)?.values() ?? [])]);
    },
    keys: () => {
      decode();
      const standing = [...keys].filter(([, ofKey]) => [...ofKey.values()].some(({ committed }) => committed?.value));
      return new Set(standing.map(([key]) => key));
    },
    partitionsOf: (key) => {
      decode();
      return [...(keys.get(key)?.keys() ?? [])];
    },
    follows: (record) => flowOf(record) !== undefined,
    read: (record) => {
      const key = record.key?.toString() ?? '';
      const flow = flowOf(record);
      if (!flow) {
        return;
      }
      const [waiting] = undecoded.values();
      // What an uncommitted record means depends on the one before it.
      if (waiting?.record.partition !== record.partition || record.outcome !== 'committed') {
        decode();
      }
      undecoded.set(key, { record, flow });
      if (record.outcome !== 'committed') {
        decode();
      }
    },
    wrote: (partition, key, record) => {
      decode();
      const fitness = record.kind === 'ours' ? 'usable' : classifyValue(record.value).kind;
      put(key, partition, { committed: record, aborted: undefined, open: [], fitness });
    },
    unsettled: () => {
      decode();
      return [...doubtful.unsettled].flatMap(restore);
    },
    unusable: () => {
      decode();
      return { ignored: [...doubtful.ignored], fatal: [...doubtful.fatal] };
    },
  };
};
