import { hash } from 'node:crypto';

/** What of a record its copy shares. */
export interface RecordContent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** By name; a list where a name comes more than once. A header's value can be null. */
  readonly headers: Readonly<Record<string, Buffer | null | readonly (Buffer | null)[]>>;
}

/**
 * The header that Replicator adds to every copy where `provenance.header.enable` is set: the origin's cluster id, topic
 * and timestamp. A copy has it and its source record has not, or has another one.
 */
export const REPLICATOR_PROVENANCE_HEADER = '__replicator_id';

/** What is left out of a comparison. */
export interface ContentOptions {
  /** False where the target topic stamps its own time (`message.timestamp.type=LogAppendTime`), or may do so. */
  readonly timestamps: boolean;
  /** The header that the copier adds. @default {@link REPLICATOR_PROVENANCE_HEADER} */
  readonly provenanceHeader?: string;
}

const NULL_LENGTH = 0xff_ff_ff_ff;

/** A length, then the bytes: no two lists of parts have the same concatenation. */
const part = (bytes: Uint8Array | null): readonly Uint8Array[] => {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(bytes?.length ?? NULL_LENGTH);
  return bytes === null ? [length] : [length, bytes];
};

/**
 * Fingerprints what a record and its copy share: key, value, headers but for provenance, and the timestamp. Two records
 * have the same fingerprint (SHA-256) when these are the same. kafkajs does not keep the order of headers of different
 * names, so it does not count.
 */
export const contentOf = (
  { timestamp, key, value, headers }: RecordContent,
  { timestamps, provenanceHeader = REPLICATOR_PROVENANCE_HEADER }: ContentOptions,
): string => {
  const parts = [...part(key), ...part(value)];
  const names = Object.keys(headers);
  if (names.length > 0) {
    for (const name of names.filter((one) => one !== provenanceHeader).sort()) {
      const values = headers[name] ?? null;
      const list = Array.isArray(values) ? (values as readonly (Buffer | null)[]) : [values as Buffer | null];
      for (const one of list) {
        parts.push(...part(Buffer.from(name)), ...part(one));
      }
    }
  }
  if (timestamps) {
    const time = Buffer.allocUnsafe(8);
    time.writeBigInt64BE(BigInt(timestamp));
    parts.push(time);
  }
  return hash('sha256', Buffer.concat(parts), 'base64url');
};
