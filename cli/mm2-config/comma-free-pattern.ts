/** What follows the pattern's part that is being read. */
interface Scan {
  readonly length: number;
  readonly text: string;
}

/** `\.`, `\p{Alpha}`: a backslash with all that belongs to it. */
const escapeAt = (pattern: string, index: number): Scan => {
  const [text = '\\'] = /^\\(?:[pP]\{[^}]*\}|[\s\S])?/.exec(pattern.slice(index)) ?? [];
  return { length: text.length, text: text.replaceAll(',', ';') };
};

/** A character class with those within it; undefined where one never ends, or a comma ends a range in it. */
const classAt = (pattern: string, index: number): Scan | undefined => {
  let depth = 0;
  for (let end = index; end < pattern.length; end += 1) {
    const character = pattern[end];
    if (character === '\\') {
      end += 1;
    } else if (character === '[') {
      depth += 1;
    } else if (character === ']') {
      depth -= 1;
      if (depth === 0) {
        const text = pattern.slice(index, end + 1);
        return /,-|-,/.test(text) ? undefined : { length: text.length, text: text.replaceAll(',', ';') };
      }
    }
  }
  return undefined;
};

/** Between `atLeast` and `atMost` times an atom, without a comma; greedy or reluctant matches the same whole names. */
const repeated = (atom: string, atLeast: number, atMost: number | undefined): string =>
  `(?:${atom}{${atLeast}}${atMost === undefined ? `${atom}*` : `(?:${atom}?){${atMost - atLeast}}`})`;

/** What an atom must not hold when it is written twice. */
const HAS_NAMED_GROUP = /\(\?<[a-zA-Z]/;
const HAS_REFERENCE = /\\[1-9k]/;

/**
 * Writes a Java pattern without a comma, so that a list with commas between its items can hold it: `a{1,3}` as
 * `(?:a{1}(?:a?){2})`, and a comma that stands for itself as a semicolon, for no topic's name holds either. It matches the
 * same topic names as a whole.
 *
 * @returns undefined where that cannot be done
 */
export const commaFreePattern = (pattern: string): string | undefined => {
  if (!pattern.includes(',')) {
    return pattern;
  }
  if (pattern.includes('\\Q') || HAS_REFERENCE.test(pattern)) {
    return undefined;
  }
  let written = '';
  /** Where the atom begins that a quantifier here would repeat. */
  let atom: number | undefined;
  const groups: number[] = [];
  for (let index = 0; index < pattern.length; ) {
    const character = pattern[index] ?? '';
    const quantifier = /^\{(\d+),(\d*)\}([?+]?)/.exec(pattern.slice(index));
    if (quantifier) {
      const [all, least = '', most = '', mode] = quantifier;
      const [atLeast, atMost] = [Number(least), most === '' ? undefined : Number(most)];
      const text = atom === undefined ? '' : written.slice(atom);
      if (atom === undefined || mode === '+' || HAS_NAMED_GROUP.test(text) || (atMost ?? atLeast) < atLeast) {
        return undefined;
      }
      written = `${written.slice(0, atom)}${repeated(text, atLeast, atMost)}`;
      index += all.length;
      continue;
    }
    const part: Scan | undefined =
      character === '\\'
        ? escapeAt(pattern, index)
        : character === '['
          ? classAt(pattern, index)
          : { length: 1, text: character === ',' ? ';' : character };
    if (part === undefined) {
      return undefined;
    }
    if (character === '(') {
      groups.push(written.length);
      atom = undefined;
    } else {
      atom = character === ')' ? groups.pop() : written.length;
    }
    written += part.text;
    index += part.length;
  }
  return written;
};
