import type { SourceEntry } from '../readiness/compared-logs.ts';
import { indicesByContent } from '../readiness/copy-trail.ts';
import type { SourceRange } from '../readiness/prediction.ts';

/** A source partition and its copy around the place where MM2 goes on. */
export interface CopiedPartition {
  /** The true next offset: MM2's first copy has to be that of the first source record from here on. */
  readonly next: bigint;
  /** Where the source's partition begins and ends now. */
  readonly range: SourceRange;
  /** The source's records from some way before `next` up to its end, in order. */
  readonly source: readonly SourceEntry[];
  /**
   * The contents of the target's records, in order, from where the copies of the first of `source` can begin: before
   * `boundary` of the copies alone, and after it of all, unless compaction may have removed what they are copies of.
   */
  readonly target: readonly string[];
  /** Which of `target` was the first to come after Replicator had stopped; `undefined` where nobody saw it stop. */
  readonly boundary: number | undefined;
  /** Whether compaction may have removed copies: what is missing is no loss then that could be told. */
  readonly isCompacted: boolean;
}

/** What MM2 has copied first. */
export type FirstCopy =
  /** The copy of the record at `first`: nothing before it comes again, and nothing was left out. */
  | { readonly kind: 'right'; readonly first: bigint }
  /** The source has no record after the boundary: there is nothing to copy. */
  | { readonly kind: 'no-traffic' }
  /** The source has some, and no copy has come yet. */
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'repeated'; readonly first: bigint; readonly records: number }
  | { readonly kind: 'skipped'; readonly first: bigint; readonly records: number }
  /** Records that are no copies of those around the boundary: of far earlier ones, or not of this partition at all. */
  | { readonly kind: 'something-else'; readonly records: number }
  | { readonly kind: 'cannot-tell'; readonly reason: string };

/** What was counted among the records that were read. */
export interface CountedCopies {
  /** Source records whose copies were counted. */
  readonly compared: number;
  /** Copies beyond the first of a record. */
  readonly duplicated: number;
  /** Source records without a copy, before the last that has one. */
  readonly lost: number;
  /** The same of this cutover alone: of the records from `next` on, and of every copy after `boundary`. */
  readonly sinceBoundary: { readonly duplicated: number; readonly lost: number };
}

/** A copy in the target: of the first or the last of the source records that have its contents. */
interface Copy {
  readonly place: number;
  readonly least: number;
  readonly most: number;
}

const copiesIn = ({ source, target }: CopiedPartition): readonly Copy[] => {
  const indices = indicesByContent(source);
  return target.flatMap((content, place) => {
    const found = indices.get(content);
    const [least, most] = [found?.[0], found?.at(-1)];
    return least === undefined || most === undefined ? [] : [{ place, least, most }];
  });
};

/**
 * Counts what came after the boundary alone. Where nobody saw it, contents count that no record before it has: of others
 * nobody can tell whose copies stand too often.
 */
const countSince = (partition: CopiedPartition): CountedCopies['sinceBoundary'] => {
  const { source, target, next, boundary, isCompacted } = partition;
  const written = Map.groupBy(
    source.filter(({ offset }) => offset >= next),
    ({ content }) => content,
  );
  const earlier = new Set(source.flatMap(({ offset, content }) => (offset < next ? [content] : [])));
  const isTold = (content: string) => (boundary === undefined ? !earlier.has(content) : true);
  const copied = Map.groupBy(target.slice(boundary ?? 0), (content) => content);
  let duplicated = 0;
  for (const [content, { length }] of copied) {
    const isKnown = written.has(content) || earlier.has(content);
    duplicated += isKnown && isTold(content) ? Math.max(0, length - (written.get(content)?.length ?? 0)) : 0;
  }
  const last = source.findLastIndex(({ offset, content }) => offset >= next && isTold(content) && copied.has(content));
  // A later record with the same contents need not have been copied: up to the first of them, all others have been.
  const content = source[last]?.content;
  const until = source.findIndex((one) => one.offset >= next && one.content === content);
  const due = Map.groupBy(
    source.slice(0, until + 1).filter((one) => one.offset >= next && one.expected && isTold(one.content)),
    (one) => one.content,
  );
  let lost = 0;
  for (const [one, { length }] of isCompacted ? [] : due) {
    lost += Math.max(0, length - (copied.get(one)?.length ?? 0));
  }
  return { duplicated, lost };
};

