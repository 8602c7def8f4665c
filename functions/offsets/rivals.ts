import { comparePlaces } from './place.ts';
import type { Translation } from './translate.ts';

const keyOf = ({ flow, key }: Translation): string => `${flow.offsetsTopic} ${key}`;

const byKey = (translations: readonly Translation[]): readonly (readonly Translation[])[] => [
  ...Map.groupBy(translations, keyOf).values(),
];

/** The translations whose key has more than one in the batch: which of them counts takes their partition's end to tell. */
export const rivalsIn = (translations: readonly Translation[]): readonly Translation[] =>
  byKey(translations)
    .filter(({ length }) => length > 1)
    .flat();

/**
 * The translations that count, one for every key: of several the one from the latest place.
 *
 * @param endOf The end of the partition that a translation comes from; asked for only where {@link rivalsIn} has it.
 */
export const withoutRivals = (
  translations: readonly Translation[],
  endOf: (translation: Translation) => bigint | undefined,
): readonly Translation[] => {
  const later = (a: Translation, b: Translation): Translation =>
    comparePlaces(b.place, a.place, endOf(b)).kind === 'later' ? b : a;
  return byKey(translations).map((ofKey) => ofKey.reduce(later));
};
