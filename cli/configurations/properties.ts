import { Properties } from 'properties-file/parser';
import { ConfigurationError } from '../../functions/errors.ts';
import type { Settings } from '../../functions/readiness/configurations/setting.ts';
import { type ConfigurationText, latin1 } from './configuration-text.ts';

/** A backslash and u, and what ought to be four hexadecimal digits; other pairs of a backslash and a character go first. */
const UNICODE_ESCAPES = /\\(?:u([\da-fA-F]{4})?|[^u])/g;

const linesOf = (content: string): readonly string[] => content.split(/\r\n|\r|\n/);

/** The line with an escape that java.util.Properties refuses. */
const lineOfFault = (content: string): string => {
  const index = linesOf(content).findIndex(
    (line) => !/^\s*[#!]/.test(line) && [...line.matchAll(UNICODE_ESCAPES)].some(([found]) => found === '\\u'),
  );
  return index < 0 ? '' : `, line ${index + 1}`;
};

/** The one thing that the library reads in another way than Java. */
const LONE_BACKSLASH = /^[ \t\f]*\\$/;

/**
 * Reads Java properties as java.util.Properties#load does: Latin-1, the last one of a key wins.
 *
 * @throws ConfigurationError that names the file and the line, never the text, which may be a password's
 */
export const readProperties = (text: ConfigurationText): Settings => {
  const { file } = text;
  const content = latin1(text);
  const lone = linesOf(content).findIndex((line) => LONE_BACKSLASH.test(line));
  if (lone >= 0) {
    throw new ConfigurationError(`${file}, line ${lone + 1}: a backslash stands alone; remove the line`);
  }
  const parse = (): Properties => {
    try {
      return new Properties(content);
    } catch {
      throw new ConfigurationError(
        `${file}${lineOfFault(content)}: \\u is not followed by four hexadecimal digits; write a backslash of a value twice`,
      );
    }
  };
  return new Map(
    parse()
      .getProperties()
      .map(({ key, value, startingLineNumber }) => [
        key,
        { value, place: { file, form: 'properties', key, line: startingLineNumber } },
      ]),
  );
};
