/** A record, as it is counted. */
export interface TallyEntry {
  readonly offset: bigint;
  /** The fingerprint of what a copy shares (`contentOf`). */
  readonly content: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** False for what a copier may have left out on purpose. */
  readonly expected: boolean;
}

/** One side of a count: a range of a partition, to be read in pieces and as often as needed. */
export interface TallySide {
  /** The offset of the log's first record. */
  readonly start: bigint;
  readonly from: bigint;
  readonly to: bigint;
  /** Hands over the records from an offset (inclusive) to another (exclusive), in order. */
  read(from: bigint, to: bigint, take: (entry: TallyEntry) => void): Promise<void>;
}

/** What was counted over everything that both clusters still hold. */
export type Tally =
  | {
      readonly kind: 'counted';
      /** The source's records that were counted. */
      readonly compared: number;
      /** Copies beyond the first of a record, by contents. */
      readonly duplicated: number;
      /** Source records whose copy is missing. */
      readonly lost: number;
      /** Source records whose copy retention has removed from the target. */
      readonly expired: number;
    }
  | { readonly kind: 'uncounted'; readonly reason: string };

/** What is counted where the source has nothing that could have been copied: whatever stands in the target, it is no copy. */
export const NOTHING_TO_COUNT: Tally = { kind: 'counted', compared: 0, duplicated: 0, lost: 0, expired: 0 };

/**
 * Offsets that are read of one side before the other side's turn: enough that the batches which are read twice, where a
 * piece ends within them, do not matter.
 */
const PIECE = 100_000n;
/** Contents that are kept because the other side has not shown them: 64 million bytes, or so. */
const MOST_OPEN = 500_000;

/** How often each content stands in the target beyond the source, below zero the other way; equal ones are forgotten. */
const createBalance = () => {
  const counts = new Map<string, number>();
  return {
    counts,
    add: (content: string, by: number): void => {
      const count = (counts.get(content) ?? 0) + by;
      if (count === 0) {
        counts.delete(content);
      } else {
        counts.set(content, count);
      }
    },
  };
};

/** Reads one side piece by piece. */
const createReader = (side: TallySide, by: number, add: (content: string, by: number) => void) => {
  let position = side.from;
  let [records, time] = [0, Number.NEGATIVE_INFINITY];
  return {
    get records() {
      return records;
    },
    /** How far it is, by the timestamp of the record read last. */
    get time() {
      return time;
    },
    get done() {
      return position >= side.to;
    },
    next: async (): Promise<void> => {
      const beyond = position + PIECE > side.to;
      const to = beyond ? side.to : position + PIECE;
      await side.read(position, to, ({ content, timestamp }) => {
        add(content, by);
        records += 1;
        time = timestamp;
      });
      position = to;
    },
  };
};

/**
 * Counts duplicates and losses over everything that two logs hold, in memory that grows with their differences and not
 * with their length: what both sides have shown is forgotten, so the counts are exact whatever the order of the copies.
 * The side whose records are older is read first. A second pass over the source tells copies from somebody else's
 * records, and is left out where nothing differs.
 *
 * It counts, and does not follow: where retention works on the target while a copier has begun anew far back, records
 * whose first copies have expired count as lost until they have been copied again.
 *
 * @param source Up to the true next offset: what lies behind it has not been copied yet.
 * @param targetCompacted Whether compaction may have removed copies: what is missing is then no loss that could be told.
 */
export const tally = async (
  source: TallySide,
  target: TallySide,
  targetCompacted: boolean,
  mostOpen: number = MOST_OPEN,
): Promise<Tally> => {
  if (source.from >= source.to) {
    return NOTHING_TO_COUNT;
  }
  const { counts, add } = createBalance();
  const inSource = createReader(source, -1, add);
  const inTarget = createReader(target, 1, add);
  while (!inSource.done || !inTarget.done) {
    const sourceFirst = inTarget.done || (!inSource.done && inSource.time <= inTarget.time);
    await (sourceFirst ? inSource : inTarget).next();
    if (counts.size > mostOpen) {
      return {
        kind: 'uncounted',
        reason:
          `more than ${mostOpen} records differ between the source from offset ${source.from} and the target from ` +
          `${target.from}: they are not copies of each other, or lie too far apart to be counted`,
      };
    }
  }
  const counted = { kind: 'counted', compared: inSource.records, duplicated: 0, lost: 0, expired: 0 } as const;
  if (counts.size === 0) {
    return counted;
  }

  let [duplicated, lost, expired] = [0, 0, 0];
  /** Whether a record was met whose copies all stand: what was copied after it has not expired. */
  let standing = target.start === 0n;
  await source.read(source.from, source.to, ({ content, expected }) => {
    const count = counts.get(content);
    if (count === undefined) {
      standing = true;
      return;
    }
    if (count > 0) {
      duplicated += count;
      standing = true;
      counts.delete(content);
      return;
    }
    if (expected) {
      lost += standing && !targetCompacted ? 1 : 0;
      expired += standing ? 0 : 1;
    }
    add(content, 1);
  });
  return { ...counted, duplicated, lost, expired };
};
