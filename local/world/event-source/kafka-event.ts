/** A record as the poller read it from Kafka. */
export interface PolledRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: bigint;
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  /** `null` for a record without a key. */
  readonly key: Buffer | null;
  /** `null` for a tombstone. */
  readonly value: Buffer | null;
  readonly headers: readonly PolledHeader[];
}

/** A record header. Kafka allows a name more than once, and no value. */
export interface PolledHeader {
  readonly name: string;
  readonly value: Buffer | null;
}

/** What stands in every event of one mapping. */
export interface EventOrigin {
  readonly eventSourceArn: string;
  /** Brokers as `host:port,host:port`. */
  readonly bootstrapServers: string;
}

export interface BatchLimits {
  /** @default MAX_BATCH_SIZE */
  readonly records?: number;
  /** Bytes of the event's JSON in UTF-8. @default MAX_PAYLOAD_BYTES */
  readonly bytes?: number;
}

/**
 * The most records that a mapping may ask for at once (`BatchSize`,
 * https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html).
 */
export const MAX_BATCH_SIZE = 10_000;

/**
 * Lambda's limit on a synchronous invocation's payload, which no mapping can change
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html says "6 MB"). They are binary megabytes:
 * Invoke refuses more with "Request must be smaller than 6291456 bytes".
 */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** A record that no event can hold, even alone. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
}

/**
 * Collects records into one event of the MSK event source:
 *
 *     {"eventSource":"aws:kafka","eventSourceArn":…,"bootstrapServers":…,
 *      "records":{"connect-offsets-0":[{"topic":…,"partition":0,"offset":15,"timestamp":1545084650987,
 *        "timestampType":"CREATE_TIME","key":"<base64>","value":"<base64>","headers":[{"name":[104,-61]}]}]}}
 *
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html). The text is built by hand because an offset is a
 * 64-bit integer and a JSON number: `JSON.stringify` would need it to pass through a double.
 */
export class EventBatch {
  readonly #origin: EventOrigin;
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  /** The records' JSON by the name that the event gives their partition. */
  readonly #partitions = new Map<string, string[]>();
  readonly #nextOffsets = new Map<string, NextOffset>();
  #recordCount = 0;
  #bytes: number;

  constructor(origin: EventOrigin, limits: BatchLimits = {}) {
    this.#origin = origin;
    this.#maxRecords = limits.records ?? MAX_BATCH_SIZE;
    this.#maxBytes = limits.bytes ?? MAX_PAYLOAD_BYTES;
    this.#bytes = Buffer.byteLength(this.toJson());
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  /** How long `toJson()` is, in bytes of UTF-8. */
  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#recordCount === this.#maxRecords;
  }

  /**
   * Adds a record behind those of its partition.
   *
   * @returns false, with nothing changed, when the batch has no room for it
   * @throws RecordTooLargeError when it is too large for an empty batch
   */
  offer(record: PolledRecord): boolean {
    if (this.isFull) {
      return false;
    }
    const partitionName = `${record.topic}-${record.partition}`;
    const json = recordJson(record);
    const grown = this.#bytes + this.#growth(partitionName, json);
    if (grown > this.#maxBytes) {
      if (this.#recordCount === 0) {
        throw new RecordTooLargeError(
          `the record at offset ${record.offset} of ${record.topic}, partition ${record.partition}, makes an event of ` +
            `${grown} bytes, and Lambda takes no more than ${this.#maxBytes}: remove the record from the topic, or ` +
            'give the topic a max.message.bytes that keeps such records out',
        );
      }
      return false;
    }
    const records = this.#partitions.get(partitionName);
    if (records) {
      records.push(json);
    } else {
      this.#partitions.set(partitionName, [json]);
    }
    this.#nextOffsets.set(partitionName, {
      topic: record.topic,
      partition: record.partition,
      offset: record.offset + 1n,
    });
    this.#recordCount += 1;
    this.#bytes = grown;
    return true;
  }

  /** What to commit once the function has taken the batch: for every partition the offset after its last record. */
  nextOffsets(): readonly NextOffset[] {
    return [...this.#nextOffsets.values()];
  }

  /** The event as the function gets it. */
  toJson(): string {
    const { eventSourceArn, bootstrapServers } = this.#origin;
    const partitions = [...this.#partitions].map(([name, records]) => `${JSON.stringify(name)}:[${records.join(',')}]`);
    return (
      `{"eventSource":"aws:kafka","eventSourceArn":${JSON.stringify(eventSourceArn)},` +
      `"bootstrapServers":${JSON.stringify(bootstrapServers)},"records":{${partitions.join(',')}}}`
    );
  }

  /** How many bytes longer the event gets by a record. */
  #growth(partitionName: string, json: string): number {
    const record = Buffer.byteLength(json);
    if (this.#partitions.has(partitionName)) {
      return record + ','.length;
    }
    const comma = this.#partitions.size > 0 ? ','.length : 0;
    return comma + Buffer.byteLength(JSON.stringify(partitionName)) + ':[]'.length + record;
  }
}

/** Where a consumer group goes on in a partition. */
export interface NextOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

const recordJson = (record: PolledRecord): string => {
  const fields = [
    `"topic":${JSON.stringify(record.topic)}`,
    `"partition":${record.partition}`,
    `"offset":${record.offset}`,
    `"timestamp":${record.timestamp}`,
    `"timestampType":"${record.timestampType}"`,
  ];
  // A null key or value is left out, not written as null (aws-powertools/powertools-lambda-typescript#4988).
  if (record.key !== null) {
    fields.push(`"key":"${record.key.toString('base64')}"`);
  }
  if (record.value !== null) {
    fields.push(`"value":"${record.value.toString('base64')}"`);
  }
  fields.push(`"headers":[${record.headers.map(headerJson).join(',')}]`);
  return `{${fields.join(',')}}`;
};

/** A header's bytes are Java's, so signed. */
const headerJson = ({ name, value }: PolledHeader): string => {
  return `{${JSON.stringify(name)}:${JSON.stringify(value === null ? null : [...new Int8Array(value)])}}`;
};
