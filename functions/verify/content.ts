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
const LENGTH_BYTES = 4;
const TIMESTAMP_BYTES = 8;

/** Parts of a record, each of which is written with its length: no two lists of parts have the same bytes then. */
const partsOf = ({ key, value, headers }: RecordContent, provenanceHeader: string): (Uint8Array | null)[] => {
  const parts: (Uint8Array | null)[] = [key, value];
  const names = Object.keys(headers);
  if (names.length === 0) {
    return parts;
  }
  for (const name of names.filter((one) => one !== provenanceHeader).sort()) {
    const values = headers[name] ?? null;
    const list = Array.isArray(values) ? (values as readonly (Buffer | null)[]) : [values as Buffer | null];
    for (const one of list) {
      parts.push(Buffer.from(name), one);
    }
  }
  return parts;
};

/** Used again for every record that fits: millions of small buffers would cost more than the fingerprints. */
const scratch = Buffer.alloc(64 * 1024);

/**
 * Fingerprints what a record and its copy share: key, value, headers but for provenance, and the timestamp. Two records
 * have the same fingerprint (SHA-256) when these are the same. kafkajs does not keep the order of headers of different
 * names, so it does not count.
 *
 * @returns 32 characters, one for each byte
 */
export const contentOf = (
  record: RecordContent,
  { timestamps, provenanceHeader = REPLICATOR_PROVENANCE_HEADER }: ContentOptions,
): string => {
  const parts = partsOf(record, provenanceHeader);
  let length = timestamps ? TIMESTAMP_BYTES : 0;
  for (const part of parts) {
    length += LENGTH_BYTES + (part?.length ?? 0);
  }
  const bytes = length <= scratch.length ? scratch : Buffer.allocUnsafe(length);
  let position = 0;
  for (const part of parts) {
    position = bytes.writeUInt32BE(part?.length ?? NULL_LENGTH, position);
    if (part !== null) {
      bytes.set(part, position);
      position += part.length;
    }
  }
  if (timestamps) {
    bytes.writeDoubleBE(record.timestamp, position);
  }
  return hash('sha256', bytes.subarray(0, length), 'binary');
};
