import { describe, expect, test } from '@jest/globals';
import type { Flow } from '../../../functions/offsets/flow.ts';
import { createLastRecords, type Mm2Record, type Outcome } from '../../../functions/offsets/last-records.ts';
import type { Place } from '../../../functions/offsets/place.ts';
import { encodePlace } from '../../../functions/offsets/place.ts';
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
  readonly outcome?: Outcome;
}

const record = (
  { partition = 7, timestamp = 5, key = KEY, value = '{"offset":1}', committed = true, outcome }: Content = {},
  header?: string,
): Mm2Record => ({
  partition,
  offset: 0n,
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  provenance: header === undefined ? undefined : Buffer.from(header),
  outcome: outcome ?? (committed ? 'committed' : 'aborted'),
});

const theirs = (content: Content = {}) => record(content);
const ours = (offset: bigint, content: Content = {}) => record(content, encodePlace(place(offset)));
const returned = (content: Content = {}) => record(content, 'returned');
const handedBack = (content: Content = {}) => record({ value: null, ...content }, 'handed-back');

const standingsIn = (flow: Flow, ...records: readonly Mm2Record[]) => {
  const lastRecords = createLastRecords([flow]);
  for (const one of records) {
    lastRecords.read(one);
  }
  return lastRecords;
};
const standingsOf = (...records: readonly Mm2Record[]) => standingsIn(aFlow(), ...records);

describe('the last record of a key', () => {
  test('is nothing for a key that was never written', () => {
    expect(standingsOf().get(KEY)).toBeUndefined();
  });

  test('is ours by its header, with its place and value', () => {
    expect(standingsOf(theirs(), ours(4n)).get(KEY)).toEqual({
      kind: 'ours',
      place: place(4n),
      value: '{"offset":1}',
      timestamp: 5,
      committed: true,
      chokes: false,
    });
  });

  test('may be our tombstone', () => {
    expect(standingsOf(ours(4n), ours(5n, { value: null })).get(KEY)).toMatchObject({ kind: 'ours', value: null });
  });

  test('may be of a transaction that is open or was aborted', () => {
    expect(standingsOf(ours(4n, { committed: false })).get(KEY)).toMatchObject({ kind: 'ours', committed: false });
  });

  test("is somebody else's without a header, value or tombstone", () => {
    expect(standingsOf(ours(4n), theirs({ timestamp: 9 })).get(KEY)).toEqual({
      kind: 'theirs',
      value: Buffer.from('{"offset":1}'),
      timestamp: 9,
      overwritten: false,
      chokes: false,
    });
    expect(standingsOf(ours(4n), theirs({ value: null })).get(KEY)).toEqual({
      kind: 'theirs',
      value: null,
      timestamp: 5,
      overwritten: false,
      chokes: false,
    });
  });

  test.each(['', 'ours', '{"offset":1}', encodePlace(place(4n)).slice(1)])(
    "is somebody else's with the header %j, which is not one of ours",
    (header) => {
      expect(standingsOf(record({}, header)).get(KEY)?.kind).toBe('theirs');
    },
  );

  test("is somebody else's where their value was put back", () => {
    expect(standingsOf(theirs(), ours(4n), returned({ timestamp: 9 })).get(KEY)).toEqual({
      kind: 'theirs',
      value: Buffer.from('{"offset":1}'),
      timestamp: 9,
      overwritten: false,
      chokes: false,
    });
  });

  test('is nothing after a tombstone that hands the key back, until it is written again', () => {
    expect(standingsOf(theirs(), handedBack()).get(KEY)).toBeUndefined();
    expect(standingsOf(theirs(), handedBack(), ours(4n)).get(KEY)?.kind).toBe('ours');
    expect(standingsOf(theirs(), handedBack(), theirs()).get(KEY)?.kind).toBe('theirs');
    expect(standingsOf(ours(4n), handedBack()).get(KEY)).toBeUndefined();
  });

  test("is somebody else's where a value, not a tombstone, has the header that hands a key back", () => {
    expect(standingsOf(ours(4n), handedBack({ value: '{"offset":1}', timestamp: 9 })).get(KEY)).toEqual({
      kind: 'theirs',
      value: Buffer.from('{"offset":1}'),
      timestamp: 9,
      overwritten: false,
      chokes: false,
    });
  });

  test('is what the sync wrote', () => {
    const lastRecords = standingsOf(ours(4n));

    lastRecords.wrote(7, KEY, '{"offset":2}', place(5n));

    expect(lastRecords.get(KEY)).toEqual({
      kind: 'ours',
      place: place(5n),
      value: '{"offset":2}',
      timestamp: expect.any(Number),
      committed: true,
      chokes: false,
    });
  });
});

