import type { Cluster, ModelPartition, ModelRecord } from './cluster.ts';

/** Where a value stands in what Replicator has flushed for a key. */
export interface Flushed {
  /** One for every event source: histories of two have no order between them. */
  readonly history: string;
  readonly index: number;
}

/** A key of a batch that the event source has got rid of: its offset was reported as written, repeated or taken over. */
export interface Take {
  readonly key: string;
  readonly flushed: Flushed;
  readonly lookedAt: number;
  readonly sentAt: number | undefined;
}

/** What the judge has to know of the world. */
export interface JudgeOptions {
  readonly cluster: Cluster;
  readonly topic: string;
  readonly keys: readonly string[];
  /** What Replicator has flushed; no two of its values are alike, nor like anybody else's. */
  readonly flushedBy: (value: string) => Flushed | undefined;
  readonly overwriteBefore?: number | undefined;
  /** The README's limits: whether nobody could tell which of two flushed offsets is the later one. */
  readonly isBeyondTelling?: (key: string, a: Flushed, b: Flushed) => boolean;
}

/**
 * What the README leaves open, beside {@link JudgeOptions.isBeyondTelling}; the judge asks for none of it:
 *
 * - Nothing is read while a transaction is open, or one of the sync's was aborted since it last looked: MM2 started in
 *   the milliseconds of a lost race, or between an instance's death and the next invocation ("What remains").
 * - An uncommitted reader skips what somebody else aborted: what they aborted never was, and is their own doing.
 * - Of two records of a key in two partitions, somebody else's second place is theirs to clear up: where they put a record
 *   into a partition that Java would not pick, the sync's own value stays beside it, untouched.
 * - What was handed back while a delivery was under way is written by the next one.
 * - A value of theirs that was put back while the topic was emptied or created anew stands there alone, and is theirs still.
 * - What was reported stands when it was sent: a topic that is deleted after that is noticed by the next delivery.
 */
const isReadUncommitted = ({ author, transaction }: ModelRecord): boolean =>
  transaction?.outcome !== 'aborted' || author === 'sync';

const isCommitted = ({ transaction }: ModelRecord): boolean =>
  transaction === undefined || transaction.outcome === 'committed';

const byTime = (a: ModelRecord, b: ModelRecord): number => a.timestamp - b.timestamp;

/** Judges what MM2 would read, by who really wrote what: it believes no header, and no piece of the code under test. */
export type Judge = ReturnType<typeof createJudge>;

