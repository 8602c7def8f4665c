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
  /** The function's header; undefined for somebody else's records. */
  readonly provenance: string | undefined;
}

/** What somebody else did to a key. */
export interface TakenOver {
  /** What they wrote last. */
  readonly value: string | null;
  /** Where the key's partition ended once the function had noticed, or could have. */
  readonly settledAt: bigint;
}

/** What an MM2 offsets topic has to hold after a round. */
export interface Expectation {
  readonly history: readonly Placed[];
  /** By the history alone: the last value of every key. */
  readonly offsets: ReadonlyMap<string, string | null>;
  readonly takenOver: ReadonlyMap<string, TakenOver>;
  /** Keys that somebody else wrote in a transaction that was aborted: who reads uncommitted records sees that. */
  readonly aborted: ReadonlySet<string>;
}

/** A broken promise. */
export interface Discrepancy {
  readonly key: string;
  readonly rule: string;
  readonly expected: string;
  readonly actual: string;
}

/** The rule for an MM2 that reads committed records alone. */
export const LAST_COMMITTED = 'last committed value';

const show = (value: string | null | undefined): string => (value === undefined ? 'nothing' : (value ?? 'a tombstone'));

const lastValues = (records: readonly Observed[]): ReadonlyMap<string, string | null> =>
  new Map(records.map(({ key, value }) => [key, value]));

/** The place that the function's header names; read without the code under test. */
const placeIn = (provenance: string): { readonly partition: number; readonly offset: number } | undefined =>
  provenance.startsWith('{') ? JSON.parse(provenance) : undefined;

const at = ({ partition, offset }: { readonly partition: number; readonly offset: bigint | number }): string =>
  `${partition}@${offset}`;

/** The last values differ from those expected. */
const differences = (
  rule: string,
  actual: ReadonlyMap<string, string | null>,
  expected: ReadonlyMap<string, string | null>,
  isExempt: (key: string) => boolean,
): readonly Discrepancy[] =>
  [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((key) => actual.get(key) !== expected.get(key) && !isExempt(key))
    .map((key) => ({ key, rule, expected: show(expected.get(key)), actual: show(actual.get(key)) }));

/** What is wrong with the function's own records of one key, in their order. */
const ownFaults = (
  key: string,
  records: readonly Observed[],
  places: ReadonlyMap<string, Placed>,
  takenOver: TakenOver | undefined,
): readonly Discrepancy[] => {
  const faults: Discrepancy[] = [];
  const fault = (rule: string, expected: string, actual: string) => faults.push({ key, rule, expected, actual });
  let latest: Placed | undefined;
  for (const { value, partition, offset, provenance } of records) {
    const where = `${show(value)} at ${at({ partition, offset })}`;
    if (partition !== defaultPartition(key)) {
      fault('in the partition that Java picks', `${defaultPartition(key)}`, `${partition}`);
    }
    const place = provenance === undefined ? undefined : placeIn(provenance);
    if (place === undefined) {
      continue;
    }
    if (takenOver !== undefined && offset >= takenOver.settledAt) {
      fault('left alone once taken over', `nothing from ${at({ partition, offset: takenOver.settledAt })} on`, where);
    }
    const placed = places.get(at(place));
    if (placed === undefined) {
      fault('from a record that there is', 'a place in the history', provenance ?? '');
    } else if (placed.value !== value) {
      fault('with the value of its record', show(placed.value), where);
    }
    if (placed !== undefined && latest !== undefined && isLater(latest, placed)) {
      fault('never back to an earlier record', `none before ${at(latest)}`, `${at(placed)}, ${where}`);
    }
    latest = placed ?? latest;
  }
  return faults;
};

/**
 * Compares an MM2 offsets topic with what it has to hold: the last value of every key, for an MM2 that reads
 * uncommitted records and for one that does not; and on the way there, that no key ever went back to an earlier
 * record and none was written once somebody else had it. Empty when every promise was kept.
 *
 * @param records Everything that stands in the topic, each partition's in order.
 */
export const findDiscrepancies = (records: readonly Observed[], expectation: Expectation): readonly Discrepancy[] => {
  const { history, offsets, takenOver, aborted } = expectation;
  const expected = new Map([...offsets, ...[...takenOver].map(([key, { value }]) => [key, value] as const)]);
  const places = new Map(history.map((placed) => [at(placed), placed]));
  return [
    ...differences('last value', lastValues(records), expected, (key) => aborted.has(key)),
    ...differences(LAST_COMMITTED, lastValues(records.filter(({ committed }) => committed)), expected, () => false),
    ...[...Map.groupBy(records, ({ key }) => key)].flatMap(([key, ofKey]) =>
      ownFaults(key, ofKey, places, takenOver.get(key)),
    ),
  ];
};
