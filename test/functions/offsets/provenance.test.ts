import { describe, expect, test } from '@jest/globals';
import { encodePlace } from '../../../functions/offsets/place.ts';
import {
  type Headers,
  PROVENANCE_HEADER,
  placeHeader,
  provenanceOf,
  returnedHeader,
} from '../../../functions/offsets/provenance.ts';

const place = { eventSource: 'arn:a', topic: 'connect-offsets', partition: 3, offset: 2n ** 60n + 1n, timestamp: 7 };
const headersOf = (header: Uint8Array | string | null | undefined): Headers =>
  header === undefined ? {} : { [PROVENANCE_HEADER]: typeof header === 'string' ? Buffer.from(header) : header };

describe('the provenance of a record', () => {
  test('of ours is its place', () => {
    expect(provenanceOf(headersOf(placeHeader(place)[PROVENANCE_HEADER]))).toEqual({ kind: 'ours', place });
  });

  test("of somebody else's value put back is told from ours, with the time of their record", () => {
    expect(returnedHeader(1_700_000_000_000)).toEqual({ 'mm2-migration': 'returned 1700000000000' });
    expect(provenanceOf(headersOf('returned 1700000000000'))).toEqual({
      kind: 'returned',
      timestamp: 1_700_000_000_000,
    });
    expect(provenanceOf(headersOf('returned'))).toEqual({ kind: 'returned', timestamp: undefined });
  });

  test('of a tombstone that hands the key back is what the documentation tells a person to write', () => {
    expect(provenanceOf(headersOf('handed-back'))).toEqual({ kind: 'handed-back' });
  });

  test.each([
    ['no header', undefined],
    ['a header that is null', null],
    ['an empty header', ''],
    ['another word', 'Returned'],
    ['a time that is none', 'returned soon'],
    ['a word with a line end', 'handed-back\n'],
    ['the word as JSON', '"handed-back"'],
    ['a place cut short', encodePlace(place).slice(0, -1)],
    ['a place of an older form', '{"topic":"connect-offsets","partition":3,"offset":1}'],
    ['garbage', Uint8Array.from([0xff, 0x00, 0xfe])],
  ])('with %s is somebody else', (_what, header) => {
    expect(provenanceOf(headersOf(header))).toEqual({ kind: 'theirs' });
  });

  test('with several headers is what the last one says', () => {
    const headers = (...texts: readonly (string | null)[]) => ({
      [PROVENANCE_HEADER]: texts.map((text) => (text === null ? null : Buffer.from(text))),
    });

    expect(provenanceOf(headers('garbage', 'handed-back'))).toEqual({ kind: 'handed-back' });
    expect(provenanceOf(headers('handed-back', null))).toEqual({ kind: 'theirs' });
    expect(provenanceOf(headers())).toEqual({ kind: 'theirs' });
  });

  test('is not inherited: a name that every object has is no header', () => {
    expect(provenanceOf(Object.create(headersOf('handed-back')) as Headers)).toEqual({ kind: 'theirs' });
  });
});
