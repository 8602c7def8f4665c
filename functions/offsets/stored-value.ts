import { isJsonObject, OtherNumber, parseConnectJson } from './connect-json.ts';

/** What MM2 makes of a value in its offsets topic when it starts. */
export type StoredValue =
  /** A tombstone, or JSON's `null`: no offset, on purpose. */
  | { readonly kind: 'none' }
  /** MM2 resumes at the record after this one. */
  | { readonly kind: 'usable'; readonly offset: bigint }
  /** MM2 takes it for no offset, says nothing that matters, and copies everything again. */
  | { readonly kind: 'ignored'; readonly reason: string }
  /** MM2's task dies of it, until somebody restarts it. */
  | { readonly kind: 'fatal'; readonly reason: string };

/** What MM2 and the sync write nearly always. It says the same to a parser, which takes ten times as long. */
const PLAIN = /^\{"offset":(0|[1-9]\d{0,17})\}$/;
/** Longer numbers are refused by Jackson (StreamReadConstraints), and the value is no JSON then. */
const MAX_DIGITS = 1_000;
const WHOLE = /^-?\d+$/;

const ignored = (reason: string) => ({ kind: 'ignored', reason }) as const;
const fatal = (type: string) => ({ kind: 'fatal', reason: `its "offset" is ${type}, not an integer` }) as const;

/** The integer that Java makes of a number without fraction and exponent: `BigInteger.longValue` keeps 64 bits. */
const toLong = (number: bigint): bigint => BigInt.asIntN(64, number);

const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

/** Where the object that begins the text ends: after the brace that closes it, those in strings apart. */
const endOfObject = (text: string): number => {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') {
      depth += 1;
    } else if (token === '}') {
      depth -= 1;
      if (depth === 0) {
        return index + 1;
      }
    }
  }
  return text.length;
};

/**
 * Parses what Jackson's `readTree` reads: the first value, whatever comes after it, and after a byte order mark. Of other
 * values than objects MM2 makes nothing, so where they end does not matter.
 */
const parse = (value: Buffer) => {
  const hasMark = BYTE_ORDER_MARK.every((byte, index) => value[index] === byte);
  const bytes = hasMark ? value.subarray(BYTE_ORDER_MARK.length) : value;
  try {
    return parseConnectJson(bytes);
  } catch {
    const text = bytes.toString('latin1').trimStart();
    if (!text.startsWith('{')) {
      return undefined;
    }
    try {
      return parseConnectJson(Buffer.from(text.slice(0, endOfObject(text)), 'latin1'));
    } catch {
      return undefined;
    }
  }
};

/**
 * Classifies a value of MM2's offsets topic by what MM2 does with it at its start (measured on MM2 3.9.2 and 4.3.1):
 *
 * | value | MM2 |
 * | --- | --- |
 * | null, `null` | has no offset |
 * | `{"offset":12}`, with further fields of plain values or not, whatever comes after the object | resumes at 13 |
 * | `{}`, `{"offset":null}`, `{"offset":-1}` | ignores it |
 * | not JSON; no object; an object that holds an object or a list | ignores it |
 * | `{"offset":"12"}`, `{"offset":1.5}`, `{"offset":1e3}`, `{"offset":true}` | its task dies with a ClassCastException |
 *
 * The rules are JsonConverter's, OffsetStorageReaderImpl's and OffsetUtils#validateFormat's
 * (org.apache.kafka.connect.storage), then MirrorUtils#unwrapOffset's and MirrorSourceTask's
 * (org.apache.kafka.connect.mirror).
 */
export const classifyValue = (value: Buffer | null): StoredValue => {
  if (value === null) {
    return { kind: 'none' };
  }
  const [, digits] = PLAIN.exec(value.toString('latin1')) ?? [];
  if (digits !== undefined) {
    return { kind: 'usable', offset: BigInt(digits) };
  }
  const json = parse(value);
  if (json === undefined) {
    return ignored('it is no JSON');
  }
  if (json === null) {
    return { kind: 'none' };
  }
  if (!isJsonObject(json)) {
    return ignored('it is no JSON object');
  }
  const nested = Object.entries(json).find(([, field]) => Array.isArray(field) || isJsonObject(field));
  if (nested) {
    return ignored(`its field ${JSON.stringify(nested[0])} is an object or a list`);
  }
  const { offset } = json;
  if (offset === undefined || offset === null) {
    return ignored('it has no "offset"');
  }
  if (typeof offset === 'string') {
    return fatal('a string');
  }
  if (typeof offset === 'boolean') {
    return fatal('a boolean');
  }
  if (offset instanceof OtherNumber && offset.text.length > MAX_DIGITS) {
    return ignored('it is no JSON to MM2, whose numbers have at most 1,000 digits');
  }
  if (offset instanceof OtherNumber && !WHOLE.test(offset.text)) {
    return fatal('a number with a fraction or an exponent');
  }
  const long = toLong(offset instanceof OtherNumber ? BigInt(offset.text) : (offset as bigint));
  return long < 0n ? ignored(`its "offset" is negative: ${long}`) : { kind: 'usable', offset: long };
};