/** Counts the copies of the records that were read, up to the last one that has been copied. */
export const countCopies = (partition: CopiedPartition): CountedCopies => {
  const { source, isCompacted } = partition;
  const indices = indicesByContent(source);
  const standing = new Map<string, number>();
  let [from, to] = [Number.POSITIVE_INFINITY, -1];
  for (const content of partition.target) {
    const places = indices.get(content);
    if (places) {
      // Of equal records the first copy is the first one's.
      const nth = standing.get(content) ?? 0;
      const place = places[Math.min(nth, places.length - 1)] ?? 0;
      standing.set(content, nth + 1);
      [from, to] = [Math.min(from, place), Math.max(to, place)];
    }
  }
  if (to === -1) {
    return { compared: 0, duplicated: 0, lost: 0, sinceBoundary: { duplicated: 0, lost: 0 } };
  }
  const counted = source.slice(from, to + 1);
  const written = Map.groupBy(counted, ({ content }) => content);
  let [duplicated, lost] = [0, 0];
  for (const [content, entries] of written) {
    const copied = standing.get(content) ?? 0;
    duplicated += Math.max(0, copied - entries.length);
    const missing = entries.filter(({ expected }) => expected).length - copied;
    lost += isCompacted ? 0 : Math.max(0, missing);
  }
  return { compared: counted.length, duplicated, lost, sinceBoundary: countSince(partition) };
};

/**
 * Tells by contents whether MM2 went on at exactly the next record. Where somebody saw Replicator stop, it is the first
 * copy after that which counts; else the order of all copies: after the first one that certainly lies behind the boundary
 * none may come that certainly lies before it, and none may stand twice.
 */
export const firstCopyOf = (partition: CopiedPartition): FirstCopy => {
  const { next, range, source, boundary } = partition;
  if (range.start > next) {
    return {
      kind: 'cannot-tell',
      reason:
        `the source begins at offset ${range.start} now, and MM2 had to go on at ${next}: what lay between has been removed. ` +
        'It is lost if MM2 had not copied it, and MM2 then began with the earliest record',
    };
  }
  if (range.end < next) {
    return {
      kind: 'cannot-tell',
      reason: `the source ends at offset ${range.end} now, and MM2 had to go on at ${next}: the topic was created anew, or it is another cluster`,
    };
  }
  const offsetOf = (index: number): bigint => source[index]?.offset ?? 0n;
  const begin = source.findIndex(({ offset }) => offset >= next);
  const due = source.findIndex(({ offset, expected }) => offset >= next && expected);
  if (boundary === undefined && due === -1) {
    return { kind: 'no-traffic' };
  }
  const all = copiesIn(partition);
  const copies = boundary === undefined ? all : all.filter(({ place }) => place >= boundary);
  const before = copies.filter(({ most }) => most < begin);
  const skippedTo = (index: number) => source.slice(begin, index).filter(({ expected }) => expected).length;
  const skipped = (index: number): FirstCopy => ({
    kind: 'skipped',
    first: offsetOf(index),
    records: skippedTo(index),
  });

  if (boundary !== undefined) {
    const [first] = copies;
    const others = (first?.place ?? partition.target.length) - boundary;
    if (others > 0) {
      return { kind: 'something-else', records: others };
    }
    if (first === undefined) {
      return { kind: due === -1 ? 'no-traffic' : 'not-yet' };
    }
    if (begin === -1 || first.most < begin) {
      return { kind: 'repeated', first: offsetOf(first.least), records: begin === -1 ? copies.length : before.length };
    }
    // Of several records with these contents the one that was due is as good as any.
    const nearest = source.findIndex(({ content }, index) => index >= begin && content === source[first.most]?.content);
    return due === -1 || nearest <= due ? { kind: 'right', first: offsetOf(nearest) } : skipped(nearest);
  }

  const first = copies.find(({ least }) => least >= begin);
  const isRepeated = (index: number) => all.some(({ least, most }) => least < begin && most >= index && least !== most);
  if (first === undefined) {
    return isRepeated(begin)
      ? { kind: 'cannot-tell', reason: 'the records around the boundary have the same contents' }
      : { kind: 'not-yet' };
  }
  const again = before.filter(({ place }) => place > first.place);
  const [earliest] = again;
  if (earliest !== undefined) {
    return { kind: 'repeated', first: offsetOf(earliest.least), records: again.length };
  }
  // Also of contents that a later record has as well: what stands too often need not be that one's copy.
  const standing = Map.groupBy(
    all.filter(({ place, least }) => place < first.place && least < begin),
    ({ least }) => least,
  );
  const written = Map.groupBy(source.slice(0, begin), ({ content }) => content);
  const timesBefore = (index: number) => written.get(source[index]?.content ?? '')?.length ?? 0;
  const tooOften = [...standing].filter(([least, { length }]) => length > timesBefore(least)).length;
  // Where Replicator was killed, MM2 may have begun at its last flush, which lies before the true boundary.
  const twice = Math.max(tooOften, countCopies(partition).duplicated);
  if (twice > 0) {
    return {
      kind: 'cannot-tell',
      reason: `${twice} records around offset ${next} stand in the target more than once: Replicator may have copied them again, or MM2`,
    };
  }
  if (first.least > due) {
    return isRepeated(due)
      ? { kind: 'cannot-tell', reason: 'the records around the boundary have the same contents' }
      : skipped(first.least);
  }
  return { kind: 'right', first: offsetOf(first.least) };
};