describe("somebody else's transaction", () => {
  const open = (content: Content = {}) => theirs({ outcome: 'open', ...content });
  const aborted = (content: Content = {}) => theirs({ outcome: 'aborted', ...content });

  test('leaves the key undecided while it is open', () => {
    expect(standingsOf(ours(4n), open()).get(KEY)).toMatchObject({ kind: 'undecided' });
    expect(standingsOf(open()).get(KEY)).toMatchObject({ kind: 'undecided' });
    expect(standingsOf(open({ partition: 2 }), ours(4n)).get(KEY)).toMatchObject({ kind: 'undecided' });
  });

  test('stays undecided where an attempt of ours over it has failed', () => {
    expect(standingsOf(open(), ours(4n, { committed: false })).get(KEY)).toMatchObject({ kind: 'undecided' });
  });

  test('counts once it is committed, when it is read again', () => {
    expect(standingsOf(ours(4n), open(), theirs({ value: '{"offset":500}' })).get(KEY)).toMatchObject({
      kind: 'theirs',
      value: Buffer.from('{"offset":500}'),
    });
  });

  test.each([
    ['ours', [ours(4n)], { kind: 'ours', place: place(4n) }],
    ["somebody else's", [theirs({ value: '{"offset":10}' })], { kind: 'theirs', value: Buffer.from('{"offset":10}') }],
    ['nothing', [], undefined],
  ] as const)('never was when it is aborted: before it stood %s', (_what, before, expected) => {
    for (const records of [
      [...before, aborted()],
      [...before, open(), aborted()],
      [...before, open(), open(), aborted()],
    ]) {
      if (expected === undefined) {
        expect(standingsOf(...records).get(KEY)).toBeUndefined();
      } else {
        expect(standingsOf(...records).get(KEY)).toMatchObject(expected);
      }
    }
  });

  test('that was aborted is not what is put back after a lost race, but what was committed before it', () => {
    const lastRecords = standingsOf(
      theirs({ value: '{"offset":10}' }),
      aborted({ value: '{"offset":500}' }),
      ours(7n, { committed: false }),
    );

    expect(lastRecords.overwritten()).toEqual([KEY]);
    expect(lastRecords.get(KEY)).toMatchObject({ value: Buffer.from('{"offset":10}') });
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
    const lastRecords = standingsOf(theirs({ key }), theirs({ key, value: '{"offset":"1"}' }));

    expect(lastRecords.get(key)).toBeUndefined();
    expect(lastRecords.choking()).toEqual([]);
  });

  test('that are absent are not kept', () => {
    expect(standingsOf(theirs({ key: null })).get('')).toBeUndefined();
  });

  test('of every flow of the topic are kept, with names that JSON has to escape', () => {
    const lastRecords = createLastRecords([aFlow(), aFlow({ mm2Connector: 'a->"b"', sourceAlias: '😀' })]);
    const escaped = '["a->\\"b\\"",{"cluster":"\\uD83D\\uDE00","partition":2,"topic":"foo"}]';

    lastRecords.read(theirs());
    lastRecords.read(theirs({ key: escaped }));

    expect(lastRecords.get(KEY)?.kind).toBe('theirs');
    expect(lastRecords.get(escaped)?.kind).toBe('theirs');
  });
});

