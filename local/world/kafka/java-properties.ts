/** Settings of a Java program, by name. */
export type JavaProperties = Readonly<Record<string, string>>;

/**
 * Writes settings as `java.util.Properties.load` reads them, one a line. What that method would take for a
 * separator, a comment, an escape or a line's end is escaped, and so is what is not ASCII: it reads Latin-1.
 */
export const formatProperties = (properties: JavaProperties): string => {
  return Object.entries(properties)
    .map(
      ([name, value]) => `${escapeText(name).replaceAll(/[ :=]/g, '\\$&')}=${escapeText(value).replace(/^ /, '\\ ')}\n`,
    )
    .join('');
};

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f' };

const escapeText = (text: string): string => {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(/[\n\r\t\f]/g, (character) => ESCAPES[character] ?? character)
    .replace(/^[#!]/, '\\$&')
    .replaceAll(/[^ -~\\]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
};
