/**
 * What a terminal or a browser would act upon instead of showing it: control characters (an escape starts a command), what
 * turns the direction of text around, what cannot be seen, and line breaks of any kind.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Makes text of other people safe to show: names of topics and connectors, keys, messages of brokers. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
