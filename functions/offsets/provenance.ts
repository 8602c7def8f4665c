import { decodePlace, encodePlace, type Place } from './place.ts';

/**
 * The header that every record of the sync has in MM2's offsets topics, and no record of anybody else. MM2 ignores
 * headers there (org.apache.kafka.connect.storage.KafkaOffsetBackingStore keeps key and value only).
 */
export const PROVENANCE_HEADER = 'mm2-migration';

/** A record's headers by name; a list where a name comes more than once. A header's value can be null. */
export type Headers = Readonly<Record<string, Uint8Array | null | readonly (Uint8Array | null)[]>>;

/** What the header says of its record. */
export type Provenance =
  /** Written by the sync, from this place; or by a repair, as a proof that departs from it. */
  | { readonly kind: 'ours'; readonly place: Place }
  /** Written by the sync, but the value is somebody else's, put back after a race; when they wrote it, where it says. */
  | { readonly kind: 'returned'; readonly timestamp: number | undefined }
  /** A tombstone by which a person hands the key back to the sync. */
  | { readonly kind: 'handed-back' }
  /** It has no such header, or one that cannot be read: then it counts as somebody else's. */
  | { readonly kind: 'theirs' };

const HANDED_BACK = 'handed-back';
const RETURNED = /^returned(?: (\d{1,15}))?$/;

/** The header of a record that comes from a place. */
export const placeHeader = (place: Place): Readonly<Record<string, string>> => ({
  [PROVENANCE_HEADER]: encodePlace(place),
});

/**
 * The header of somebody else's value that is put back: `returned 1700000000000`.
 *
 * @param timestamp When they wrote it, in milliseconds since the epoch. The record itself is stamped anew, for a topic
 *   can refuse old timestamps (`message.timestamp.before.max.ms`, KIP-937).
 */
export const returnedHeader = (timestamp: number): Readonly<Record<string, string>> => ({
  [PROVENANCE_HEADER]: `returned ${timestamp}`,
});

const lastOf = (header: Headers[string] | undefined): Uint8Array | null | undefined =>
  header instanceof Uint8Array ? header : header?.at(-1);

/** Reads the provenance of a record in MM2's offsets topic from its headers; of several headers the last one counts. */
export const provenanceOf = (headers: Headers): Provenance => {
  const header = lastOf(Object.hasOwn(headers, PROVENANCE_HEADER) ? headers[PROVENANCE_HEADER] : undefined);
  if (header === undefined || header === null) {
    return { kind: 'theirs' };
  }
  const text = Buffer.from(header).toString();
  if (text === HANDED_BACK) {
    return { kind: HANDED_BACK };
  }
  const returned = RETURNED.exec(text);
  if (returned) {
    return { kind: 'returned', timestamp: returned[1] === undefined ? undefined : Number(returned[1]) };
  }
  const place = decodePlace(header);
  return place ? { kind: 'ours', place } : { kind: 'theirs' };
};
