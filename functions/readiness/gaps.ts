import type { ProofInput } from './compared-logs.ts';
import type { CopyTrail } from './copy-trail.ts';

/** Source records in a row that were passed over: their copies are missing in the target. */
export interface Gap {
  /** The offset of the first one. */
  readonly from: bigint;
  /** The offset of the last one. */
  readonly to: bigint;
  readonly records: number;
}

/** For every source record the last place where a later one stands that no other record can be taken for. */
const laterPlacesOf = (trail: CopyTrail, next: bigint): Int32Array => {
  const { source } = trail;
  const places = new Int32Array(source.length).fill(-1);
  for (let index = source.length - 2; index >= 0; index -= 1) {
    const later = source[index + 1];
    const counts = later !== undefined && later.offset < next && !trail.isRepeated(index + 1);
    const place = counts ? (trail.lastPlace(index + 1) ?? -1) : -1;
    places[index] = Math.max(places[index + 1] ?? -1, place);
  }
  return places;
};

/**
 * Finds the source records before the next offset whose copy is missing, and certainly was never there: retention has
 * not removed it, since something that was copied before it still stands, and compaction does not work on the target
 * (nor on the source, where what stands could be the copy of a record that is gone).
 *
 * A record with the contents of another one is not missed while one copy of either stands.
 */
export const findGaps = (
  trail: CopyTrail,
  { replicatorNext, mm2Next = replicatorNext, source: log, target }: ProofInput,
  next: bigint,
): readonly Gap[] => {
  if (target.compacted) {
    return [];
  }
  const { source } = trail;
  const complete = target.start === 0n && target.from === 0n;
  const stored = mm2Next < replicatorNext ? mm2Next : replicatorNext;
  /** Where the last copy of an earlier record below the stored offsets stands, which no other can be taken for. */
  let witness: number | undefined;
  const laterPlaces = laterPlacesOf(trail, next);
  /** Whether a copier has passed a record after the witness, so that its copy would stand like the witness. */
  const isPassed = (index: number, offset: bigint): boolean => {
    if (witness === undefined) {
      return false;
    }
    if (offset < stored) {
      return true;
    }
    // One that has copied a later record has begun no later than at Replicator's next offset.
    return offset >= replicatorNext && mm2Next <= replicatorNext && (laterPlaces[index] ?? -1) > witness;
  };
  const gaps: { from: bigint; to: bigint; records: number }[] = [];
  let open = false;
  for (const [index, { offset, expected }] of source.entries()) {
    if (offset >= next) {
      break;
    }
    const place = trail.lastPlace(index);
    if (place === undefined && expected && (complete || (trail.ordered && !log.compacted && isPassed(index, offset)))) {
      const gap = gaps.at(-1);
      if (open && gap) {
        gap.to = offset;
        gap.records += 1;
      } else {
        gaps.push({ from: offset, to: offset, records: 1 });
      }
      open = true;
      continue;
    }
    // What may be left out on purpose neither is a gap nor ends one.
    open &&= place === undefined;
    if (place !== undefined && offset < stored && !trail.isRepeated(index)) {
      witness = place;
    }
  }
  return gaps;
};