describe('a key in two partitions, which MM2 reads in no defined order', () => {
  const both = [theirs({ partition: 2 }), ours(4n, { partition: 7 })];

  test.each([
    ['first', both],
    ['last', both.toReversed()],
  ])("is somebody else's where their record is read %s", (_which, records) => {
    expect(standingsOf(...records).get(KEY)?.kind).toBe('theirs');
  });

  test("stays somebody else's while only the other partition changes", () => {
    expect(standingsOf(...both, ours(5n, { partition: 7 })).get(KEY)?.kind).toBe('theirs');
  });

  test('is ours when both are', () => {
    expect(standingsOf(ours(4n, { partition: 2 }), ours(5n, { partition: 7 })).get(KEY)).toMatchObject({
      kind: 'ours',
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

  test.each([
    ['after their record', 9, undefined],
    ['at the same time as their record', 5, 'theirs'],
    ['before their record', 1, 'theirs'],
  ])('is handed back by one in the other partition %s or not, whichever is read first', (_when, timestamp, owner) => {
    const records = [theirs({ partition: 2, timestamp: 5 }), handedBack({ partition: 7, timestamp })];

    expect(standingsOf(...records).get(KEY)?.kind).toBe(owner);
    expect(standingsOf(...records.toReversed()).get(KEY)?.kind).toBe(owner);
  });

  test('is handed back only after the newest of their records', () => {
    const records = [theirs({ partition: 2, timestamp: 1 }), theirs({ partition: 3, timestamp: 9 })];

    expect(standingsOf(...records, handedBack({ timestamp: 5 })).get(KEY)).toMatchObject({ timestamp: 9 });
    expect(standingsOf(...records, handedBack({ timestamp: 10 })).get(KEY)).toBeUndefined();
  });

  test('is ours where it was handed back in one and we wrote to the other', () => {
    const records = [theirs({ partition: 2, timestamp: 5 }), handedBack({ partition: 3, timestamp: 9 }), ours(4n)];

    expect(standingsOf(...records).get(KEY)).toMatchObject({ kind: 'ours', place: place(4n) });
    expect(standingsOf(...records.toReversed()).get(KEY)).toMatchObject({ kind: 'ours', place: place(4n) });
  });

  test('is ours in one where their record in the other was followed by ours', () => {
    const records = [theirs({ partition: 2 }), ours(4n, { partition: 2 }), ours(5n, { partition: 7 })];

    expect(standingsOf(...records).get(KEY)).toMatchObject({ kind: 'ours', place: place(5n) });
  });
});

describe("somebody else's record that is older than the flow's overwriteBefore", () => {
  const flow = aFlow({ overwriteBefore: 100 });
  const old = { timestamp: 99 };

  test.each([
    ['a value', theirs(old)],
    ['a tombstone', theirs({ ...old, value: null })],
    ['a value that was put back', returned(old)],
    ['a value with the header that hands a key back', handedBack({ ...old, value: '{"offset":1}' })],
  ])('counts as absent: %s', (_what, one) => {
    expect(standingsIn(flow, one).get(KEY)).toBeUndefined();
    expect(standingsIn(flow, theirs({ timestamp: 100 }), one).get(KEY)).toBeUndefined();
  });

  test.each([
    ['of that instant', 100],
    ['newer', 101],
  ])('is not one that is %s', (_what, timestamp) => {
    expect(standingsIn(flow, theirs({ timestamp })).get(KEY)).toMatchObject({ kind: 'theirs', timestamp });
    expect(standingsIn(flow, returned({ timestamp })).get(KEY)).toMatchObject({ kind: 'theirs', timestamp });
    expect(standingsIn(flow, theirs({ timestamp, value: null })).get(KEY)).toMatchObject({ kind: 'theirs' });
  });

  test('does not hide ours in another partition, whichever is read first', () => {
    const records = [theirs({ ...old, partition: 2 }), ours(4n, { partition: 7 })];

    expect(standingsIn(flow, ...records).get(KEY)).toMatchObject({ kind: 'ours', place: place(4n) });
    expect(standingsIn(flow, ...records.toReversed()).get(KEY)).toMatchObject({ kind: 'ours', place: place(4n) });
  });

  test('does not hide a newer one of theirs in another partition', () => {
    const records = [theirs({ ...old, partition: 2 }), theirs({ timestamp: 100, partition: 7 })];

    expect(standingsIn(flow, ...records).get(KEY)).toMatchObject({ kind: 'theirs', timestamp: 100 });
    expect(standingsIn(flow, ...records.toReversed()).get(KEY)).toMatchObject({ kind: 'theirs', timestamp: 100 });
  });

  test('makes the key absent where it came after ours in the same partition', () => {
    expect(standingsIn(flow, ours(4n), theirs(old)).get(KEY)).toBeUndefined();
    expect(standingsIn(flow, ours(4n), theirs(old), ours(5n)).get(KEY)).toMatchObject({ place: place(5n) });
  });

  test('is not one that we wrote, however old', () => {
    expect(standingsIn(flow, ours(4n, old)).get(KEY)?.kind).toBe('ours');
  });

  test('is no race that we lost, and nothing to choke on: it is written over', () => {
    const choking = theirs({ ...old, value: '{"offset":"1"}' });

    expect(standingsIn(flow, theirs(old), ours(5n, { committed: false })).get(KEY)).toMatchObject({
      kind: 'ours',
      committed: false,
    });
    expect(standingsIn(flow, theirs(old), ours(5n, { committed: false })).overwritten()).toEqual([]);
    expect(standingsIn(flow, choking, ours(5n)).choking()).toEqual([]);
  });

  test('is judged by the flow that its key belongs to', () => {
    const lastRecords = createLastRecords([flow, aFlow({ name: 'b', sourceAlias: 'b' })]);
    const other = KEY.replace('primary', 'b');

    lastRecords.read(theirs(old));
    lastRecords.read(theirs({ ...old, key: other }));

    expect(lastRecords.get(KEY)).toBeUndefined();
    expect(lastRecords.get(other)).toMatchObject({ kind: 'theirs', timestamp: 99 });
  });
});

describe('a race that an instance did not live to settle', () => {
  const lost = ours(5n, { committed: false, value: '{"offset":9}' });

  test.each([
    ['a value', theirs({ timestamp: 9 }), Buffer.from('{"offset":1}')],
    ['a tombstone', theirs({ timestamp: 9, value: null }), null],
    ['a value put back before', returned({ timestamp: 9 }), Buffer.from('{"offset":1}')],
  ])(
    "leaves the key somebody else's, to be put back, where ours after %s of theirs was aborted",
    (_what, one, value) => {
      const lastRecords = standingsOf(ours(4n), one, lost);

      expect(lastRecords.get(KEY)).toEqual({ kind: 'theirs', value, timestamp: 9, overwritten: true, chokes: false });
      expect(lastRecords.overwritten()).toEqual([KEY]);
    },
  );

  test('is seen also where several of ours came after theirs', () => {
    const lastRecords = standingsOf(theirs(), lost, ours(6n, { committed: false }));

    expect(lastRecords.get(KEY)).toMatchObject({ kind: 'theirs', overwritten: true });
    expect(lastRecords.overwritten()).toEqual([KEY]);
  });

  test.each([
    ['ours after theirs that was committed', [theirs(), ours(5n)], 'ours'],
    ['ours that was aborted after ours', [theirs(), ours(4n), lost], 'ours'],
    ['ours that was aborted, with nothing before', [lost], 'ours'],
    ['ours that was aborted after the key was handed back', [theirs(), handedBack(), lost], 'ours'],
    ['theirs after ours', [lost, theirs()], 'theirs'],
    ['theirs in another partition', [theirs({ partition: 2 }), lost], 'theirs'],
    ['theirs after it', [theirs(), lost, theirs()], 'theirs'],
    ['their value put back after it', [theirs(), lost, returned()], 'theirs'],
    ['ours that was committed after it', [theirs(), lost, ours(6n)], 'ours'],
    ['the key handed back after it', [theirs(), lost, handedBack()], undefined],
  ])('is none with %s', (_what, records, owner) => {
    const lastRecords = standingsOf(...records);

    expect(lastRecords.overwritten()).toEqual([]);
    expect(lastRecords.get(KEY)?.kind).toBe(owner);
    expect(lastRecords.get(KEY)).not.toEqual(expect.objectContaining({ overwritten: true }));
  });

  test('is settled once their value was put back, which stays theirs', () => {
    const lastRecords = standingsOf(theirs({ timestamp: 9 }), lost);

    lastRecords.returned(KEY);

    expect(lastRecords.overwritten()).toEqual([]);
    expect(lastRecords.get(KEY)).toMatchObject({ kind: 'theirs', timestamp: 9, overwritten: false });
  });

  test('is one for each key', () => {
    const other = KEY.replace('foo', 'bar');
    const lastRecords = standingsOf(theirs(), theirs({ key: other }), lost, ours(5n, { key: other, committed: false }));

    expect(lastRecords.overwritten()).toEqual([KEY, other]);
    lastRecords.returned(KEY);

    expect(lastRecords.overwritten()).toEqual([other]);
    expect(lastRecords.get(other)).toMatchObject({ overwritten: true });
  });

  test('leaves what would choke MM2 reported, for it is what is put back', () => {
    const choking = theirs({ value: '{"offset":"1"}' });

    expect(standingsOf(choking, lost).choking()).toEqual([KEY]);
    expect(standingsOf(theirs(), ours(5n, { committed: false, value: '{"offset":"1"}' })).choking()).toEqual([]);
  });
});

describe("a value that would kill MM2's task", () => {
  // What chokes was measured with MirrorUtils#unwrapOffset, JsonConverter and OffsetUtils#validateFormat of Kafka 4.3.1.
  test.each([
    '{"offset":"1"}',
    '{"offset":1.5}',
    '{"offset":1.0}',
    '{"offset":1e3}',
    '{"offset":1,"offset":"2"}',
    '{"offset":true}',
    '{"offset":false}',
  ])('%s is reported', (value) => {
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
    const lastRecords = standingsOf(theirs({ value: '{"offset":"1"}' }));

    lastRecords.wrote(7, KEY, '{"offset":1}', place(4n));

    expect(lastRecords.choking()).toEqual([]);
  });

  test('is reported in one of two partitions, whatever stands in the other', () => {
    const records = [theirs({ partition: 2, value: '{"offset":"1"}' }), theirs({ partition: 7 })];

    expect(standingsOf(...records.toReversed()).choking()).toEqual([KEY]);
    expect(standingsOf(...records).choking()).toEqual([KEY]);
    expect(standingsOf(...records, theirs({ partition: 2 })).choking()).toEqual([]);
  });

  test('is reported in ours in one partition until we write over it there', () => {
    const lastRecords = standingsOf(theirs({ partition: 2, value: '{"offset":true}' }));

    lastRecords.wrote(7, KEY, '{"offset":1}', place(4n));
    expect(lastRecords.choking()).toEqual([KEY]);

    lastRecords.wrote(2, KEY, '{"offset":1}', place(5n));
    expect(lastRecords.choking()).toEqual([]);
  });
});
