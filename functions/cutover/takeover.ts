import { nameOf } from './assessment.ts';
import type { CountedCopies, FirstCopy } from './first-copies.ts';

/** What became of one source partition since MM2 was started. */
export interface PartitionTakeover extends CountedCopies {
  readonly flow: string;
  readonly topic: string;
  readonly partition: number;
  /** The true next offset at the cutover. */
  readonly resumedAt: bigint;
  readonly copy: FirstCopy;
  /** Where MM2 would go on by what is stored now, whoever wrote it. */
  readonly storedNext: bigint | undefined;
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

/** Whether MM2 has begun, rightly, and has stored how far it came. */
export const isSettled = ({ copy, isTakenOver, storedNext, resumedAt }: PartitionTakeover): boolean =>
  copy.kind === 'right' && isTakenOver && storedNext !== undefined && storedNext > resumedAt;

const faultOf = (one: PartitionTakeover): readonly string[] => {
  const { copy, resumedAt, isTakenOver, storedNext } = one;
  if (isTakenOver && storedNext !== undefined && storedNext < resumedAt) {
    return [
      `${nameOf(one)}: MM2 has stored that it goes on at offset ${storedNext}, which is before ${resumedAt}: it copies ` +
        'again what has been copied. Stop MM2',
    ];
  }
  switch (copy.kind) {
    case 'repeated':
      return [
        `${nameOf(one)}: MM2 went on at offset ${copy.first} and not at ${resumedAt}: ${copy.records} records were copied again`,
      ];
    case 'skipped':
      return [
        `${nameOf(one)}: MM2 went on at offset ${copy.first} and not at ${resumedAt}: ${copy.records} records were skipped`,
      ];
    case 'something-else':
      return [
        `${nameOf(one)}: the first ${copy.records} records that came to the target are no copies of those from offset ` +
          `${resumedAt} on: MM2 copies something else, or everything again from the earliest record. Stop MM2`,
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
    (one) => one.copy.kind === 'not-yet' || (one.copy.kind === 'right' && !isSettled(one)),
  );
  const resumed = partitions.length - quiet.length - open.length;
  return open.length > 0 || resumed === 0
    ? { kind: 'waiting', partitions: open.map(nameOf) }
    : { kind: 'right', resumed, quiet: quiet.length, older };
};
