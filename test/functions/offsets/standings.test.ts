import { describe, expect, test } from '@jest/globals';
import type { Place } from '../../../functions/offsets/place.ts';
import { encodePlace } from '../../../functions/offsets/place.ts';
import { createStandings, type Mm2Record } from '../../../functions/offsets/standings.ts';
import { aFlow } from '../a-flow.ts';

const KEY = '["MirrorSourceConnector",{"cluster":"primary","partition":2,"topic":"foo"}]';

const place = (offset: bigint): Place => ({
  eventSource: 'arn:a',
  topic: 'connect-offsets',
  partition: 3,
  offset,
  timestamp: 1_700_000_000_000 + Number(offset),
});

interface Content {
  readonly partition?: number;
  readonly timestamp?: number;
  readonly key?: string | null;
  readonly value?: string | null;
  readonly committed?: boolean;
}

const record = (
  { partition = 7, timestamp = 5, key = KEY, value = '{"offset":1}', committed = true }: Content = {},
  header?: string,
): Mm2Record => ({
  partition,
  offset: 0n,
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  provenance: header === undefined ? undefined : Buffer.from(header),
  committed,
});

const theirs = (content: Content = {}) => record(content);
const ours = (offset: bigint, content: Content = {}) => record(content, encodePlace(place(offset)));
const returned = (content: Content = {}) => record(content, 'returned');
const handedBack = (content: Content = {}) => record({ value: null, ...content }, 'handed-back');

const standingsOf = (...records: readonly Mm2Record[]) => {
  const standings = createStandings([aFlow()]);
  for (const one of records) standings.read(one);
  return standings;
};

describe('the last record of a key', () => {
  test('is nothing for a key that was never written', () => {
    expect(standingsOf().get(KEY)).toBeUndefined();
  });

  test('is ours by its header, with its place and value', () => {
    expect(standingsOf(theirs(), ours(4n)).get(KEY)).toEqual({
      owner: 'ours',
      place: place(4n),
      value: '{"offset":1}',
      committed: true,
    });
  });

  test('may be our tombstone', () => {
    expect(standingsOf(ours(4n), ours(5n, { value: null })).get(KEY)).toMatchObject({ owner: 'ours', value: null });
  });

  test('may be of a transaction that is open or was aborted', () => {
    expect(standingsOf(ours(4n, { committed: false })).get(KEY)).toMatchObject({ owner: 'ours', committed: false });
  });

  test("is somebody else's without a header, value or tombstone", () => {
    expect(standingsOf(ours(4n), theirs({ timestamp: 9 })).get(KEY)).toEqual({
      owner: 'theirs',
      value: Buffer.from('{"offset":1}'),
      timestamp: 9,
    });
    expect(standingsOf(ours(4n), theirs({ value: null })).get(KEY)).toEqual({
      owner: 'theirs',
      value: null,
      timestamp: 5,
    });
  });

  test.each(['', 'ours', '{"offset":1}', encodePlace(place(4n)).slice(1)])(
    "is somebody else's with the header %j, which is not one of ours",
    (header) => {
      expect(standingsOf(record({}, header)).get(KEY)?.owner).toBe('theirs');
    },
  );

  test("is somebody else's where their value was put back", () => {
    expect(standingsOf(theirs(), ours(4n), returned({ timestamp: 9 })).get(KEY)).toEqual({
      owner: 'theirs',
      value: Buffer.from('{"offset":1}'),
      timestamp: 9,
    });
  });

  test('is nothing after a tombstone that hands the key back, until it is written again', () => {
    expect(standingsOf(theirs(), handedBack()).get(KEY)).toBeUndefined();
    expect(standingsOf(theirs(), handedBack(), ours(4n)).get(KEY)?.owner).toBe('ours');
    expect(standingsOf(theirs(), handedBack(), theirs()).get(KEY)?.owner).toBe('theirs');
  });

  test('is what the sync wrote', () => {
    const standings = standingsOf(ours(4n));

    standings.wrote(7, KEY, '{"offset":2}', place(5n));

    expect(standings.get(KEY)).toEqual({ owner: 'ours', place: place(5n), value: '{"offset":2}', committed: true });
  });
});

describe('keys', () => {
  test.each([
    ['of another connector', '["MirrorCheckpointConnector",{"cluster":"primary","partition":2,"topic":"foo"}]'],
    ['of another cluster', '["MirrorSourceConnector",{"cluster":"secondary","partition":2,"topic":"foo"}]'],
    [
      'of a cluster whose name begins alike',
      '["MirrorSourceConnector",{"cluster":"primary2","partition":2,"topic":"foo"}]',
    ],
    ['that MM2 never finds', '["MirrorSourceConnector",{"topic":"foo","partition":2,"cluster":"primary"}]'],
    ['that are no JSON', 'foo'],
    ['that are empty', ''],
  ])('%s are not kept', (_what, key) => {
    const standings = standingsOf(theirs({ key }), theirs({ key, value: '{"offset":"1"}' }));

    expect(standings.get(key)).toBeUndefined();
    expect(standings.choking()).toEqual([]);
  });

  test('that are absent are not kept', () => {
    expect(standingsOf(theirs({ key: null })).get('')).toBeUndefined();
  });

  test('of every flow of the topic are kept, with names that JSON has to escape', () => {
    const standings = createStandings([aFlow(), aFlow({ mm2Connector: 'a->"b"', sourceAlias: '😀' })]);
    const escaped = '["a->\\"b\\"",{"cluster":"\\uD83D\\uDE00","partition":2,"topic":"foo"}]';

    standings.read(theirs());
    standings.read(theirs({ key: escaped }));

    expect(standings.get(KEY)?.owner).toBe('theirs');
    expect(standings.get(escaped)?.owner).toBe('theirs');
  });
});

