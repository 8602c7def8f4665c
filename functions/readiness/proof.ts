import type { ProofInput } from './compared-logs.ts';
import { type CopyTrail, followCopies } from './copy-trail.ts';
import { findGaps, type Gap } from './gaps.ts';

/** Why nothing could be proven. */
export type UnprovenCause =
  /** Replicator's offset lies behind the source log's end. */
  | 'source-recreated'
  /** Retention has removed the source records up to the boundary. */
  | 'boundary-expired'
  /** The source has nothing before the boundary that could be found in the target. */
  | 'nothing-to-compare'
  /** The target holds no record at all. */
  | 'target-empty'
  /** Not one record of the source was found in the target. */
  | 'no-match'
  /** Several answers fit, because records have the same contents. */
  | 'ambiguous';

/** What the records of both sides say of the true next offset. */
export type Proof = {
  /** How many source records before the (least) next offset were looked for in the target. */
  readonly compared: number;
  readonly gaps: readonly Gap[];
} & (
  | {
      readonly kind: 'proven';
      /** The offset after the last source record whose copy stands in the target, and no less than Replicator's next. */
      readonly next: bigint;
    }
  | {
      readonly kind: 'unproven';
      readonly cause: UnprovenCause;
      readonly reason: string;
      /** Between these the true next offset lies, both included, where that much is known. */
      readonly between?: { readonly least: bigint; readonly most: bigint };
    }
);

const lastOffset = (trail: CopyTrail, which: 'certain' | 'possible'): bigint => {
  const { source } = trail;
  const index = which === 'certain' ? trail.lastCertain : trail.lastPossible;
  return source[index]?.offset ?? -1n;
};

/**
 * Finds the true next offset of a source partition by comparing records.
 *
 * What it builds on (DESIGN, facts 19 and 20):
 * 1. Replicator's stored offset never runs ahead of what the target has acknowledged. So the true next offset is no
 *    less than Replicator's next, and after the last copy of a record below it come only copies of later records: a
 *    copier that had gone back has had to pass that record again to get where its stored offset says it is. (The same
 *    holds below MM2's next, should MM2 have started.)
 * 2. A copier passes the records in order, and copies what it passes; it may be killed, begin anew at its stored offset
 *    and be set back on purpose.
 * 3. A copy has its source record's contents, and nobody else's record has them.
 *
 * What it does not build on: that nothing was left out, that nothing was copied twice, that either log is complete.
 *
 * What it cannot see, and all of these need records of equal contents (timestamps included, unless the target stamps its
 * own) right at the boundary: a person who sets a stored offset back and then forward again; a worker cut off from its
 * group that still copies; an MM2 that has found nothing stored, and has not flushed yet; a record left out whose contents
 * those of an expired one repeat.
 *
 * Each target record that has the contents of source records is a copy of one of them, of those that (1) and (2) leave.
 * Where one is left, and no record that compaction or retention has removed could have had the same contents, its copy
 * certainly stands in the target; else it possibly does. The last certain and the last possible copy are the least and
 * the most that the answer can be, and only where they agree it is one.
 */
export const proveTrueNext = (given: ProofInput): Proof => {
  const { source, target } = given;
  // An offset behind the log's end is another log's: of this one nothing is known to have been copied.
  const isOfAnotherLog = given.replicatorNext > source.end;
  const input: ProofInput = isOfAnotherLog ? { ...given, replicatorNext: 0n, mm2Next: undefined } : given;
  const { replicatorNext } = input;
  const unproven = (cause: UnprovenCause, reason: string): Proof => ({
    kind: 'unproven',
    cause,
    reason,
    compared: 0,
    gaps: [],
  });
  if (source.entries.length === 0 && source.from === source.start) {
    // Whatever the offsets are, there is nothing that could be copied again or skipped.
    return { kind: 'proven', next: replicatorNext, compared: 0, gaps: [] };
  }
  const recreated = () =>
    unproven(
      'source-recreated',
      `Replicator's next offset ${given.replicatorNext} lies behind the end ${source.end} of the source partition: the ` +
        'topic was created anew, or it is another cluster',
    );
  if (isOfAnotherLog && source.start > 0n) {
    return recreated();
  }
  if (replicatorNext < source.start) {
    return unproven(
      'boundary-expired',
      `the source partition begins at offset ${source.start}, and Replicator's next is ${replicatorNext}: retention has ` +
        'removed the boundary',
    );
  }
  if (!isOfAnotherLog && !source.entries.some(({ offset }) => offset < replicatorNext)) {
    return unproven(
      'nothing-to-compare',
      `the source partition holds no record before Replicator's next offset ${replicatorNext} that could be looked for ` +
        'in the target',
    );
  }
  if (target.start === target.end) {
    return unproven('target-empty', 'the target partition is empty: there is nothing to compare');
  }

  const trail = followCopies(input);
  if (isOfAnotherLog && trail.lastCertain === -1) {
    return recreated();
  }
  if (!isOfAnotherLog && !trail.found) {
    const { length } = source.entries;
    return unproven(
      'no-match',
      `not one of ${length} source records from offset ${source.entries[0]?.offset} on was found in the target: it is ` +
        'another topic, the converters re-encode or transforms change the records, the partitions are not preserved, or ' +
        'retention has removed the copies',
    );
  }
  const atLeast = (offset: bigint): bigint => {
    const isBehind = offset + 1n < replicatorNext;
    return isBehind ? replicatorNext : offset + 1n;
  };
  const least = atLeast(lastOffset(trail, 'certain'));
  const most = atLeast(lastOffset(trail, 'possible'));
  const compared = source.entries.filter(({ offset }) => offset < least).length;
  const gaps = findGaps(trail, input, least);
  if (least === most) {
    return { kind: 'proven', next: least, compared, gaps };
  }
  return {
    kind: 'unproven',
    cause: 'ambiguous',
    reason:
      `several answers fit: the true next offset lies between ${least} and ${most}, for records around there have the ` +
      'same contents',
    between: { least, most },
    compared,
    gaps,
  };
};
