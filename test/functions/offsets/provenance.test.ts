import { describe, expect, test } from '@jest/globals';
import { encodePlace } from '../../../functions/offsets/place.ts';
import { PROVENANCE_HEADER, placeHeader, provenanceOf, returnedHeader } from '../../../functions/offsets/provenance.ts';

const place = { eventSource: 'arn:a', topic: 'connect-offsets', partition: 3, offset: 2n ** 60n + 1n, timestamp: 7 };
const bytesOf = (headers: Readonly<Record<string, string>>) => Buffer.from(headers[PROVENANCE_HEADER] ?? '');

test('a record carries its provenance in the header that the README tells a person to write', () => {
  expect(placeHeader(place)).toEqual({ 'mm2-migration': encodePlace(place) });
  expect(returnedHeader).toEqual({ 'mm2-migration': 'returned' });
});

describe('the provenance of a record', () => {
  test('of ours is its place', () => {
    expect(provenanceOf(bytesOf(placeHeader(place)))).toEqual({ kind: 'ours', place });
  });

  test("of somebody else's value put back is told from ours", () => {
    expect(provenanceOf(bytesOf(returnedHeader))).toEqual({ kind: 'returned' });
  });

  test('of a tombstone that hands the key back is what the README tells a person to write', () => {
    expect(provenanceOf(Buffer.from('handed-back'))).toEqual({ kind: 'handed-back' });
  });

  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another word', 'Returned'],
    ['a word with a line end', 'handed-back\n'],
    ['the word as JSON', '"handed-back"'],
    ['a place cut short', encodePlace(place).slice(0, -1)],
    ['a place of an older form', '{"topic":"connect-offsets","partition":3,"offset":1}'],
  ])('with %s is somebody else', (_what, header) => {
    expect(provenanceOf(header === undefined ? undefined : Buffer.from(header))).toEqual({ kind: 'theirs' });
  });

  test('with garbage for a header is somebody else', () => {
    expect(provenanceOf(Uint8Array.from([0xff, 0x00, 0xfe]))).toEqual({ kind: 'theirs' });
  });
});
