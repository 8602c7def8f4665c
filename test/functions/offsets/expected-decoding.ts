import { type Json, readJson } from './json-reader.ts';

/** What Replicator's records are, by the letter of the specification: the oracle of the fuzz tests. */

const fieldsOf = (json: Json | undefined): ReadonlyMap<string, Json> =>
  json?.is === 'object' ? json.fields : new Map<string, Json>();

const hasOnly = (fields: ReadonlyMap<string, Json>, ...names: readonly string[]): boolean =>
  fields.size === names.length && names.every((name) => fields.has(name));

const unwrapped = (json: Json): Json => {
  const fields = fieldsOf(json);
  return (hasOnly(fields, 'schema', 'payload') && fields.get('payload')) || json;
};

const integerOf = (json: Json | undefined, max: bigint): bigint | undefined => {
  if (json?.is !== 'number' || !/^-?[0-9]+$/.test(json.written)) {
    return undefined;
  }
  const integer = BigInt(json.written);
  return integer >= 0n && integer <= max ? integer : undefined;
};

const read = (bytes: Uint8Array): Json | undefined => {
  const json = readJson(bytes);
  return json && unwrapped(json);
};

/** The offset of a value; `null` for a tombstone, `undefined` for a malformed one. */
export const expectedOffset = (bytes: Uint8Array | null): bigint | null | undefined => {
  if (bytes === null) {
    return null;
  }
  const json = read(bytes);
  if (json?.is === 'null') {
    return null;
  }
  const fields = fieldsOf(json);
  return hasOnly(fields, 'offset') ? integerOf(fields.get('offset'), 9_223_372_036_854_775_807n) : undefined;
};

/** A key as `connector topic partition`, as `foreign`, or as `malformed`. */
export const expectedKey = (bytes: Uint8Array | null, connectors: ReadonlySet<string>): string => {
  const json = bytes === null ? undefined : read(bytes);
  const [connector, source, ...more] = json?.is === 'array' ? json.items : [];
  if (connector?.is !== 'string' || source === undefined || more.length > 0) {
    return 'malformed';
  }
  if (!connectors.has(connector.text)) {
    return source.is === 'object' || source.is === 'null' ? 'foreign' : 'malformed';
  }
  const fields = fieldsOf(source);
  const topic = fields.get('topic');
  const partition = integerOf(fields.get('partition'), 2_147_483_647n);
  const legal =
    topic?.is === 'string' && /^[a-zA-Z0-9._-]{1,249}$/.test(topic.text) && !['.', '..'].includes(topic.text);
  if (!legal || partition === undefined || !hasOnly(fields, 'topic', 'partition')) {
    return 'malformed';
  }
  return `${connector.text} ${topic.text} ${partition}`;
};
