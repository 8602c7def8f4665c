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
  [/\\p/, 'a character property \\p'],
  [/\\(?![dDwWsSbBtnrfvk])[a-zA-Z]|\\0/, 'an escape that JavaScript does not know'],
  [/\(\?(?![:=!]|<[=!a-zA-Z])/, 'an inline flag or an atomic group'],
  [/[*+?}]\+/, 'a possessive quantifier'],
  [/&&/, 'an intersection of character classes'],
  [/\[[^\]\\]*(\\.[^\]\\]*)*\[/, 'a character class within another'],
  [/\[\^?\]/, 'a character class that begins with a bracket'],
  [/\[[^\]]*\\[bB]/, 'a boundary within a character class'],
  [/\[[^\]]*-\\[dDwWsS]/, 'a range that ends in a class'],
  [/\\\d/, 'a reference to a group'],
  [/(^|[|(])\{/, 'a brace that repeats nothing'],
  [/\\k/, 'a reference to a named group'],
];

const POSIX: ReadonlyMap<string, string> = new Map(
  Object.entries({
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
  }),
);

/** The pattern without what is escaped and without classes, where no character but these has a meaning. */
const skeletonOf = (pattern: string): string => pattern.replaceAll(/\\./g, 'a').replaceAll(/\[\^?[^\]]*\]/g, 'a');

/** Whether a `)` closes what nothing opened, or a `(` is never closed. */
const isUnbalanced = (skeleton: string): boolean => {
  let depth = 0;
  for (const character of skeleton) {
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (depth < 0) {
      return true;
    }
  }
  return depth > 0;
};

/** What Java surely refuses, in words. */
const refusalOf = (pattern: string): string | undefined => {
  const skeleton = skeletonOf(pattern);
  if (/(?<=[^(|])\{(?!\d+(,\d*)?\})/.test(skeleton)) {
    return 'a brace begins no number of repetitions';
  }
  if (isUnbalanced(skeleton)) {
    return 'its parentheses do not match';
  }
  if (skeleton.includes('[')) {
    return 'a bracket is never closed';
  }
  return /(^|[(|])[*+]/.test(skeleton) ? 'it repeats nothing' : undefined;
};

/** Classes of letters and digits, spelt out; within a class they need no brackets of their own. */
const spellOut = (pattern: string): string => {
  let inClass = false;
  return pattern.replaceAll(/\\p\{(\w+)\}|\\.|[[\]]/g, (token, name: string | undefined) => {
    if (token === '[') {
      inClass = true;
    } else if (token === ']') {
      inClass = false;
    }
    const letters = name === undefined ? undefined : POSIX.get(name);
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
  const spelt = spellOut(pattern);
  const difference = DIFFERENCES.find(([sign]) => sign.test(spelt));
  if (difference) {
    return { kind: 'unknown', reason: `the pattern ${JSON.stringify(pattern)} has ${difference[1]}` };
  }
  const refusal = refusalOf(spelt);
  if (refusal) {
    return { kind: 'refused', reason: `Java refuses the pattern ${JSON.stringify(pattern)}: ${refusal}` };
  }
  try {
    // By itself first: what surrounds it below could complete it.
    const compiled = new RegExp(`^(?:${new RegExp(spelt).source})$`);
    return { kind: 'pattern', matches: (text) => compiled.test(text) };
  } catch {
    return { kind: 'unknown', reason: `the pattern ${JSON.stringify(pattern)} is none to JavaScript` };
  }
};
