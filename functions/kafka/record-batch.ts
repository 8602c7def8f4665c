import kafkajs from 'kafkajs';
import { KafkaError } from '../errors.ts';

/** A record as it was fetched. */
export interface FetchedRecord {
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** By name; a list where a name comes more than once. A header's value can be null. */
  readonly headers: Readonly<Record<string, Buffer | null | readonly (Buffer | null)[]>>;
}

/** A record batch as it was fetched; compaction may have left none of its records. */
export interface FetchedBatch {
  readonly producerId: bigint;
  readonly inTransaction: boolean;
  /** Whether it holds a transaction's marker instead of records. */
  readonly isControlBatch: boolean;
  /** The offset after the last one that the batch ever had. */
  readonly end: bigint;
  readonly records: readonly FetchedRecord[];
}

/** Where the fields of a batch stand (https://kafka.apache.org/documentation/#recordbatch). */
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;
/** The length counts what comes after itself. */
const BEFORE_LENGTH = 12;
/** The form that Kafka writes since 0.11. */
const MAGIC = 2;

const COMPRESSION = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

type Codec = () => { decompress(bytes: Buffer): Promise<Buffer> };

/** By the number that a batch's attributes have; those that kafkajs lacks are registered (`codecs.ts`). */
const codecs: Readonly<Record<number, Codec | undefined>> = kafkajs.CompressionCodecs;

const NO_HEADERS: FetchedRecord['headers'] = {};

const damaged = () => new KafkaError('A record batch ends in the middle of a record: it is damaged');

/** Reads the fields of records, one after the other. */
class RecordReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#position;
  }

  /** @throws KafkaError beyond the end, which only damaged bytes have in the middle of a record */
  skipTo(position: number): void {
    if (position > this.#bytes.length) {
      throw damaged();
    }
    this.#position = position;
  }

  #byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) {
      throw damaged();
    }
    this.#position += 1;
    return byte;
  }

  /** A varint in zigzag form: the lowest bit of the first byte is the sign, seven bits a byte, the lowest first. */
  varint(): number {
    let byte = this.#byte();
    const isNegative = (byte & 1) === 1;
    let magnitude = (byte & 0x7f) >> 1;
    for (let scale = 64; byte >= 0x80; scale *= 128) {
      byte = this.#byte();
      magnitude += (byte & 0x7f) * scale;
    }
    return isNegative ? -magnitude - 1 : magnitude;
  }

  /** Bytes behind their length; `null` for a length below zero. */
  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) {
      return null;
    }
    const from = this.#position;
    this.skipTo(from + length);
    return this.#bytes.subarray(from, from + length);
  }
}

const readHeaders = (reader: RecordReader): FetchedRecord['headers'] => {
  const count = reader.varint();
  if (count <= 0) {
    return NO_HEADERS;
  }
  // A header can have the name of what every object has.
  const headers: Record<string, Buffer | null | (Buffer | null)[]> = Object.create(null);
  for (let header = 0; header < count; header += 1) {
    const name = reader.bytes()?.toString() ?? '';
    const value = reader.bytes();
    const known = headers[name];
    headers[name] = known === undefined ? value : [known, value].flat();
  }
  return headers;
};

const decodeRecords = (bytes: Buffer, count: number, base: bigint, timeOf: (delta: number) => number) => {
  const reader = new RecordReader(bytes);
  const records: FetchedRecord[] = [];
  for (let record = 0; record < count; record += 1) {
    const length = reader.varint();
    const start = reader.position;
    reader.skipTo(start + 1); // attributes, of which there are none
    const timestamp = timeOf(reader.varint());
    const offset = base + BigInt(reader.varint());
    records.push({ offset, timestamp, key: reader.bytes(), value: reader.bytes(), headers: readHeaders(reader) });
    reader.skipTo(start + length);
  }
  return records;
};

/** Decodes the whole of one batch. */
const decodeBatch = async (batch: Buffer): Promise<FetchedBatch> => {
  const attributes = batch.readInt16BE(ATTRIBUTES_AT);
  const base = batch.readBigInt64BE(0);
  const baseTimestamp = Number(batch.readBigInt64BE(BASE_TIMESTAMP_AT));
  const maxTimestamp = Number(batch.readBigInt64BE(MAX_TIMESTAMP_AT));
  const timeOf =
    (attributes & LOG_APPEND_TIME) > 0 ? () => maxTimestamp : (delta: number): number => baseTimestamp + delta;
  const codec = codecs[attributes & COMPRESSION];
  const records = batch.subarray(RECORDS_AT);
  const count = batch.readInt32BE(COUNT_AT);
  return {
    producerId: batch.readBigInt64BE(PRODUCER_ID_AT),
    inTransaction: (attributes & TRANSACTIONAL) > 0,
    isControlBatch: (attributes & CONTROL) > 0,
    end: base + BigInt(batch.readInt32BE(LAST_OFFSET_DELTA_AT)) + 1n,
    records: decodeRecords(codec && count > 0 ? await codec().decompress(records) : records, count, base, timeOf),
  };
};

/**
 * Decodes the batches of a fetch. kafkajs's own decoder overflows the stack at a batch of some 200,000 records, tells
 * nothing of batches that compaction has emptied, and takes three times as long.
 *
 * @param bytes The last batch may be cut off, and is left out then.
 * @throws KafkaError for a batch of before Kafka 0.11, or a damaged one
 */
export const decodeBatches = async (bytes: Buffer): Promise<readonly FetchedBatch[]> => {
  const batches: FetchedBatch[] = [];
  for (let start = 0; start + RECORDS_AT <= bytes.length; ) {
    const magic = bytes.readInt8(start + MAGIC_AT);
    if (magic !== MAGIC) {
      throw new KafkaError(
        `A record batch has the format ${magic}, of before Kafka 0.11, which cannot be read here: let Kafka write the ` +
          'topic anew in the present format',
      );
    }
    const end = start + BEFORE_LENGTH + bytes.readInt32BE(start + LENGTH_AT);
    if (end > bytes.length) {
      break;
    }
    if (end < start + RECORDS_AT) {
      throw damaged();
    }
    batches.push(await decodeBatch(bytes.subarray(start, end)));
    start = end;
  }
  return batches;
};
