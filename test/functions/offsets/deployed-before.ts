import type { LastRecord } from '../../../functions/offsets/last-records.ts';
import { PROVENANCE_HEADER, placeHeader } from '../../../functions/offsets/provenance.ts';
import type { Translation } from '../../../functions/offsets/translate.ts';

/*
 * The decision of a function that was deployed before there were proofs, as version 0.1.0 had it. It stays as it is: what
 * is written today has to mean the right thing to it as well.
 */

interface PlaceBefore {
  readonly eventSource: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
}

/** What it read of a header: five fields, whatever else there was. */
const decodeBefore = (header: string): PlaceBefore => {
  const { eventSource, topic, partition, timestamp } = JSON.parse(header);
  return { eventSource, topic, partition, offset: BigInt(/"offset":(\d+)/.exec(header)?.[1] ?? -1), timestamp };
};

const CLOCK_TOLERANCE_MS = 10 * 60_000;

const isSamePartition = (a: PlaceBefore, b: PlaceBefore): boolean =>
  a.eventSource === b.eventSource && a.topic === b.topic && a.partition === b.partition;

const needsEnd = (place: PlaceBefore, other: PlaceBefore): boolean => {
  if (!isSamePartition(place, other) || place.offset === other.offset) {
    return false;
  }
  return place.offset > other.offset ? place.timestamp <= other.timestamp : place.timestamp >= other.timestamp;
};

const isOfLaterTopic = (lower: PlaceBefore, higher: PlaceBefore, end: bigint | undefined): boolean =>
  lower.timestamp - higher.timestamp > CLOCK_TOLERANCE_MS ||
  (end !== undefined && lower.offset < end && higher.offset >= end);

const compare = (place: PlaceBefore, other: PlaceBefore, end: bigint | undefined): string => {
  if (place.eventSource !== other.eventSource || place.topic !== other.topic) {
    return 'unrelated';
  }
  const newer = place.timestamp - other.timestamp;
  if (place.partition !== other.partition) {
    return (newer || place.partition - other.partition) > 0 ? 'later' : 'earlier';
  }
  if (place.offset === other.offset && place.timestamp === other.timestamp) {
    return 'same';
  }
  if (place.offset === other.offset || !needsEnd(place, other)) {
    return newer > 0 ? 'later' : 'earlier';
  }
  const isLower = place.offset < other.offset;
  const recreated = isLower ? isOfLaterTopic(place, other, end) : isOfLaterTopic(other, place, end);
  return isLower === recreated ? 'later' : 'earlier';
};

/** What it decided, by the header that stands in the topic. */
export const decideBefore = (
  { flow, place, value }: Translation,
  last: LastRecord | undefined,
  end?: bigint,
): 'write' | 'repeat' | 'undecided' | 'taken-over' => {
  if (last === undefined) {
    return 'write';
  }
  if (last.kind !== 'ours') {
    return last.kind === 'theirs' ? 'taken-over' : 'undecided';
  }
  const standing = decodeBefore(placeHeader(last.place)[PROVENANCE_HEADER] ?? '');
  switch (compare(place, standing, needsEnd(place, standing) ? end : undefined)) {
    case 'unrelated':
      return last.timestamp < (flow.overwriteBefore ?? 0) ? 'write' : 'taken-over';
    case 'same':
      return (last.value?.toString() ?? null) === value ? 'repeat' : 'write';
    case 'earlier':
      return 'repeat';
    default:
      return 'write';
  }
};
