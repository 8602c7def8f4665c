import type { CountedCopies, FirstCopy } from './first-copies.ts';

/** What became of one source partition since MM2 was started. */
export interface PartitionTakeover extends CountedCopies {
  readonly flow: string;
  readonly topic: string;
  readonly partition: number;
  /** The true next offset at the cutover. */
  readonly resumedAt: bigint;
  readonly copy: FirstCopy;
  /** Whether MM2 has written an offset of its own. */
  readonly isTakenOver: boolean;
}

/** What the takeover of all partitions comes to. */
export type TakeoverVerdict =
  | {
      readonly kind: 'right';
      readonly resumed: number;
      readonly quiet: number;
      /** Copies that stand too often or are missing, of records before the boundary: from before this cutover. */
      readonly older: number;
    }
  /** MM2 has not copied, or not stored its offsets, everywhere. */
  | { readonly kind: 'waiting'; readonly partitions: readonly string[] }
  | { readonly kind: 'wrong'; readonly reasons: readonly string[] }
  | { readonly kind: 'cannot-tell'; readonly reasons: readonly string[] };

const nameOf = ({ topic, partition }: PartitionTakeover): string => `${topic}-${partition}`;

const faultOf = (one: PartitionTakeover): readonly string[] => {
  const { copy, resumedAt } = one;
  switch (copy.kind) {
    case 'repeated':
      return [
        `${nameOf(one)}: MM2 went on at offset ${copy.first} and not at ${resumedAt}: ${copy.records} records were copied again`,
      ];
    case 'skipped':
      return [
        `${nameOf(one)}: MM2 went on at offset ${copy.first} and not at ${resumedAt}: ${copy.records} records were skipped`,
      ];
    case 'cannot-tell':
      return [];
    default: {
      const { duplicated, lost } = one.sinceBoundary;
      return duplicated > 0 || lost > 0
        ? [
            `${nameOf(one)}: of what came after offset ${resumedAt}, ${duplicated} records stand in the target more than ` +
              `once and ${lost} do not: find out who copies besides MM2, or what leaves records out`,
          ]
        : [];
    }
  }
};

/** Judges the takeover: what is wrong anywhere weighs more than what cannot be told, and that more than what is to come. */
export const judgeTakeover = (partitions: readonly PartitionTakeover[]): TakeoverVerdict => {
  const wrong = partitions.flatMap(faultOf);
  if (wrong.length > 0) {
    return { kind: 'wrong', reasons: wrong };
  }
  const doubts = partitions.flatMap((one) =>
    one.copy.kind === 'cannot-tell' ? [`${nameOf(one)}: ${one.copy.reason}`] : [],
  );
  if (doubts.length > 0) {
    return { kind: 'cannot-tell', reasons: doubts };
  }
  const quiet = partitions.filter(({ copy }) => copy.kind === 'no-traffic');
  const older = partitions.reduce(
    (sum, { duplicated, lost, sinceBoundary }) =>
      sum + Math.max(0, duplicated - sinceBoundary.duplicated) + Math.max(0, lost - sinceBoundary.lost),
    0,
  );
  const open = partitions.filter(
    (one) => one.copy.kind === 'not-yet' || (one.copy.kind === 'right' && !one.isTakenOver),
  );
  const resumed = partitions.length - quiet.length - open.length;
  return open.length > 0 || resumed === 0
    ? { kind: 'waiting', partitions: open.map(nameOf) }
    : { kind: 'right', resumed, quiet: quiet.length, older };
};
