/**
 * A Java regular expression that JavaScript can stand in for; or one that Java refuses; or why JavaScript cannot stand
 * in, so that nobody can tell here what matches.
 */
export type JavaPattern =
  | { readonly kind: 'pattern'; readonly matches: (text: string) => boolean }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * What java.util.regex.Pattern reads in another way than JavaScript, or does not read at all. A difference in what it
 * does to characters that no topic name holds is none.
 */
const DIFFERENCES: readonly (readonly [RegExp, string])[] = [
  [/\\[QE]/, 'a quotation \\Q…\\E'],
  [/\\p\{(?!(Alpha|Digit|Alnum|Lower|Upper|Punct|L|Lu|Ll|N|Nd)\})|\\P|\\p[^{]/, 'a character property \\p'],
  [/\\(?![dDwWsSbBtnrfvpk])[a-zA-Z]|\\0/, 'an escape that JavaScript does not know'],
  [/\(\?(?![:=!]|<[=!a-zA-Z])/, 'an inline flag or an atomic group'],
  [/[*+?}]\+/, 'a possessive quantifier'],
  [/&&/, 'an intersection of character classes'],
  [/\[[^\]\\]*(\\.[^\]\\]*)*\[/, 'a character class within another'],
  [/\[\^?\]/, 'a character class that begins with a bracket'],
  [/\\k/, 'a reference to a named group'],
];

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Lower: 'a-z',
  Upper: 'A-Z',
  // Of the ASCII punctuation a topic's name can hold these three.
  Punct: '._\\-',
  L: 'a-zA-Z',
  Lu: 'A-Z',
  Ll: 'a-z',
  N: '0-9',
  Nd: '0-9',
};

/** Whether every `{` outside of a class opens a quantifier: Java refuses another one, JavaScript takes it as it is. */
const hasLooseBrace = (pattern: string): boolean =>
  /[{}]/.test(
    pattern
      .replaceAll(/\\p\{\w+\}/g, '')
      .replaceAll(/\\./g, '')
      .replaceAll(/\[[^\]]*\]/g, '')
      .replaceAll(/\{\d+(,\d*)?\}/g, ''),
  );

/** Classes of letters and digits, spelt out; within a class they need no brackets of their own. */
const spellOut = (pattern: string): string => {
  let inClass = false;
  return pattern.replaceAll(/\\p\{(\w+)\}|\\.|[[\]]/g, (token, name: string | undefined) => {
    if (token === '[') {
      inClass = true;
    } else if (token === ']') {
      inClass = false;
    }
    const letters = name === undefined ? undefined : POSIX[name];
    if (letters === undefined) {
      return token;
    }
    return inClass ? letters : `[${letters}]`;
  });
};

/**
 * Compiles a Java regular expression for whole topic names (java.util.regex.Matcher#matches), as far as JavaScript
 * means the same by it. Topic names are ASCII letters, digits, `.`, `_` and `-`.
 */
export const javaPattern = (pattern: string): JavaPattern => {
  const difference = DIFFERENCES.find(([sign]) => sign.test(pattern));
  if (difference) {
    return { kind: 'unknown', reason: `the pattern ${JSON.stringify(pattern)} has ${difference[1]}` };
  }
  if (hasLooseBrace(pattern)) {
    return { kind: 'refused', reason: `Java refuses the pattern ${JSON.stringify(pattern)}: a brace stands alone` };
  }
  try {
    const compiled = new RegExp(`^(?:${spellOut(pattern)})$`);
    return { kind: 'pattern', matches: (text) => compiled.test(text) };
  } catch {
    return { kind: 'refused', reason: `Java refuses the pattern ${JSON.stringify(pattern)}: it is not complete` };
  }
};
