import { isJsonObject, OtherNumber, parseConnectJson } from './connect-json.ts';
import type { Flow } from './flow.ts';
import { mm2KeyPrefix } from './mm2-record.ts';
import { comparePlaces, type Place } from './place.ts';
import { provenanceOf } from './provenance.ts';

/** What became of a record's transaction; a record without one is committed. */
export type Outcome = 'committed' | 'aborted' | 'open';

/** A record of MM2's offsets topic, as far as the guard looks at it. */
export interface Mm2Record {
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The bytes of the header {@link provenanceOf} reads. */
  readonly provenance: Buffer | undefined;
  readonly outcome: Outcome;
}

/** A record of the sync's own. */
export interface OwnRecord {
  readonly kind: 'ours';
  readonly place: Place;
  readonly value: string | null;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly committed: boolean;
}

/** Somebody else's record: MM2's, or a person's. */
export interface TheirRecord {
  readonly kind: 'theirs';
  readonly value: Buffer | null;
  readonly timestamp: number;
  /** An instance wrote over it by a lost race, and ended before it had put it back. */
  readonly overwritten: boolean;
}

/** Somebody else's record in a transaction that is still open: nobody knows yet whether it will count. */
export interface UndecidedRecord {
  readonly kind: 'undecided';
}

/** Who wrote the last record of a key in MM2's offsets topic. */
export type LastRecord = OwnRecord | TheirRecord | UndecidedRecord;

/**
 * The last record of every key of some flows in one MM2 offsets topic. Keys of others are not kept, and somebody else's
 * records that are older than a flow's `overwriteBefore` count as absent.
 */
export interface LastRecords {
  get(key: string): LastRecord | undefined;
  /** Whether a record's key is one of the flows'. */
  follows(record: Mm2Record): boolean;
  /** Takes a record in that was read from the topic, in the order of its partition. */
  read(record: Mm2Record): void;
  /** Takes in what the sync itself wrote and committed. */
  wrote(partition: number, key: string, value: string | null, place: Place): void;
  /** The keys whose value is somebody else's and has to be put back. */
  overwritten(): readonly string[];
  /** Takes in that somebody else's value was put back. */
  returned(key: string): void;
  /** The keys of the flows whose value would kill MM2's task, in the topic as it stands. */
  choking(): readonly string[];
}

/** The last record of a key in one partition. */
type Last =
  | DecidedLast
  | { readonly kind: 'undecided'; readonly before: DecidedLast | undefined; readonly chokes: false };
type DecidedLast = (OwnRecord | TheirRecord | { readonly kind: 'nobody'; readonly timestamp: number }) & {
  readonly chokes: boolean;
};

/**
 * Whether MM2 would choke on a value: an `offset` that is a string, a fraction or a boolean kills its task with a
 * ClassCastException (measured with MM2 4.3.1; org.apache.kafka.connect.mirror.MirrorUtils#unwrapOffset casts to Long).
 */
const chokes = (value: Buffer | null): boolean => {
  if (value === null) {
    return false;
  }
  try {
    const json = parseConnectJson(value);
    const offset = isJsonObject(json) ? json.offset : undefined;
    if (offset instanceof OtherNumber) {
      return /[.eE]/.test(offset.text);
    }
    return typeof offset === 'string' || typeof offset === 'boolean';
  } catch {
    return false;
  }
};

const later = (a: OwnRecord, b: OwnRecord): OwnRecord => (comparePlaces(b.place, a.place).kind === 'later' ? b : a);

const newer = <T extends { readonly timestamp: number }>(a: T, b: T): T => (b.timestamp > a.timestamp ? b : a);

/**
 * What a key's last records come to. Nearly always there is one. A key that stands in two partitions, which MM2 reads
 * in no defined order, is somebody else's when any of them is, unless it was handed back after that.
 */
