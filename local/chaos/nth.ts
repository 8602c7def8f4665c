/** One of a list, by any number. */
export const nth = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];
