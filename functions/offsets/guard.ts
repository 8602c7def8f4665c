import type { LastRecord } from './last-records.ts';
import { comparePlaces, needsPartitionEnd } from './place.ts';
import type { Translation } from './translate.ts';

/** What the guard decides about a translation. */
export type Decision =
  | { readonly kind: 'write'; readonly recreated: boolean; readonly ambiguous: boolean }
  /**
   * It stands in MM2's offsets topic already, or something later does. Stale is what its offset alone would have taken
   * for later: it comes from a topic that was deleted, or a worker's clock is wrong.
   */
  | { readonly kind: 'repeat'; readonly ambiguous: boolean; readonly stale: boolean }
  /** Somebody else has the key in a transaction that is still open: it has to be asked again. */
  | { readonly kind: 'undecided' }
  /** Somebody else wrote the key: MM2 has taken the source partition over, or a person set or reset its offset. */
  | { readonly kind: 'taken-over' };

const write = { kind: 'write', recreated: false, ambiguous: false } as const;

/** Whether {@link decide} needs the end of the partition that the translation comes from. */
export const needsEnd = ({ place }: Translation, last: LastRecord | undefined): boolean =>
  last?.kind === 'ours' && needsPartitionEnd(place, last.place);

/**
 * Decides whether a translation may be written, by the last record of its key in MM2's offsets topic. Only what was
 * committed counts: what an aborted transaction left never was.
 *
 * | last record of the key | its place, seen from the translation | decision |
 * | --- | --- | --- |
 * | none; a tombstone that hands the key back; somebody else's, older than `overwriteBefore` | | write |
 * | ours | earlier | write, also when the offset went down: Replicator was rewound on purpose |
 * | ours | the same, same value | repeat |
 * | ours | the same, another value | write: the flow's settings changed, the value was damaged, or a new proof says more |
 * | ours, a proof | the very record that it departs from | repeat, also with another value: the proof knows better |
 * | ours | later, for it is of a topic that came after the translation's | repeat, stale |
 * | ours | later | repeat |
 * | ours | of another event source or topic | taken over: it is another deployment's, unless older than `overwriteBefore` |
 * | somebody else's, value or tombstone | | taken over |
 * | any, in somebody else's open transaction | | undecided |
 *
 * How places compare is {@link comparePlaces}'s table.
 *
 * @param end The end offset of the partition the translation comes from, where {@link needsEnd} asks for it.
 */
export const decide = ({ flow, place, value }: Translation, last: LastRecord | undefined, end?: bigint): Decision => {
  if (last === undefined) {
    return write;
  }
  if (last.kind === 'theirs') {
    return { kind: 'taken-over' };
  }
  if (last.kind === 'undecided') {
    return { kind: 'undecided' };
  }
  const comparison = comparePlaces(place, last.place, end);
  switch (comparison.kind) {
    case 'unrelated':
      return last.timestamp < (flow.overwriteBefore ?? 0) ? write : { kind: 'taken-over' };
    case 'same':
      return (last.value?.toString() ?? null) === value ? { kind: 'repeat', ambiguous: false, stale: false } : write;
    case 'earlier':
      return { kind: 'repeat', ambiguous: comparison.ambiguous, stale: comparison.recreated };
    case 'later':
      return { kind: 'write', recreated: comparison.recreated, ambiguous: comparison.ambiguous };
  }
};
