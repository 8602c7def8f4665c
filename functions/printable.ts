/**
 * What a terminal or a browser would act upon instead of showing it: control characters (an escape starts a command), what turns the
 * direction of text around, what cannot be seen or is no character, and line breaks of any kind.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** Makes text of other people safe to print: names of topics and connectors, keys, messages of brokers. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/**
 * Writes JSON that is safe to print. JSON's own rules escape only the first 32 characters: what else a terminal would act
 * upon (a C1 control starts a command, too) is escaped the same way, which every reader of JSON takes back.
 */
export const printableJson = (value: unknown, indent: number): string =>
  JSON.stringify(value, null, indent).replace(UNPRINTABLE, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()]
          .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
          .join(''),
  );
