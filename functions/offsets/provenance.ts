import { decodePlace, encodePlace, type Place } from './place.ts';

/**
 * The header that every record of the sync has in MM2's offsets topics, and no record of anybody else. MM2 ignores
 * headers there (org.apache.kafka.connect.storage.KafkaOffsetBackingStore keeps key and value only).
 */
export const PROVENANCE_HEADER = 'mm2-migration';

/** What the header says of its record. */
export type Provenance =
  /** Written by the sync, from this place. */
  | { readonly kind: 'ours'; readonly place: Place }
  /** Written by the sync, but the value is somebody else's, put back after a race. */
  | { readonly kind: 'returned' }
  /** A tombstone by which a person hands the key back to the sync. */
  | { readonly kind: 'handed-back' }
  /** It has no such header, or one that cannot be read: then it counts as somebody else's. */
  | { readonly kind: 'theirs' };

const RETURNED = 'returned';
const HANDED_BACK = 'handed-back';

/** The header of a record that comes from a place. */
export const placeHeader = (place: Place): Readonly<Record<string, string>> => ({
  [PROVENANCE_HEADER]: encodePlace(place),
});

/** The header of somebody else's value that is put back. */
export const returnedHeader: Readonly<Record<string, string>> = { [PROVENANCE_HEADER]: RETURNED };

/** Reads the provenance of a record in MM2's offsets topic from its header's bytes. */
export const provenanceOf = (header: Uint8Array | undefined): Provenance => {
  if (header === undefined) {
    return { kind: 'theirs' };
  }
  const text = Buffer.from(header).toString();
  if (text === RETURNED || text === HANDED_BACK) {
    return { kind: text };
  }
  const place = decodePlace(header);
  return place ? { kind: 'ours', place } : { kind: 'theirs' };
};
