/**
 * A number that cannot be an offset: it has a fraction, an exponent or more than 30 digits. Keeps the text as written.
 */
export class OtherNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * JSON as Kafka Connect's JsonConverter (Jackson) reads and writes it. Integers are `bigint`, because an offset is a
 * signed 64-bit integer and a double keeps only 53 bits.
 */
export type ConnectJson =
  | null
  | boolean
  | string
  | bigint
  | OtherNumber
  | readonly ConnectJson[]
  | { readonly [field: string]: ConnectJson };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** An integer of more digits is far beyond 64 bits, and one of millions of digits would take seconds to convert. */
const INTEGER = /^-?\d{1,30}$/;

// A reviver gets each number as it was written (ECMAScript's "JSON.parse source text access"). TypeScript's lib does not
// have that yet.
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (field: string, value: ConnectJson | number, context: { readonly source: string }) => ConnectJson,
) => ConnectJson;

/**
 * Parses UTF-8 JSON. A number written without fraction and exponent is an integer to Jackson, hence a `bigint` here;
 * of a field written twice the last one counts, as with Jackson.
 *
 * @throws TypeError (not UTF-8), SyntaxError (not JSON) or RangeError (nested too deeply)
 */
export const parseConnectJson = (bytes: Uint8Array): ConnectJson =>
  parseWithSource(utf8.decode(bytes), (_field, value, { source }) => {
    if (typeof value !== 'number') {
      return value;
    }
    return INTEGER.test(source) ? BigInt(source) : new OtherNumber(source);
  });

/** Whether a JSON value is an object, that is neither null nor an array. */
export const isJsonObject = (json: ConnectJson | undefined): json is { readonly [field: string]: ConnectJson } =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof OtherNumber);

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

const unicodeEscape = (codeUnit: string): string =>
  `\\u${codeUnit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Writes a JSON string with Jackson's escaping: control characters as `\u001F` (or `\b \t \n \f \r`), characters
 * outside the Basic Multilingual Plane as two `\uD83D\uDE00` escapes, everything else as it is. MM2 looks its offsets
 * up by bytes, so `JSON.stringify` (lower-case hexadecimal digits, no surrogate escapes) would not do.
 */
export const jacksonString = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON has to escape
  `"${text.replace(/["\\\u0000-\u001f\ud800-\udfff]/g, (unit) => SHORT_ESCAPES[unit] ?? unicodeEscape(unit))}"`;
