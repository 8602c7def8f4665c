/** What MM2 has stored of a source partition, as its start takes it. */
export type StoredOffset =
  | { readonly kind: 'none' }
  /** The source offset of the last record copied. */
  | { readonly kind: 'usable'; readonly offset: bigint }
  /** MM2 takes it for no offset. */
  | { readonly kind: 'ignored'; readonly reason: string }
  /** MM2's task dies of it. */
  | { readonly kind: 'fatal'; readonly reason: string };

/** Where a partition of the source topic begins, and where it ends: the offset after its last record. */
export interface SourceRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** What a stored offset makes MM2 do when it starts. */
export type StartCause =
  /** It goes on at the next record. */
  | 'goes-on'
  /** It waits for the next record: the log ends there. */
  | 'waits'
  /** Its place is behind the log's end, so it begins with the earliest record. */
  | 'beyond-end'
  /** Its place has expired, so it begins with the earliest record. */
  | 'before-start'
  /** It has no offset, so it begins with the earliest record. */
  | 'nothing-stored';

/** What MM2 does with one source partition if it is started now. */
export type Prediction =
  | { readonly kind: 'dies'; readonly reason: string }
  | {
      readonly kind: 'starts';
      readonly cause: StartCause;
      readonly at: bigint;
      /** How many records it copies a second time; `undefined` where nobody knows what has been copied. */
      readonly copiedAgain: number | undefined;
      /** How many records nobody copies. */
      readonly skipped: number | undefined;
      /** Whether the records were counted, or offsets subtracted (of which transaction markers take some). */
      readonly basis: 'records' | 'offsets';
    };

/** What is known of how far a source partition has been copied. */
export interface Progress {
  /** Replicator's stored offset + 1, where there is one. */
  readonly replicatorNext: bigint | undefined;
  /** The offset after the last source record whose copy stands in the target, where it is proven. */
  readonly trueNext: bigint | undefined;
  /**
   * Counts the source records from an offset (inclusive) to another (exclusive); `undefined` where not all of them were
   * read.
   */
  readonly count?: (from: bigint, to: bigint) => number | undefined;
}

/** The offset at which MM2 starts for what it has stored; `undefined` where it finds nothing usable. */
export const nextOf = (stored: StoredOffset): bigint | undefined =>
  stored.kind === 'usable' ? stored.offset + 1n : undefined;

const startOf = (next: bigint | undefined, { start, end }: SourceRange): { cause: StartCause; at: bigint } => {
  if (next === undefined) {
    return { cause: 'nothing-stored', at: start };
  }
  if (next > end) {
    return { cause: 'beyond-end', at: start };
  }
  if (next < start) {
    return { cause: 'before-start', at: start };
  }
  return next === end ? { cause: 'waits', at: next } : { cause: 'goes-on', at: next };
};

/**
 * Predicts what MM2 does with a source partition if it is started now. Measured on MM2 3.9.2 and 4.3.1
 * (MirrorSourceTask#initializeConsumer; `auto.offset.reset` of MirrorConnectorConfig#sourceConsumerConfig is `earliest`):
 *
 * | stored offset N | MM2 |
 * | --- | --- |
 * | N + 1 within the source's log | goes on at N + 1 |
 * | N + 1 = the log's end | waits for the next record |
 * | N + 1 beyond the log's end | begins with the earliest record |
 * | N + 1 before the log's start | begins with the earliest record |
 * | none, or one that it ignores | begins with the earliest record |
 * | a string, a fraction, a boolean | its task dies |
 *
 * Where the true next offset is not proven, Replicator's stands for it.
 */
export const predict = (
  stored: StoredOffset,
  source: SourceRange,
  { replicatorNext, trueNext, count }: Progress,
): Prediction => {
  if (stored.kind === 'fatal') {
    return { kind: 'dies', reason: stored.reason };
  }
  const start = startOf(nextOf(stored), source);
  if (source.start === source.end) {
    // Of an empty log nothing can be copied again or skipped, whatever the offsets are.
    const basis = trueNext === undefined ? 'offsets' : 'records';
    return { kind: 'starts', ...start, copiedAgain: 0, skipped: 0, basis };
  }
  // An offset behind the log's end is another log's, and tells nothing of what was copied of this one.
  const isOfThisLog = replicatorNext !== undefined && replicatorNext <= source.end;
  const upTo = trueNext ?? (isOfThisLog ? replicatorNext : undefined);
  if (upTo === undefined) {
    // Nobody knows what has been copied.
    return { kind: 'starts', ...start, copiedAgain: undefined, skipped: undefined, basis: 'offsets' };
  }
  const again = start.at < upTo;
  const [from, to] = again ? [start.at, upTo] : [upTo, start.at];
  const counted = trueNext === undefined ? undefined : from === to ? 0 : count?.(from, to);
  const records = counted ?? Number(to - from);
  return {
    kind: 'starts',
    ...start,
    copiedAgain: again ? records : 0,
    skipped: again ? 0 : records,
    basis: counted === undefined ? 'offsets' : 'records',
  };
};
