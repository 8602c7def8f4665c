import type { LogRecord } from '../kafka/topic-log.ts';
import type { SourceEntry } from '../readiness/compared-logs.ts';
import type { Evidence } from '../readiness/partition-state.ts';
import type { SourceRange } from '../readiness/prediction.ts';
import { type Proof, proveTrueNext } from '../readiness/proof.ts';
import { type Tally, type TallySide, tally } from '../readiness/tally.ts';
import { type ContentOptions, contentOf, REPLICATOR_PROVENANCE_HEADER } from './content.ts';
import type { ReadingLog, TopicSettings } from './reading-cluster.ts';

/** One side of a comparison: a partition as it was when its ends were asked for. */
export interface PartitionOnCluster {
  readonly log: ReadingLog;
  readonly topic: string;
  readonly partition: number;
  readonly range: SourceRange;
  readonly settings: TopicSettings | undefined;
}

/** What to compare, and how much of it. */
export interface Comparison {
  readonly source: PartitionOnCluster;
  /** Its end was asked for before the source's: whatever stands in it is a copy of what the source then had. */
  readonly target: PartitionOnCluster;
  readonly replicatorNext: bigint;
  readonly mm2Next: bigint | undefined;
  /** How many source records before the boundary are compared; those after it always are. */
  readonly records: number | 'all';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What was found. */
export interface Compared {
  readonly evidence: Evidence;
  readonly count: (from: bigint, to: bigint) => number | undefined;
}

/** Source records after Replicator's next offset that are kept in memory. */
const MOST_AFTER = 200_000n;
/** Milliseconds that the clocks of producers and of a target that stamps its own time may differ. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Whether compaction may have removed records. */
export const isCompacted = (settings: TopicSettings | undefined): boolean =>
  settings?.cleanupPolicy === undefined || settings.cleanupPolicy.includes('compact');

/** Whether the target is known to keep the timestamps of what it is given. */
const keepsTimestamps = (settings: TopicSettings | undefined): boolean => settings?.timestampType === 'CreateTime';

const isExpected = ({ outcome, headers }: LogRecord): boolean =>
  // A copier of committed records leaves the others out, and one that looks at provenance leaves a cycle out.
  outcome === 'committed' && headers[REPLICATOR_PROVENANCE_HEADER] === undefined;

const readPartition = (
  { log, topic, partition }: PartitionOnCluster,
  from: bigint,
  to: bigint,
  take: (record: LogRecord) => void,
): Promise<void> => log.read(topic, new Map([[partition, from]]), new Map([[partition, to]]), take);

/**
 * Where in the target the copies of some records begin. A copy keeps its record's timestamp, so it cannot stand before
 * the first record that has the least of them; where the target stamps its own, a copy is no older than its record.
 */
const copiesBegin = async (target: PartitionOnCluster, earliest: number, at: number): Promise<bigint> => {
  const time = keepsTimestamps(target.settings) ? earliest : earliest - CLOCK_TOLERANCE_MS;
  // A record without a timestamp, or one from the future, tells nothing of when it was copied.
  if (time < 0 || (!keepsTimestamps(target.settings) && earliest > at)) {
    return target.range.start;
  }
  const offset = await target.log.offsetAt(target.topic, target.partition, time);
  const found = offset ?? target.range.end;
  return greater(found, target.range.start);
};

const counter = (entries: readonly SourceEntry[], from: bigint) => (low: bigint, high: bigint) =>
  low < from ? undefined : entries.filter(({ offset }) => offset >= low && offset < high).length;

const sideOf = (partition: PartitionOnCluster, from: bigint, to: bigint, options: ContentOptions): TallySide => ({
  start: partition.range.start,
  from,
  to,
  read: (low, high, take) =>
    readPartition(partition, low, high, (record) =>
      take({
        offset: record.offset,
        content: contentOf(record, options),
        timestamp: record.timestamp,
        expected: isExpected(record),
      }),
    ),
});

const tallied = async (comparison: Comparison, to: bigint, options: ContentOptions): Promise<Tally> => {
  const { source, target } = comparison;
  return await tally(
    sideOf(source, source.range.start, lesser(to, source.range.end), options),
    sideOf(target, target.range.start, target.range.end, options),
    isCompacted(target.settings),
  );
};

/** Both sides of a partition, from a source offset on, as they were read. */
export interface Sides {
  /** The source's records, in order. */
  readonly source: readonly SourceEntry[];
  readonly targetFrom: bigint;
  /** The target's records that have the contents of one of them, in order, and from `allFrom` on all. */
  readonly target: readonly { readonly offset: bigint; readonly content: string }[];
  readonly options: ContentOptions;
}

/** What is read besides. */
export interface SidesOptions {
  /** From this target offset on every record is kept, whatever it holds. @default none is */
  readonly allFrom: bigint | undefined;
}

/** Reads the source from an offset on, and the target from where the copies of that can begin. */
export const readSides = async (
  source: PartitionOnCluster,
  target: PartitionOnCluster,
  from: bigint,
  at: number,
  { allFrom }: SidesOptions = { allFrom: undefined },
): Promise<Sides> => {
  const options: ContentOptions = { timestamps: keepsTimestamps(target.settings) };
  const entries: SourceEntry[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  await readPartition(source, from, source.range.end, (record) => {
    entries.push({ offset: record.offset, content: contentOf(record, options), expected: isExpected(record) });
    earliest = Math.min(earliest, record.timestamp);
  });
  const contents = new Set(entries.map(({ content }) => content));
  const begin = entries.length === 0 ? target.range.end : await copiesBegin(target, earliest, at);
  const targetFrom = allFrom === undefined ? begin : greater(target.range.start, lesser(begin, allFrom));
  const copies: { readonly offset: bigint; readonly content: string }[] = [];
  await readPartition(target, targetFrom, target.range.end, (record) => {
    const content = contentOf(record, options);
    if (contents.has(content) || (allFrom !== undefined && record.offset >= allFrom)) {
      copies.push({ offset: record.offset, content });
    }
  });
  return { source: entries, targetFrom, target: copies, options };
};

/** Records before the boundary that are compared with `--records all`, to prove it; counting needs none in memory. */
const TO_PROVE = 10_000;

/** Whether the copies may reach up to the last record that was read, and so beyond it. */
const mayReach = (proof: Proof, entries: readonly SourceEntry[]): boolean => {
  const last = entries.at(-1)?.offset ?? -1n;
  const most = proof.kind === 'proven' ? proof.next : proof.between?.most;
  return most !== undefined && most > last;
};

/**
 * Reads both sides of a partition around Replicator's next offset, and compares them. Of a source that goes on while
 * Replicator is stopped only the records count up to which copies can reach.
 *
 * @param mostAfter Source records after Replicator's next offset that are kept in memory.
 */
export const compareRecords = async (comparison: Comparison, mostAfter: bigint = MOST_AFTER): Promise<Compared> => {
  const { source, target, replicatorNext, mm2Next, records, at } = comparison;
  const { start, end } = source.range;
  const before = BigInt(records === 'all' ? TO_PROVE : records);
  const from = greater(start, lesser(replicatorNext, end) - before);
  const isCut = end - replicatorNext > mostAfter;
  const until = isCut ? replicatorNext + mostAfter : end;
  const read = { ...source, range: { start, end: until } };
  const { source: entries, targetFrom, target: copies, options } = await readSides(read, target, from, at);
  const proof = proveTrueNext({
    replicatorNext,
    mm2Next,
    source: { start, end: until, from, compacted: isCompacted(source.settings), entries },
    target: {
      ...target.range,
      from: targetFrom,
      compacted: isCompacted(target.settings),
      entries: copies.map(({ content }) => content),
    },
  });
  if (isCut && mayReach(proof, entries)) {
    const reason =
      `the source has ${end - replicatorNext} records after Replicator's next offset ${replicatorNext}, of which at most ` +
      `${mostAfter} are compared, and the copies reach further: wait until Replicator has flushed`;
    return { evidence: { kind: 'not-compared', reason }, count: () => undefined };
  }
  const to = proof.kind === 'proven' ? proof.next : replicatorNext;
  return {
    evidence: {
      kind: 'compared',
      proof,
      ...(records === 'all' && { tally: await tallied(comparison, to, options) }),
    },
    count: counter(entries, from),
  };
};
