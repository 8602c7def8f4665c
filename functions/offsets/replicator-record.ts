import { type ConnectJson, isJsonObject, OtherNumber, parseConnectJson } from './connect-json.ts';
import { topicNameFault } from './topic-name.ts';

/** A partition of a source topic, as Replicator names it in its offsets. */
export interface SourcePartition {
  readonly topic: string;
  readonly partition: number;
}

/** What the key of a record in Replicator's offsets topic can be. */
export type DecodedKey =
  | { readonly kind: 'ours'; readonly connector: string; readonly source: SourcePartition }
  | { readonly kind: 'foreign'; readonly connector: string }
  | { readonly kind: 'malformed'; readonly reason: string; readonly connector?: string };

/** What the value of a record in Replicator's offsets topic can be. */
export type DecodedValue =
  | { readonly kind: 'offset'; readonly offset: bigint }
  | { readonly kind: 'tombstone' }
  | { readonly kind: 'malformed'; readonly reason: string };

const MAX_INT32 = 2n ** 31n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
const EXCERPT_LENGTH = 120;

/** Shows a value at fault, shortened for a log line. */
const excerpt = (text: string): string =>
  text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH)}… (${text.length} characters)` : text;

const show = (json: ConnectJson | undefined): string => {
  if (json === undefined) {
    return 'missing';
  }
  if (typeof json === 'bigint') {
    return `${json}`;
  }
  if (json instanceof OtherNumber) {
    return excerpt(json.text);
  }
  // Numbers inside an object or a list may lose digits here: the fault is that there is an object or a list.
  const approximate = (_field: string, value: ConnectJson) => {
    if (typeof value === 'bigint') {
      return Number(value);
    }
    return value instanceof OtherNumber ? Number(value.text) : value;
  };
  try {
    return excerpt(JSON.stringify(json, approximate));
  } catch {
    return 'nested too deeply to show';
  }
};

const malformed = (reason: string) => ({ kind: 'malformed', reason }) as const;

/** Unwraps `{"schema":…,"payload":…}`, which JsonConverter writes with `schemas.enable=true`. */
const unwrap = (json: ConnectJson): ConnectJson => {
  if (!isJsonObject(json) || Object.keys(json).length !== 2) {
    return json;
  }
  const { schema, payload } = json;
  return schema === undefined || payload === undefined ? json : payload;
};

type Parsed = { readonly kind: 'json'; readonly json: ConnectJson } | ReturnType<typeof malformed>;

const parse = (what: string, bytes: Buffer): Parsed => {
  try {
    return { kind: 'json', json: unwrap(parseConnectJson(bytes)) };
  } catch {
    return malformed(`the ${what} is not JSON in UTF-8: ${excerpt(bytes.toString('latin1'))}`);
  }
};

const unknownField = (object: object, known: readonly string[]): string | undefined =>
  Object.keys(object).find((field) => !known.includes(field));

const decodeSourcePartition = (connector: string, json: ConnectJson): DecodedKey => {
  const fault = (reason: string): DecodedKey => ({ ...malformed(reason), connector });
  if (!isJsonObject(json)) {
    return fault(`the source partition is ${show(json)}, not an object`);
  }
  const { topic, partition } = json;
  if (typeof topic !== 'string') {
    return fault(`the source partition's "topic" is ${show(topic)}, not a string`);
  }
  const nameFault = topicNameFault(topic);
  if (nameFault) {
    return fault(`the source partition's "topic" ${nameFault}: ${show(topic)}`);
  }
  if (typeof partition !== 'bigint' || partition < 0n || partition > MAX_INT32) {
    return fault(`the source partition's "partition" is ${show(partition)}, not an integer from 0 to ${MAX_INT32}`);
  }
  const unknown = unknownField(json, ['topic', 'partition']);
  if (unknown !== undefined) {
    return fault(`the source partition has an unknown field ${show(unknown)}`);
  }
  return { kind: 'ours', connector, source: { topic, partition: Number(partition) } };
};

/** What Replicator writes nearly always. It says the same to a parser, which takes ten times as long. */
const PLAIN_KEY = /^\["([\w.> -]+)",\{"topic":"([\w-][\w.-]{0,248})","partition":(0|[1-9]\d{0,8})\}\]$/;
const PLAIN_VALUE = /^\{"offset":(0|[1-9]\d{0,17})\}$/;

const decodePlainKey = (key: Buffer, connectors: ReadonlySet<string>): DecodedKey | undefined => {
  const [, connector, topic, partition] = PLAIN_KEY.exec(key.toString('latin1')) ?? [];
  return connector !== undefined && topic !== undefined && connectors.has(connector)
    ? { kind: 'ours', connector, source: { topic, partition: Number(partition) } }
    : undefined;
};

/**
 * Decodes a key of Replicator's offsets topic: `["replicator",{"topic":"foo","partition":2}]`, bare or in a schema
 * envelope. All connectors of a Connect cluster share the topic: keys of any other connector than `connectors` are
 * foreign, whatever object stands for their source partition. Never throws: a key that is none of this is malformed,
 * with the reason.
 */
export const decodeKey = (key: Buffer | null, connectors: ReadonlySet<string>): DecodedKey => {
  if (key === null) {
    return malformed('the record has no key');
  }
  const plain = decodePlainKey(key, connectors);
  if (plain) {
    return plain;
  }
  const parsed = parse('key', key);
  if (parsed.kind === 'malformed') {
    return parsed;
  }
  const { json } = parsed;
  const [connector, source] = Array.isArray(json) && json.length === 2 ? (json as readonly ConnectJson[]) : [];
  if (typeof connector !== 'string' || source === undefined) {
    return malformed(`the key is ${show(json)}, not ["connector",{source partition}]`);
  }
  if (connectors.has(connector)) {
    return decodeSourcePartition(connector, source);
  }
  // Connect writes `null` for a connector that has no source partition.
  if (source === null || isJsonObject(source)) {
    return { kind: 'foreign', connector };
  }
  return malformed(`the key is ${show(json)}, not ["connector",{source partition}]`);
};

/**
 * Decodes a value of Replicator's offsets topic: `{"offset":1}`, bare or in a schema envelope. A null value (the
 * offset was reset) is a tombstone, and so is JSON's `null`, which Connect reads as one.
 * Never throws: a value that is none of this is malformed, with the reason.
 */
export const decodeValue = (value: Buffer | null): DecodedValue => {
  if (value === null) {
    return { kind: 'tombstone' };
  }
  const [, digits] = PLAIN_VALUE.exec(value.toString('latin1')) ?? [];
  if (digits !== undefined) {
    return { kind: 'offset', offset: BigInt(digits) };
  }
  const parsed = parse('value', value);
  if (parsed.kind === 'malformed') {
    return parsed;
  }
  const { json } = parsed;
  if (json === null) {
    return { kind: 'tombstone' };
  }
  if (!isJsonObject(json)) {
    return malformed(`the value is ${show(json)}, not {"offset":n}`);
  }
  const { offset } = json;
  if (typeof offset !== 'bigint' || offset < 0n || offset > MAX_INT64) {
    return malformed(`the value's "offset" is ${show(offset)}, not an integer from 0 to ${MAX_INT64}`);
  }
  const unknown = unknownField(json, ['offset']);
  if (unknown !== undefined) {
    return malformed(`the value has an unknown field ${show(unknown)}`);
  }
  return { kind: 'offset', offset };
};
