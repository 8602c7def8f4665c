import { defaultPartition } from '../world/sync/default-partition.ts';
import { isLater, type Placed } from '../world/sync/replicator-history.ts';

/** A record of an MM2 offsets topic, as the topic holds it after a round. */
export interface Observed {
  readonly key: string;
  readonly value: string | null;
  readonly partition: number;
  readonly offset: bigint;
  /** Whether its transaction was committed; true without one. */
  readonly committed: boolean;
  /** The function's header; undefined where there is none, or more than one. */
  readonly provenance: string | undefined;
}

/** What somebody else did to a key. */
export interface TakenOver {
  /** What they wrote last. */
  readonly value: string | null;
  /** Where they wrote it. */
  readonly partition: number;
  /**
   * Where the topic's partitions ended once the function had noticed, or could have: behind every record that stood
   * there, those included whose transaction was just being ended.
   */
  readonly settledAt: ReadonlyMap<number, bigint> | undefined;
}

/** What an MM2 offsets topic has to hold after a round. */
export interface Expectation {
  readonly history: readonly Placed[];
  /** By the history alone: the last value of every key. */
  readonly offsets: ReadonlyMap<string, string | null>;
  readonly takenOver: ReadonlyMap<string, TakenOver>;
  /** Keys that somebody else wrote in a transaction that was aborted: who reads uncommitted records sees that. */
  readonly aborted: ReadonlySet<string>;
  /** Keys that were somebody else's and are the sync's again. */
  readonly handedBack: ReadonlySet<string>;
  /** How many partitions the topic had, one time after the other. */
  readonly partitionCounts: readonly number[];
  /** Whether another deployment served the flows as well: of two, the one that loses aborts what it sent. */
  readonly rivals: boolean;
}

/** A broken promise. */
export interface Discrepancy {
  readonly key: string;
  readonly rule: string;
  readonly expected: string;
  readonly actual: string;
}

type Fault = (rule: string, expected: string, actual: string) => void;

const HANDED_BACK = 'handed-back';

const show = (value: string | null | undefined): string => (value === undefined ? 'nothing' : (value ?? 'a tombstone'));

/** What a place in a header says, as far as it tells records apart. */
interface Place {
  readonly partition: number;
  readonly offset: number | bigint;
  readonly timestamp: number | bigint;
}

/** The place that the function's header names; read without the code under test. */
const placeIn = ({ provenance }: Observed): Place | undefined => {
  try {
    return provenance?.startsWith('{') ? JSON.parse(provenance) : undefined;
  } catch {
    return undefined;
  }
};

const at = ({ partition, offset }: Pick<Place, 'partition' | 'offset'>): string => `${partition}@${offset}`;
/** Two topics of a name, one after the other, have records at the same offsets. */
const nameOf = (place: Place): string => `${at(place)} of ${place.timestamp}`;

/**
 * What MM2 may read last of a key, which stands in several partitions when some were added or somebody chose another
 * one: MM2 reads partitions in any order, and takes a tombstone for no offset
 * (org.apache.kafka.connect.storage.KafkaOffsetBackingStore).
 */
const readLast = (key: string, records: readonly Observed[], expectation: Expectation): readonly Observed[] => {
  const lasts = [...new Map(records.map((record) => [record.partition, record])).values()];
  const theirs = expectation.takenOver.get(key);
  if (theirs !== undefined) {
    // What else stands of the key is what they wrote beside.
    return lasts.filter(({ partition }) => partition === theirs.partition);
  }
  // What somebody else once wrote into another partition stays there.
  return expectation.handedBack.has(key) ? lasts.filter((record) => placeIn(record) !== undefined) : lasts;
};

const checkLast = (
  fault: Fault,
  rule: string,
  key: string,
  records: readonly Observed[],
  expectation: Expectation,
): void => {
  const theirs = expectation.takenOver.get(key);
  const expected = theirs === undefined ? expectation.offsets.get(key) : theirs.value;
  const lasts = readLast(key, records, expectation);
  if (lasts.length === 0 ? expected !== undefined : lasts.some(({ value }) => value !== expected)) {
    const actual = lasts.map((record) => `${show(record.value)} at ${at(record)}`).join(', ');
    fault(rule, show(expected), actual || 'nothing');
  }
};