export const createJudge = (options: JudgeOptions) => {
  const { cluster, topic, keys, flushedBy, overwriteBefore = 0, isBeyondTelling = () => false } = options;
  const takes: Take[] = [];
  const seen = new Map<string, ModelRecord>();
  let seenTopic = '';

  const recordsOf = ({ entries }: ModelPartition, key: string): readonly ModelRecord[] =>
    entries.filter((entry) => entry.kind === 'record').filter((record) => record.key === key);
  const partitions = () => cluster.topicOf(topic).partitions;
  const flushedAs = ({ author, value }: ModelRecord): Flushed | undefined =>
    author === 'sync' && value !== null ? flushedBy(value) : undefined;
  const isReturned = (record: ModelRecord): boolean => record.author === 'sync' && flushedAs(record) === undefined;
  const allOf = (key: string): readonly ModelRecord[] =>
    partitions()
      .flatMap((partition) => recordsOf(partition, key))
      .filter(isCommitted)
      .toSorted(byTime);

  const handedBackAt = (key: string): number =>
    allOf(key).findLast(({ author }) => author === 'hand-back')?.timestamp ?? 0;
  /** Somebody else's records by which they have the key, the newest one last. */
  const theirsOf = (key: string): readonly ModelRecord[] => {
    const since = Math.max(handedBackAt(key), overwriteBefore);
    const all = allOf(key);
    const theirs = all.filter(({ author }) => author === 'somebody-else');
    const owned = theirs.length > 0 ? theirs : all.filter(isReturned);
    return owned.filter(({ timestamp }) => timestamp > since);
  };

  /** The history that has the key: the one that stood there first, for another event source is somebody else. */
  const ownerOf = (key: string): string | undefined => {
    const since = handedBackAt(key);
    const standing = allOf(key).filter(
      (record, index, all) =>
        record.timestamp > since &&
        record.transaction !== undefined &&
        all[index + 1]?.transaction !== record.transaction,
    );
    return standing.map(flushedAs).find((flushed) => flushed !== undefined)?.history;
  };

  const lastTake = (key: string): Take | undefined => {
    const { emptiedAt } = cluster.topicOf(topic);
    const owner = ownerOf(key);
    return takes
      .filter((take) => take.key === key && (owner === undefined || take.flushed.history === owner))
      .filter(({ lookedAt, sentAt }) => (sentAt ?? lookedAt) >= emptiedAt && lookedAt >= handedBackAt(key))
      .toSorted((a, b) => a.flushed.index - b.flushed.index)
      .at(-1);
  };

  const shown = (record: ModelRecord | undefined): string =>
    record === undefined ? 'nothing' : `${record.author}'s ${record.value}`;

  /** What is wrong with the record of the sync's that was committed over another one. */
  const faultOf = (key: string, before: ModelRecord, after: ModelRecord): string | undefined => {
    const theirs = theirsOf(key);
    const isTheirs = theirs.includes(before) || isReturned(before);
    if (isTheirs && theirs.length > 0) {
      const isPutBack = theirs.some(({ value }) => value === after.value);
      return isPutBack ? undefined : `overwritten: ${shown(before)} by ${shown(after)}`;
    }
    const [a, b] = [flushedAs(before), flushedAs(after)];
    if (a === undefined || b === undefined || before.timestamp < overwriteBefore || isBeyondTelling(key, a, b)) {
      return undefined;
    }
    if (a.history !== b.history) {
      return `overwritten: ${a.history}'s ${before.value} by ${b.history}'s ${after.value}`;
    }
    return a.index > b.index ? `rewound: ${before.value} to ${after.value}` : undefined;
  };

  const faultOfReading = (key: string, partition: ModelPartition, reading: ModelRecord, how: string) => {
    const theirs = theirsOf(key);
    const newest = theirs.at(-1);
    if (newest !== undefined) {
      const here = theirs.filter((record) => partition.entries.includes(record));
      // Of their own two values the newer one may stand in both places.
      const wanted = here.includes(newest) ? [newest] : theirs;
      const isFine = here.length === 0 || wanted.some(({ value }) => value === reading.value);
      return isFine ? undefined : `${how} reads ${shown(reading)} instead of ${shown(wanted.at(-1))}`;
    }
    const take = lastTake(key);
    if (take === undefined) {
      return undefined;
    }
    const flushed = flushedAs(reading);
    if (flushed && isBeyondTelling(key, flushed, take.flushed)) {
      return undefined;
    }
    const isFine = flushed?.history === take.flushed.history && flushed.index >= take.flushed.index;
    return isFine ? undefined : `${how} reads ${shown(reading)} instead of flush ${take.flushed.index}`;
  };

  return {
    take: (take: Take) => {
      takes.push(take);
    },
    /** Looks at what was committed since it last looked. @returns what is wrong with it */
    observe: (): string | undefined => {
      const { id, emptiedAt } = cluster.topicOf(topic);
      if (seenTopic !== `${id} ${emptiedAt}`) {
        seen.clear();
        seenTopic = `${id} ${emptiedAt}`;
      }
      for (const [index, partition] of partitions().entries()) {
        for (const key of keys) {
          const last = recordsOf(partition, key).findLast(isCommitted);
          const before = seen.get(`${index} ${key}`);
          if (last !== undefined && last !== before) {
            seen.set(`${index} ${key}`, last);
            const fault = before && last.author === 'sync' ? faultOf(key, before, last) : undefined;
            if (fault !== undefined) {
              return `${key} ${fault}`;
            }
          }
        }
      }
      return undefined;
    },
    /** Whether a committed record says this, as was reported. */
    stands: (key: string, value: string | null): boolean => allOf(key).some((record) => record.value === value),
    /** Reads the topic as MM2 would, in any order of its partitions. @returns what is wrong with it */
    read: (): string | undefined => {
      for (const key of keys) {
        let isThere = false;
        for (const partition of partitions()) {
          const records = recordsOf(partition, key);
          const [committed, uncommitted] = [records.findLast(isCommitted), records.findLast(isReadUncommitted)];
          isThere ||= committed !== undefined;
          const fault =
            (committed && faultOfReading(key, partition, committed, 'committed')) ??
            (uncommitted && faultOfReading(key, partition, uncommitted, 'uncommitted'));
          if (fault !== undefined) {
            return `${key}: ${fault}`;
          }
        }
        if (!isThere && lastTake(key) !== undefined) {
          return `${key}: nothing stands instead of flush ${lastTake(key)?.flushed.index}`;
        }
      }
      return undefined;
    },
  };
};
