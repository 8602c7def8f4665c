import { isJsonObject, parseConnectJson } from './connect-json.ts';

/** Where a record of Replicator's offsets topic stands. An offset written for MM2 names it as its provenance. */
export interface Place {
  /** The ARN of the cluster that the event source reads. */
  readonly eventSource: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch, by the clock of the Connect worker that flushed it. */
  readonly timestamp: number;
}

/** Writes a place in the form that a record header has. */
export const encodePlace = ({ eventSource, topic, partition, offset, timestamp }: Place): string =>
  `{"eventSource":${JSON.stringify(eventSource)},"topic":${JSON.stringify(topic)},"partition":${partition},"offset":${offset},"timestamp":${timestamp}}`;

/** Reads what {@link encodePlace} wrote; `undefined` for anything else. */
export const decodePlace = (bytes: Uint8Array): Place | undefined => {
  try {
    const json = parseConnectJson(bytes);
    if (!isJsonObject(json)) {
      return undefined;
    }
    const { eventSource, topic, partition, offset, timestamp } = json;
    const known =
      typeof eventSource === 'string' &&
      typeof topic === 'string' &&
      typeof partition === 'bigint' &&
      typeof offset === 'bigint' &&
      typeof timestamp === 'bigint';
    return known
      ? { eventSource, topic, partition: Number(partition), offset, timestamp: Number(timestamp) }
      : undefined;
  } catch {
    return undefined;
  }
};

/** How a place compares to another one. */
export type PlaceOrder =
  | { readonly kind: 'same' | 'earlier' | 'unrelated' }
  | { readonly kind: 'later'; readonly recreated: boolean }
  /** Records of two partitions have no order: only their timestamps say which is newer. */
  | { readonly kind: 'earlier' | 'later'; readonly ambiguous: true };

/**
 * Milliseconds by which Connect workers' clocks may differ. A larger difference means that the topic was created anew.
 */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

/** Whether {@link comparePlaces} needs the end of the partition to decide. */
export const needsPartitionEnd = (place: Place, other: Place): boolean =>
  isSamePartition(place, other) && place.offset <= other.offset && !isSamePlace(place, other);

const isSameTopic = (a: Place, b: Place): boolean => a.eventSource === b.eventSource && a.topic === b.topic;
const isSamePartition = (a: Place, b: Place): boolean => isSameTopic(a, b) && a.partition === b.partition;
const isSamePlace = (a: Place, b: Place): boolean =>
  isSamePartition(a, b) && a.offset === b.offset && a.timestamp === b.timestamp;

/**
 * Tells whether `place` lies after `other`.
 *
 * | event source, topic | partition | offset | timestamp | the partition's end | `place` is |
 * | --- | --- | --- | --- | --- | --- |
 * | another | any | any | any | any | unrelated |
 * | same | same | higher | any | any | later |
 * | same | same | equal | equal | any | the same |
 * | same | same | lower or equal | any | at or below `other`: created anew | later, recreated |
 * | same | same | lower or equal | newer by more than 10 minutes: created anew | any | later, recreated |
 * | same | same | lower or equal | anything else | above `other` | earlier |
 * | same | another | any | newer (of equal ones the higher partition) | any | later, ambiguous |
 * | same | another | any | older | any | earlier, ambiguous |
 *
 * @param end The end offset of `place`'s partition, where {@link needsPartitionEnd} says that it matters.
 */
export const comparePlaces = (place: Place, other: Place, end?: bigint): PlaceOrder => {
  if (!isSameTopic(place, other)) {
    return { kind: 'unrelated' };
  }
  if (place.partition !== other.partition) {
    const newer = place.timestamp - other.timestamp || place.partition - other.partition;
    return { kind: newer > 0 ? 'later' : 'earlier', ambiguous: true };
  }
  if (place.offset > other.offset) {
    return { kind: 'later', recreated: false };
  }
  if (isSamePlace(place, other)) {
    return { kind: 'same' };
  }
  const recreated =
    (end !== undefined && end <= other.offset) || place.timestamp - other.timestamp > CLOCK_TOLERANCE_MS;
  return recreated ? { kind: 'later', recreated } : { kind: 'earlier' };
};
