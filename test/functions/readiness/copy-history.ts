import type { ProofInput, SourceEntry } from '../../../functions/readiness/compared-logs.ts';

/** What can happen to a source partition and its copy. Numbers are taken modulo what there is. */
export type Step =
  /** A producer writes to the source; the first letter of the content is the record's key. */
  | { readonly kind: 'produce'; readonly content: string; readonly aborted: boolean }
  /** A transaction's marker takes an offset of the source. */
  | { readonly kind: 'marker' }
  /** The copier copies so many records. */
  | { readonly kind: 'copy'; readonly count: number }
  /** It stores how far it is. */
  | { readonly kind: 'flush' }
  /** It is killed, and starts again where its stored offset says. */
  | { readonly kind: 'kill' }
  /** A person sets its stored offset to an earlier one. */
  | { readonly kind: 'rewind'; readonly by: number }
  /** The sync writes Replicator's stored offset for MM2. */
  | { readonly kind: 'sync' }
  /** Replicator stops, and MM2 goes on from what is stored for it: from here on it is the copier. */
  | { readonly kind: 'take-over' }
  /** Somebody else writes to the target. */
  | { readonly kind: 'foreign'; readonly key: string }
  /** Retention removes the oldest records. */
  | { readonly kind: 'expire'; readonly side: 'source' | 'target'; readonly count: number }
  | { readonly kind: 'compact'; readonly side: 'source' | 'target' };

interface SourceRecord {
  readonly offset: bigint;
  readonly content: string;
  readonly aborted: boolean;
}

interface TargetRecord {
  readonly content: string;
  /** The source records that it is a copy of: after compaction it also stands for its like that came before it. */
  readonly copiesOf: readonly bigint[];
}

/** What can be read after a history, and what really happened. */
export interface Aftermath {
  readonly input: ProofInput;
  /** The offset after the last source record whose copy stands in the target, and no less than Replicator's next. */
  readonly trueNext: bigint;
  /** The source records before it, in the source still, that no copier ever copied. */
  readonly neverCopied: readonly bigint[];
  /** Whether a record that was left out had the contents of one that is gone from the source: then nothing can tell. */
  readonly hasGoneTwin: boolean;
}

const keyOf = (content: string): string => content.charAt(0);

/** Keeps the last record of every key, and none that was aborted. */
const compacted = <R extends { readonly content: string; readonly aborted?: boolean }>(log: readonly R[]): R[] =>
  log.filter(
    (record, index) =>
      !record.aborted &&
      !log.slice(index + 1).some((later) => !later.aborted && keyOf(later.content) === keyOf(record.content)),
  );

/** What the copier leaves out, whenever it comes by. */
export interface Omissions {
  readonly offsets: ReadonlySet<bigint>;
  readonly aborted: boolean;
}

export const NO_OMISSIONS: Omissions = { offsets: new Set(), aborted: false };

/** Plays a history; the copier keeps the order of what it reads, and begins at its stored offset. */
export const play = (steps: readonly Step[], omissions: Omissions = NO_OMISSIONS): Aftermath => {
  const produced: SourceRecord[] = [];
  let source: SourceRecord[] = [];
  let target: TargetRecord[] = [];
  let [end, start, targetStart, targetEnd] = [0n, 0n, 0n, 0n];
  let [stored, position] = [0n, 0n];
  let mm2Stored: bigint | undefined;
  let isTakenOver = false;
  const everCopied = new Set<bigint>();

  for (const step of steps) {
    switch (step.kind) {
      case 'produce':
        produced.push({ offset: end, content: step.content, aborted: step.aborted });
        source.push({ offset: end, content: step.content, aborted: step.aborted });
        end += 1n;
        break;
      case 'marker':
        end += 1n;
        break;
      case 'copy':
        for (const { offset, content, aborted } of source.filter((r) => r.offset >= position).slice(0, step.count)) {
          if (!omissions.offsets.has(offset) && !(aborted && omissions.aborted)) {
            target.push({ content, copiesOf: [offset] });
            targetEnd += 1n;
            everCopied.add(offset);
          }
          position = offset + 1n;
        }
        break;
      case 'flush':
        if (isTakenOver) {
          mm2Stored = position;
        } else {
          stored = position;
        }
        break;
      case 'kill':
        position = isTakenOver ? (mm2Stored ?? 0n) : stored;
        break;
      case 'sync':
        mm2Stored = isTakenOver ? mm2Stored : stored;
        break;
      case 'take-over':
        // One that finds nothing, and has not flushed yet, cannot be seen.
        if (mm2Stored !== undefined && !isTakenOver) {
          isTakenOver = true;
          position = mm2Stored;
        }
        break;
      case 'rewind': {
        if (isTakenOver) {
          break;
        }
        const to = position - BigInt(step.by);
        stored = to < 0n ? 0n : to;
        position = stored;
        break;
      }
      case 'foreign':
        target.push({ content: `${step.key}!`, copiesOf: [] });
        targetEnd += 1n;
        break;
      case 'expire':
        if (step.side === 'source') {
          source = source.slice(step.count);
          start = source[0]?.offset ?? end;
        } else {
          target = target.slice(step.count);
          targetStart = targetEnd - BigInt(target.length);
        }
        break;
      case 'compact':
        if (step.side === 'source') {
          source = compacted(source);
        } else {
          target = compacted(target).map(({ content }) => {
            const alike = target.filter((one) => one.content === content);
            return { content, copiesOf: alike.flatMap(({ copiesOf }) => copiesOf) };
          });
        }
        break;
    }
  }
  const visible = new Set(source.map(({ offset }) => offset));
  const standing = target.flatMap(({ copiesOf }) => copiesOf.filter((offset) => visible.has(offset)));
  const trueNext = standing.reduce((next, offset) => (offset >= next ? offset + 1n : next), stored);
  const isCompacted = (side: 'source' | 'target') =>
    steps.some((step) => step.kind === 'compact' && step.side === side);
  const gone = new Set(produced.filter(({ offset }) => !visible.has(offset)).map(({ content }) => content));
  return {
    hasGoneTwin: source.some(({ offset, content, aborted }) => {
      return gone.has(content) && (omissions.offsets.has(offset) || (aborted && omissions.aborted));
    }),
    input: {
      replicatorNext: stored,
      mm2Next: mm2Stored,
      source: {
        start,
        from: start,
        end,
        compacted: isCompacted('source'),
        entries: source.map(({ offset, content, aborted }): SourceEntry => ({ offset, content, expected: !aborted })),
      },
      target: {
        start: targetStart,
        from: targetStart,
        end: targetEnd,
        compacted: isCompacted('target'),
        entries: target.map(({ content }) => content),
      },
    },
    trueNext,
    neverCopied: source
      .filter(({ offset }) => offset < trueNext && !everCopied.has(offset))
      .map(({ offset }) => offset),
  };
};