/** What is wrong with the function's own records of one key. */
const checkOwn = (
  fault: Fault,
  key: string,
  records: readonly Observed[],
  places: ReadonlyMap<string, Placed>,
  { takenOver, partitionCounts, rivals }: Expectation,
): void => {
  const picked = new Set(partitionCounts.map((count) => defaultPartition(key, count)));
  // Where somebody else's record stands, the sync's has to stand as well, or MM2 could read theirs last.
  const theirs = new Set(records.filter((record) => placeIn(record) === undefined).map(({ partition }) => partition));
  const settledAt = takenOver.get(key)?.settledAt;
  const latest = new Map<number, Placed>();
  for (const [index, record] of records.entries()) {
    const { value, partition, offset, provenance } = record;
    const where = `${show(value)} at ${at(record)}`;
    if (provenance === HANDED_BACK && value === null) {
      // From here on the sync begins anew.
      latest.delete(partition);
    }
    const place = placeIn(record);
    if (place === undefined) {
      continue;
    }
    if (!picked.has(partition) && !theirs.has(partition)) {
      fault('in the partition that Java picks', [...picked].join(' or '), `${partition}`);
    }
    if (settledAt !== undefined && offset >= (settledAt.get(partition) ?? 0n)) {
      const from = at({ partition, offset: settledAt.get(partition) ?? 0n });
      fault('left alone once taken over', `nothing from ${from} on`, where);
    }
    const placed = places.get(nameOf(place));
    if (placed === undefined) {
      fault('from a record that there is', 'a place in the history', provenance ?? '');
      continue;
    }
    if (placed.value !== value) {
      fault('with the value of its record', show(placed.value), where);
    }
    const before = latest.get(partition);
    const isBack = before !== undefined && isLater(before, placed);
    const next = records.slice(index + 1).find((one) => one.partition === partition);
    const nextPlace = next && placeIn(next);
    // A race that was lost to another deployment: its record is put back in the same transaction, or at the next start.
    const isPutBack = rivals && isBack && nextPlace !== undefined && nameOf(nextPlace) === nameOf(before);
    if (isBack && !isPutBack) {
      fault('never back to an earlier record', `none before ${nameOf(before)}`, `${nameOf(placed)}, ${where}`);
    }
    if (!isPutBack) {
      latest.set(partition, placed);
    }
  }
};

/**
 * Compares an MM2 offsets topic with what it has to hold: the last value of every key, for an MM2 that reads
 * uncommitted records and for one that does not, in whatever order it reads the partitions; and on the way there, that
 * no key ever went back to an earlier record and none was written once somebody else had it. Empty when every promise
 * was kept.
 *
 * @param records Everything that stands in the topic, each partition's in order.
 */
export const findDiscrepancies = (records: readonly Observed[], expectation: Expectation): readonly Discrepancy[] => {
  const { history, offsets, takenOver, aborted } = expectation;
  const places = new Map(history.map((placed) => [nameOf(placed), placed]));
  const byKey = Map.groupBy(records, ({ key }) => key);
  const discrepancies: Discrepancy[] = [];
  for (const key of new Set([...offsets.keys(), ...takenOver.keys(), ...byKey.keys()])) {
    const fault: Fault = (rule, expected, actual) => discrepancies.push({ key, rule, expected, actual });
    const ofKey = byKey.get(key) ?? [];
    const committed = ofKey.filter((record) => record.committed);
    if (!aborted.has(key)) {
      checkLast(fault, 'last value', key, ofKey, expectation);
    }
    checkLast(fault, 'last committed value', key, committed, expectation);
    checkOwn(fault, key, ofKey, places, expectation);
  }
  return discrepancies;
};
