/**
 * What a terminal would act upon instead of showing it: control characters (an escape starts a command), what turns the
 * direction of text around, what cannot be seen or is no character, and line breaks of any kind.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** Makes text of other people safe to print: names of topics and connectors, keys, messages of brokers. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
