/**
 * Writes the key under which a Connect worker keeps Replicator's offset of a source partition:
 *
 *     ["replicator",{"topic":"foo","partition":2}]
 *
 * Compact, the fields in this order. A worker finds an offset by these very bytes (Kafka's OffsetStorageReaderImpl),
 * so they have to be the same at every start. Topic names are ASCII; for a connector name with control characters
 * Connect's JSON would differ from this.
 */
export const sourceOffsetKey = (connector: string, topic: string, partition: number): string => {
  return `[${JSON.stringify(connector)},{"topic":${JSON.stringify(topic)},"partition":${partition}}]`;
};

/** Writes the value beside it: the offset of the last record that was copied, `{"offset":1}`. */
export const sourceOffsetValue = (offset: bigint): string => {
  return `{"offset":${offset}}`;
};

/**
 * Reads such a value, however its JSON is spaced.
 *
 * @throws Error when it is anything else
 */
export const parseSourceOffset = (value: string): bigint => {
  // Not by JSON.parse: the offset is a 64-bit integer, and must not pass through a double.
  const [, digits] = /^\s*\{\s*"offset"\s*:\s*(\d+)\s*\}\s*$/.exec(value) ?? [];
  if (digits === undefined) {
    throw new Error(`'${value}' is not a source offset like {"offset":1}: write one, or a tombstone, under its key`);
  }
  return BigInt(digits);
};
