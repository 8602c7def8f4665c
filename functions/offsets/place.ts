import { isJsonObject, parseConnectJson } from './connect-json.ts';

/**
 * Where a record of Replicator's offsets topic stands, or what has been proven from there. An offset written for MM2 names
 * it as its provenance.
 */
export interface Place {
  /** The ARN of the cluster that the event source reads. */
  readonly eventSource: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch, by the clock of the Connect worker that flushed it. */
  readonly timestamp: number;
  /**
   * What was written is not this record's offset, but one that a comparison of records has proven when this was
   * Replicator's last record. It lies right after the record itself, and before every later one: a repeat of the record
   * leaves it, and Replicator's next flush replaces it.
   */
  readonly isProof?: true;
}

/** By how many milliseconds a proof's header is later than the record that it departs from. */
const PROOF_DELAY_MS = 1;

/**
 * Writes a place in the form that a record header has:
 * `{"eventSource":"arn:…","topic":"connect-offsets","partition":3,"offset":41,"timestamp":1700000000000}`.
 *
 * A proof has `"proof":true` besides, and a timestamp that is {@link PROOF_DELAY_MS} later. A function of a version that
 * knows no proofs reads the rest alone: the same offset with a later timestamp, which it lets no repeat of the record, and
 * nothing that is earlier, overwrite (`comparePlaces`). With the record's own timestamp it would write the record's value
 * again, for to it that would be one place with two values.
 */
export const encodePlace = ({ eventSource, topic, partition, offset, timestamp, isProof }: Place): string => {
  const [at, proof] = isProof ? [timestamp + PROOF_DELAY_MS, ',"proof":true'] : [timestamp, ''];
  return `{"eventSource":${JSON.stringify(eventSource)},"topic":${JSON.stringify(topic)},"partition":${partition},"offset":${offset},"timestamp":${at}${proof}}`;
};

/** What {@link encodePlace} writes nearly always. It says the same to a parser, which takes ten times as long. */
const PLAIN =
  /^\{"eventSource":"([\w:/.-]*)","topic":"([\w.-]*)","partition":(0|[1-9]\d{0,9}),"offset":(0|[1-9]\d{0,17}),"timestamp":(0|[1-9]\d{0,14})\}$/;

const decodePlain = (bytes: Uint8Array): Place | undefined => {
  const [, eventSource, topic, partition, offset, timestamp] = PLAIN.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  return eventSource === undefined || topic === undefined || offset === undefined
    ? undefined
    : { eventSource, topic, partition: Number(partition), offset: BigInt(offset), timestamp: Number(timestamp) };
};

/** Reads what {@link encodePlace} wrote; `undefined` for anything else. */
export const decodePlace = (bytes: Uint8Array): Place | undefined => {
  const plain = decodePlain(bytes);
  if (plain) {
    return plain;
  }
  try {
    const json = parseConnectJson(bytes);
    if (!isJsonObject(json)) {
      return undefined;
    }
    const { eventSource, topic, partition, offset, timestamp, proof } = json;
    const known =
      typeof eventSource === 'string' &&
      typeof topic === 'string' &&
      typeof partition === 'bigint' &&
      typeof offset === 'bigint' &&
      typeof timestamp === 'bigint';
    if (!known) {
      return undefined;
    }
    const place: Place = { eventSource, topic, partition: Number(partition), offset, timestamp: Number(timestamp) };
    return proof === true ? { ...place, timestamp: place.timestamp - PROOF_DELAY_MS, isProof: true } : place;
  } catch {
    return undefined;
  }
};

/** How a place compares to another one. */
export type PlaceOrder =
  | { readonly kind: 'same' | 'unrelated' }
  | {
      readonly kind: 'earlier' | 'later';
      /** Two partitions have no order between them: only their clocks decide. */
      readonly ambiguous: boolean;
      /** The two lie in two topics of the same name, of which one was deleted. */
      readonly recreated: boolean;
    };

