import type { ProofInput, SourceEntry } from './proof.ts';

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
  /** Whether order tells anything: false where a copier seems to have jumped back and not come up again. */
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

/**
 * For every record of the target the last source record, below the stored offsets, after which it must come: the one
 * whose last copy stands nearest before it.
 */
const floorsOf = (anchors: ReadonlyMap<number, number>, length: number): Int32Array => {
  const floors = new Int32Array(length).fill(-1);
  for (const [place, index] of anchors) {
    if (place + 1 < length) {
      floors[place + 1] = Math.max(floors[place + 1] ?? -1, index);
    }
  }
  for (let place = 1; place < length; place += 1) {
    floors[place] = Math.max(floors[place] ?? -1, floors[place - 1] ?? -1);
  }
  return floors;
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

/** Follows the copies of the source's records through the target. */
export const followCopies = ({ replicatorNext, mm2Next, source: log, target }: ProofInput): CopyTrail => {
  const source = log.entries;
  const places = new Map<string, number[]>();
  for (const [index, { content }] of source.entries()) {
    const indices = places.get(content);
    if (indices) {
      indices.push(index);
    } else {
      places.set(content, [index]);
    }
  }
  /** The target's records that can be copies of what was read of the source. */
  const copies = target.entries.filter((content) => places.has(content));
  const lastPlaceOf = new Map<string, number>();
  for (const [place, content] of copies.entries()) {
    lastPlaceOf.set(content, place);
  }
  const lastPlaces = source.map(({ content }) => lastPlaceOf.get(content));

  const stored = mm2Next !== undefined && mm2Next < replicatorNext ? mm2Next : replicatorNext;
  const below = (next: bigint): number => {
    const index = source.findIndex(({ offset }) => offset >= next);
    return index === -1 ? source.length : index;
  };
  // Of several records with the same contents the last copy may be any one's, so it tells no more than of the first.
  const anchors = new Map<number, number>();
  for (const [index, { content, expected }] of source.slice(0, below(stored)).entries()) {
    const place = lastPlaces[index];
    if (place !== undefined && expected && places.get(content)?.[0] === index) {
      anchors.set(place, index);
    }
  }
  const floors = floorsOf(anchors, copies.length);
  const ordered = copies.every((content, place) => (places.get(content)?.at(-1) ?? -1) > (floors[place] ?? -1));
  const holes = holesOf(source);
  /** Nothing that is gone could have had the same contents. */
  const complete = log.from === 0n && source[0]?.offset === 0n;
  const nothingGone = (floor: number, index: number): boolean =>
    (floor >= 0 || complete) && (!log.compacted || (holes[index] ?? -1) <= floor);

  let [lastCertain, lastPossible] = [-1, -1];
  for (const [place, content] of copies.entries()) {
    const floor = ordered ? (floors[place] ?? -1) : -1;
    const indices = places.get(content) ?? [];
    const first = indices[firstAbove(indices, floor)] ?? -1;
    lastPossible = Math.max(lastPossible, indices.at(-1) ?? -1);
    if (nothingGone(floor, first)) {
      lastCertain = Math.max(lastCertain, first);
    }
  }
  const before = below(replicatorNext);
  return {
    source,
    found: lastPlaces.slice(0, before).some((place) => place !== undefined),
    lastCertain,
    lastPossible,
    lastPlace: (index) => lastPlaces[index],
    isRepeated: (index) => (places.get(source[index]?.content ?? '')?.length ?? 0) > 1,
    ordered,
  };
};
