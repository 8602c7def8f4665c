import { EventError } from '../errors.ts';

/** A record of a Kafka topic, as the MSK event source delivered it. */
export interface EventRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** The key in base64; `null` for a record without one. */
  readonly key: string | null;
  /** The value in base64; `null` for a tombstone. */
  readonly value: string | null;
}

/** An `aws:kafka` event: a batch of records that the event source read from the topic. */
export interface KafkaEvent {
  readonly eventSourceArn: string;
  /** The brokers in the form `host:port`. */
  readonly bootstrapServers: readonly string[];
  /** The records of each partition in the batch, in the order in which the event has them: that of their offsets. */
  readonly partitions: readonly (readonly EventRecord[])[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);
const isCount = (value: unknown): value is number => isInteger(value) && value >= 0;

/** Shows a value at fault, shortened, for an event may hold anything. */
const show = (value: unknown): string => {
  if (typeof value === 'string') {
    return JSON.stringify(value.slice(0, 120));
  }
  return typeof value === 'object' && value !== null ? 'an object or a list' : String(value);
};

const fault = (path: string, value: unknown, expected: string): EventError =>
  new EventError(
    `The event's ${path} is ${show(value)}, not ${expected}: ` +
      'subscribe this function to an MSK topic by an event source mapping, and to nothing else',
  );

/** The event source leaves a null value out, or writes null (aws-powertools/powertools-lambda-typescript#4988). */
const isBytes = (value: unknown): value is string | null | undefined =>
  typeof value === 'string' || value === undefined || value === null;

/** @param list Names the record in the event, together with its index. */
const parseRecord = (list: string, index: number, record: unknown, topic: string): EventRecord => {
  const faulty = (field: string, value: unknown, expected: string) =>
    fault(`${list}[${index}]${field}`, value, expected);
  if (!isObject(record)) {
    throw faulty('', record, 'a record');
  }
  const { partition, offset, timestamp, key, value } = record;
  if (record.topic !== topic) {
    throw new EventError(
      `The event's ${list}[${index}].topic is ${show(record.topic)}, but Replicator's offsets topic is ` +
        `configured as "${topic}": subscribe the function to that topic, or configure "replicatorOffsetsTopic"`,
    );
  }
  if (!isCount(partition)) {
    throw faulty('.partition', partition, 'a partition number');
  }
  if (!isCount(offset)) {
    throw faulty('.offset', offset, 'an offset');
  }
  if (!isInteger(timestamp)) {
    throw faulty('.timestamp', timestamp, 'milliseconds');
  }
  if (!isBytes(key)) {
    throw faulty('.key', key, 'base64');
  }
  if (!isBytes(value)) {
    throw faulty('.value', value, 'base64');
  }
  return { topic, partition, offset: BigInt(offset), timestamp, key: key ?? null, value: value ?? null };
};

/**
 * Reads the event of an MSK event source for Replicator's offsets topic:
 * `{"eventSource":"aws:kafka","eventSourceArn":…,"bootstrapServers":"host:port,…","records":{"connect-offsets-0":[…]}}`
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html). Keys and values are left in base64, because most
 * records are superseded by later ones of the batch and need no decoding.
 *
 * @throws EventError when the event is of another kind or another topic. To ignore such an event would lose it: the
 *   event source takes success as processed, and never delivers it again.
 */
export const parseKafkaEvent = (event: unknown, topic: string): KafkaEvent => {
  if (!isObject(event) || event.eventSource !== 'aws:kafka') {
    throw fault('eventSource', isObject(event) ? event.eventSource : event, '"aws:kafka"');
  }
  const { eventSourceArn, bootstrapServers, records } = event;
  if (typeof eventSourceArn !== 'string') {
    throw fault('eventSourceArn', eventSourceArn, "the cluster's ARN");
  }
  if (typeof bootstrapServers !== 'string') {
    throw fault('bootstrapServers', bootstrapServers, 'a list of host:port');
  }
  if (!isObject(records)) {
    throw fault('records', records, 'an object of lists');
  }
  const all = Object.entries(records).flatMap(([name, list]) => {
    const path = `records[${show(name)}]`;
    if (!Array.isArray(list)) {
      throw fault(path, list, 'a list of records');
    }
    return list.map((record: unknown, index) => parseRecord(path, index, record, topic));
  });
  return {
    eventSourceArn,
    bootstrapServers: bootstrapServers.split(',').filter(Boolean),
    partitions: [...Map.groupBy(all, ({ partition }) => partition).values()],
  };
};