describe('a key in two partitions, which MM2 reads in no defined order', () => {
  const both = [theirs({ partition: 2 }), ours(4n, { partition: 7 })];

  test.each([
    ['first', both],
    ['last', both.toReversed()],
  ])("is somebody else's where their record is read %s", (_which, records) => {
    expect(standingsOf(...records).get(KEY)?.owner).toBe('theirs');
  });

  test("stays somebody else's while only the other partition changes", () => {
    expect(standingsOf(...both, ours(5n, { partition: 7 })).get(KEY)?.owner).toBe('theirs');
  });

  test('is ours when both are', () => {
    expect(standingsOf(ours(4n, { partition: 2 }), ours(5n, { partition: 7 })).get(KEY)).toMatchObject({
      owner: 'ours',
      place: place(5n),
    });
  });

  test('counts as ours from the later place, whichever partition is read first', () => {
    expect(standingsOf(ours(5n, { partition: 2 }), ours(4n, { partition: 7 })).get(KEY)).toMatchObject({
      place: place(5n),
    });
  });

  test("counts as somebody else's by the newer record, whichever partition is read first", () => {
    const records = [theirs({ partition: 2, timestamp: 1 }), theirs({ partition: 7, timestamp: 9 })];

    expect(standingsOf(...records.toReversed()).get(KEY)).toMatchObject({ timestamp: 9 });
    expect(standingsOf(...records).get(KEY)).toMatchObject({ timestamp: 9 });
  });

  test('is handed back for one partition alone the same way, whichever partition is read first', () => {
    const records = [theirs({ partition: 2 }), handedBack({ partition: 7 })];

    expect(standingsOf(...records).get(KEY)?.owner).toBe(standingsOf(...records.toReversed()).get(KEY)?.owner);
  });
});

describe('a race that an instance did not live to settle', () => {
  test("leaves the key somebody else's where our record after theirs was aborted", () => {
    expect(standingsOf(ours(4n), theirs(), ours(5n, { committed: false })).get(KEY)?.owner).toBe('theirs');
  });
});

describe("a value that would kill MM2's task", () => {
  // What chokes was measured with MirrorUtils#unwrapOffset, JsonConverter and OffsetUtils#validateFormat of Kafka 4.3.1.
  test.each(['{"offset":"1"}', '{"offset":1.5}', '{"offset":1.0}', '{"offset":1e3}', '{"offset":1,"offset":"2"}'])(
    '%s is reported',
    (value) => {
      expect(standingsOf(theirs({ value })).choking()).toEqual([KEY]);
    },
  );

  test.each(['{"offset":true}', '{"offset":false}'])('%s is reported', (value) => {
    expect(standingsOf(theirs({ value })).choking()).toEqual([KEY]);
  });

  test.each([
    '{"offset":1}',
    '{"offset":-1}',
    '{"offset":-0}',
    '{"offset":null}',
    '{"offset":99999999999999999999}',
    '{"offset":[]}',
    '{"offset":{}}',
    '{}',
    'null',
    '"1"',
    '[1.5]',
    '{"schema":null,"payload":{"offset":"1"}}',
    'not JSON',
    '',
    null,
  ])('%s is not one', (value) => {
    expect(standingsOf(theirs({ value })).choking()).toEqual([]);
  });

  test('is reported in our own records, too', () => {
    expect(standingsOf(ours(4n, { value: '{"offset":"1"}' })).choking()).toEqual([KEY]);
  });

  test('is forgotten once a sound value or a tombstone stands in its place', () => {
    const choking = theirs({ value: '{"offset":"1"}' });

    expect(standingsOf(choking, theirs()).choking()).toEqual([]);
    expect(standingsOf(choking, theirs({ value: null })).choking()).toEqual([]);
    expect(standingsOf(choking, handedBack()).choking()).toEqual([]);
  });

  test('is forgotten once the sync wrote over it', () => {
    const standings = standingsOf(theirs({ value: '{"offset":"1"}' }));

    standings.wrote(7, KEY, '{"offset":1}', place(4n));

    expect(standings.choking()).toEqual([]);
  });

  test('is reported in one of two partitions, whatever stands in the other', () => {
    const records = [theirs({ partition: 2, value: '{"offset":"1"}' }), theirs({ partition: 7 })];

    expect(standingsOf(...records.toReversed()).choking()).toEqual([KEY]);
    expect(standingsOf(...records).choking()).toEqual([KEY]);
  });
});