/** Connect workers' clocks may differ by minutes; by more than this, in milliseconds, only another topic differs. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

const isSameTopic = (a: Place, b: Place): boolean => a.eventSource === b.eventSource && a.topic === b.topic;
const isSamePartition = (a: Place, b: Place): boolean => isSameTopic(a, b) && a.partition === b.partition;
const isSamePlace = (a: Place, b: Place): boolean =>
  isSamePartition(a, b) && a.offset === b.offset && a.timestamp === b.timestamp;

/**
 * Whether {@link comparePlaces} needs the end of the partition to decide: where offsets and clocks do not agree, either
 * two workers' clocks differ, or the topic was created anew.
 */
export const needsPartitionEnd = (place: Place, other: Place): boolean => {
  if (!isSamePartition(place, other) || place.offset === other.offset) {
    return false;
  }
  return place.offset > other.offset ? place.timestamp <= other.timestamp : place.timestamp >= other.timestamp;
};

/**
 * Whether the lower offset of two is of a topic that came after the higher one's: the clocks say so, or it can lie in the
 * present topic and the higher one cannot.
 */
const isOfLaterTopic = (lower: Place, higher: Place, end: bigint | undefined): boolean =>
  lower.timestamp - higher.timestamp > CLOCK_TOLERANCE_MS ||
  (end !== undefined && lower.offset < end && higher.offset >= end);

/**
 * Tells whether `place` lies after `other`.
 *
 * | event source, topic | partition | offset | timestamp | `place` is |
 * | --- | --- | --- | --- | --- |
 * | another | any | any | any | unrelated |
 * | same | another | any | newer (of equal ones the higher partition) | later, ambiguous |
 * | same | another | any | older | earlier, ambiguous |
 * | same | same | equal | equal | the same; of the record and the proof that departs from it, the proof is later |
 * | same | same | equal | newer, older: one offset in two topics | later, earlier; recreated |
 * | same | same | higher | newer | later |
 * | same | same | higher | not newer | later; earlier and recreated when it lies in a deleted topic, `other` in the present one |
 * | same | same | lower | older | earlier |
 * | same | same | lower | not older | earlier; later and recreated when `other` lies in a deleted topic, it in the present one |
 *
 * A deleted topic's record is known by its offset, which lies beyond the present end while the other one's does not, or
 * by its clock, which is behind by more than 10 minutes although its offset is ahead. Within these minutes a record counts
 * as one of the present topic only if it can lie there; and always only if it is not older than what it would replace: so
 * a late delivery from a deleted topic never rewinds.
 *
 * @param end The end offset of `place`'s partition, where {@link needsPartitionEnd} says that it matters.
 */
export const comparePlaces = (place: Place, other: Place, end?: bigint): PlaceOrder => {
  if (!isSameTopic(place, other)) {
    return { kind: 'unrelated' };
  }
  const newer = place.timestamp - other.timestamp;
  if (place.partition !== other.partition) {
    const kind = (newer || place.partition - other.partition) > 0 ? 'later' : 'earlier';
    return { kind, ambiguous: true, recreated: false };
  }
  if (isSamePlace(place, other)) {
    return place.isProof === other.isProof
      ? { kind: 'same' }
      : { kind: place.isProof ? 'later' : 'earlier', ambiguous: false, recreated: false };
  }
  if (place.offset === other.offset) {
    return { kind: newer > 0 ? 'later' : 'earlier', ambiguous: false, recreated: true };
  }
  if (!needsPartitionEnd(place, other)) {
    return { kind: newer > 0 ? 'later' : 'earlier', ambiguous: false, recreated: false };
  }
  const isLower = place.offset < other.offset;
  const recreated = isLower ? isOfLaterTopic(place, other, end) : isOfLaterTopic(other, place, end);
  return { kind: isLower === recreated ? 'later' : 'earlier', ambiguous: false, recreated };
};