const combine = (lasts: readonly Last[]): LastRecord | undefined => {
  const [only] = lasts;
  if (lasts.length === 1 && only) {
    return only.kind === 'nobody' ? undefined : only;
  }
  const undecided = lasts.find((last) => last.kind === 'undecided');
  if (undecided) {
    return undecided;
  }
  const theirs = lasts.filter((last) => last.kind === 'theirs');
  const handedBack = lasts.filter((last) => last.kind === 'nobody');
  const ours = lasts.filter((last) => last.kind === 'ours');
  const [firstOfTheirs] = theirs;
  if (firstOfTheirs) {
    const newest = theirs.reduce(newer, firstOfTheirs);
    if (handedBack.every(({ timestamp }) => timestamp <= newest.timestamp)) {
      return newest;
    }
  }
  return ours.length === 0 ? undefined : ours.reduce<OwnRecord>(later, ours[0] as OwnRecord);
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
  const keys = new Map<string, Map<number, Last>>();
  const choking = new Set<string>();
  const overwritten = new Set<string>();

  const put = (key: string, partition: number, last: Last | undefined) => {
    const lasts = keys.get(key) ?? new Map<number, Last>();
    keys.set(key, lasts);
    if (last === undefined) {
      lasts.delete(partition);
    } else {
      lasts.set(partition, last);
    }
    const values = [...lasts.values()];
    if (values.some((one) => one.chokes)) {
      choking.add(key);
    } else {
      choking.delete(key);
    }
    if (values.some((one) => one.kind === 'theirs' && one.overwritten)) {
      overwritten.add(key);
    } else {
      overwritten.delete(key);
    }
  };

  // Of a partition's records only the last one of each key needs to be decoded, which is most of the work of a read.
  const undecoded = new Map<string, { readonly record: Mm2Record; readonly flow: Flow }>();
  const decode = () => {
    for (const [key, { record, flow }] of undecoded) {
      put(key, record.partition, lastOf(record, flow, keys.get(key)?.get(record.partition)));
    }
    undecoded.clear();
  };

  const lastOf = (record: Mm2Record, flow: Flow, known: Last | undefined): Last | undefined => {
    const { value, timestamp, outcome } = record;
    const committed = outcome === 'committed';
    const before = known?.kind === 'undecided' ? known.before : known;
    const provenance = provenanceOf(record.provenance);
    // Offsets and data of an exactly-once MM2 share a transaction (KIP-618): aborted, nothing was copied; open, it may
    // have been.
    if (provenance.kind !== 'ours' && outcome === 'aborted') {
      return before;
    }
    if (provenance.kind !== 'ours' && outcome === 'open') {
      return { kind: 'undecided', before, chokes: false };
    }
    if (provenance.kind === 'handed-back' && value === null) {
      return { kind: 'nobody', timestamp, chokes: false };
    }
    if (provenance.kind === 'ours') {
      // An attempt of our own that failed over it; what theirs comes to is still open.
      if (!committed && known?.kind === 'undecided') {
        return known;
      }
      // Never written knowingly over somebody else's: an instance lost a race, and ended before it could put it back.
      if (!committed && before?.kind === 'theirs') {
        return { ...before, overwritten: true };
      }
      return {
        kind: 'ours',
        place: provenance.place,
        value: value?.toString() ?? null,
        timestamp,
        committed,
        chokes: chokes(value),
      };
    }
    // Left from an earlier attempt with MM2 that was given up.
    if (flow.overwriteBefore !== undefined && timestamp < flow.overwriteBefore) {
      return undefined;
    }
    return { kind: 'theirs', value, timestamp, overwritten: false, chokes: chokes(value) };
  };

  return {
    get: (key) => {
      decode();
      return combine([...(keys.get(key)?.values() ?? [])]);
    },
    follows: (record) => flowOf(record) !== undefined,
    read: (record) => {
      const key = record.key?.toString() ?? '';
      const flow = flowOf(record);
      if (!flow) {
        return;
      }
      const [waiting] = undecoded.values();
      // An uncommitted record's meaning depends on the one before it.
      if (waiting?.record.partition !== record.partition || record.outcome !== 'committed') {
        decode();
      }
      undecoded.set(key, { record, flow });
      if (record.outcome !== 'committed') {
        decode();
      }
    },
    wrote: (partition, key, value, place) => {
      decode();
      put(key, partition, { kind: 'ours', place, value, timestamp: Date.now(), committed: true, chokes: false });
    },
    overwritten: () => {
      decode();
      return [...overwritten];
    },
    returned: (key) => {
      decode();
      for (const [partition, last] of keys.get(key) ?? []) {
        if (last.kind === 'theirs') {
          put(key, partition, { ...last, overwritten: false });
        }
      }
    },
    choking: () => {
      decode();
      return [...choking];
    },
  };
};
