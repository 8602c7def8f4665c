import type { ProofInput, SourceEntry } from './compared-logs.ts';

/** What the target's records are copies of. */
export interface CopyTrail {
  readonly source: readonly SourceEntry[];
  /** Whether any source record before Replicator's next offset was found in the target. */
  readonly found: boolean;
  /** The index of the last source record whose copy certainly stands in the target; -1 for none. */
  readonly lastCertain: number;
  /** The index of the last source record whose copy possibly stands in the target; -1 for none. */
  readonly lastPossible: number;
  /** Where in the target the contents of a source record stand for the last time; `undefined` for nowhere. */
  lastPlace(index: number): number | undefined;
  /** Whether another source record that was read has the same contents. */
  isRepeated(index: number): boolean;
  /** Whether order tells anything: false where the records contradict what order says. */
  readonly ordered: boolean;
}

/** The first index whose value is greater than `value`, in ascending numbers. */
const firstAbove = (ascending: readonly number[], value: number): number => {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) > value) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
};

/** For every source record the index of the last one before it (or itself) that follows upon a hole in the offsets. */
const holesOf = (source: readonly SourceEntry[]): Int32Array => {
  const holes = new Int32Array(source.length).fill(-1);
  for (const [index, { offset }] of source.entries()) {
    const before = source[index - 1];
    const follows = before !== undefined && before.offset + 1n !== offset;
    holes[index] = follows ? index : index === 0 ? -1 : (holes[index - 1] ?? -1);
  }
  return holes;
};

/** Where each content stands in the source, by its indices in order. */
export const indicesByContent = (source: readonly SourceEntry[]): ReadonlyMap<string, readonly number[]> => {
  const indices = new Map<string, number[]>();
  for (const [index, { content }] of source.entries()) {
    const known = indices.get(content);
    if (known) {
      known.push(index);
    } else {
      indices.set(content, [index]);
    }
  }
  return indices;
};

/**
 * What a record of the target can be a copy of: a source record after `floor` and before `ceiling` (indices, both
 * excluded).
 */
interface Bounds {
  readonly floor: number;
  readonly ceiling: number;
}

/**
 * Bounds the records of the target by their order.
 *
 * The floor: after the last copy of a record below the stored offsets come only copies of later records. Of several
 * records with the same contents the last copy may be any one's, so it tells no more than of the first.
 *
 * The ceiling: what was copied after that copy was copied in runs that began at the stored offset or before, and so
 * passed every record from there on. A record that is copied at all (it stands in the target) is therefore copied
 * before those after it. Where nothing has been removed from the target, this holds from its beginning.
 *
 * @param copies The contents of the target's records, in order.
 * @param below How many source records lie below the stored offsets.
 * @param runsPassAll Whether every run began at Replicator's next offset or before.
 */
const boundsOf = (
  source: readonly SourceEntry[],
  indices: ReadonlyMap<string, readonly number[]>,
  copies: readonly string[],
  lastPlaces: ReadonlyMap<string, number>,
  below: number,
  next: number,
  targetIsComplete: boolean,
  runsPassAll: boolean,
): readonly Bounds[] => {
  const anchors = new Map<number, number>();
  const landmarks: number[] = [];
  for (const [index, { content, expected }] of source.entries()) {
    const alike = indices.get(content) ?? [];
    const place = lastPlaces.get(content);
    if (place === undefined) {
      continue;
    }
    if (expected && index < below && alike[0] === index && (alike.at(-1) ?? 0) < below) {
      anchors.set(place, index);
    }
    if (alike.length === 1 && (index >= next || targetIsComplete)) {
      landmarks.push(index);
    }
  }
  const lastSeen = new Map<number, number>();
  /** The first landmark that a new floor makes not passed again: below the stored offset a passed one stays passed. */
  const firstFromNext = firstAbove(landmarks, next - 1);
  let [floor, floorPlace, landmark] = [-1, -1, 0];
  const isPassed = (index: number): boolean => {
    const seen = lastSeen.get(index);
    return seen !== undefined && (index < next || seen > floorPlace);
  };
  return copies.map((content, place) => {
    const anchor = anchors.get(place - 1);
    if (anchor !== undefined && anchor > floor) {
      [floor, floorPlace, landmark] = [anchor, place - 1, Math.min(landmark, firstFromNext)];
    }
    const [only, ...others] = indices.get(content) ?? [];
    if (only !== undefined && others.length === 0) {
      lastSeen.set(only, place);
    }
    for (let index = landmarks[landmark]; index !== undefined && isPassed(index); index = landmarks[landmark]) {
      landmark += 1;
    }
    const applies = runsPassAll && (floor >= 0 || targetIsComplete);
    return { floor, ceiling: applies ? (landmarks[landmark] ?? source.length - 1) + 1 : source.length };
  });
};

/** Follows the copies of the source's records through the target. */
export const followCopies = ({ replicatorNext, mm2Next, source: log, target }: ProofInput): CopyTrail => {
  const source = log.entries;
  const indices = indicesByContent(source);
  /** The target's records that can be copies of what was read of the source. */
  const copies = target.entries.filter((content) => indices.has(content));
  const lastPlaces = new Map<string, number>();
  for (const [place, content] of copies.entries()) {
    lastPlaces.set(content, place);
  }
  const below = (next: bigint): number => {
    const index = source.findIndex(({ offset }) => offset >= next);
    return index === -1 ? source.length : index;
  };
  const next = below(replicatorNext);
  const bounds = boundsOf(
    source,
    indices,
    copies,
    lastPlaces,
    mm2Next === undefined ? next : Math.min(next, below(mm2Next)),
    next,
    target.start === 0n && target.from === 0n && !target.compacted,
    !target.compacted && (mm2Next === undefined || mm2Next <= replicatorNext),
  );

  /** The first and the last source record that the record at a place of the target can be a copy of. */
  const candidates = (place: number, { floor, ceiling }: Bounds): { readonly first: number; readonly last: number } => {
    const alike = indices.get(copies[place] ?? '') ?? [];
    return {
      first: alike[firstAbove(alike, floor)] ?? source.length,
      last: alike[firstAbove(alike, ceiling - 1) - 1] ?? -1,
    };
  };
  const ordered = bounds.every((bound, place) => {
    const { first, last } = candidates(place, bound);
    return first <= last;
  });

  const holes = holesOf(source);
  const sourceIsComplete = log.from === 0n && source[0]?.offset === 0n;
  /** Nothing that is gone from the source could have had the same contents. */
  const nothingGone = (floor: number, index: number): boolean =>
    (floor >= 0 || sourceIsComplete) && (!log.compacted || (holes[index] ?? -1) <= floor);

  let [lastCertain, lastPossible] = [-1, -1];
  for (const [place, bound] of bounds.entries()) {
    const { floor, ceiling } = ordered ? bound : { floor: -1, ceiling: source.length };
    const { first, last } = candidates(place, { floor, ceiling });
    lastPossible = Math.max(lastPossible, last);
    if (nothingGone(floor, first)) {
      lastCertain = Math.max(lastCertain, first);
    }
  }
  return {
    source,
    found: source.slice(0, next).some(({ content }) => lastPlaces.has(content)),
    lastCertain,
    lastPossible,
    lastPlace: (index) => lastPlaces.get(source[index]?.content ?? ''),
    isRepeated: (index) => (indices.get(source[index]?.content ?? '')?.length ?? 0) > 1,
    ordered,
  };
};
