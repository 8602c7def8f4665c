import { describe, expect, test } from '@jest/globals';
import type { Flow } from '../../../functions/offsets/flow.ts';
import { createLastRecords, type Mm2Record } from '../../../functions/offsets/last-records.ts';
import type { Place } from '../../../functions/offsets/place.ts';
import { encodePlace } from '../../../functions/offsets/place.ts';
import { PROVENANCE_HEADER } from '../../../functions/offsets/provenance.ts';
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
  readonly offset?: bigint;
  readonly outcome?: Mm2Record['outcome'];
}

const record = (
  { partition = 7, offset = 0n, timestamp = 5, key = KEY, value = '{"offset":1}', outcome = 'committed' }: Content = {},
  header?: string,
): Mm2Record => ({
  partition,
  offset,
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: header === undefined ? {} : { [PROVENANCE_HEADER]: Buffer.from(header) },
  outcome,
});

const theirs = (content: Content = {}) => record(content);
const ours = (offset: bigint, content: Content = {}) => record(content, encodePlace(place(offset)));
const proofFrom = (offset: bigint): Place => ({ ...place(offset), isProof: true });
const proven = (offset: bigint, content: Content = {}) => record(content, encodePlace(proofFrom(offset)));
const returned = (content: Content = {}) => record(content, 'returned');
const handedBack = (content: Content = {}) => record({ value: null, ...content }, 'handed-back');

const lastRecordsIn = (flow: Flow, ...records: readonly Mm2Record[]) => {
  const lastRecords = createLastRecords([flow]);
  for (const one of records) {
    lastRecords.read(one);
  }
  return lastRecords;
};
const lastRecordsOf = (...records: readonly Mm2Record[]) => lastRecordsIn(aFlow(), ...records);

const keysOf = (restored: readonly { readonly key: string }[]) => restored.map(({ key }) => key);

describe('the last record of a key', () => {
  test('is nothing for a key that was never written', () => {
    expect(lastRecordsOf().get(KEY)).toBeUndefined();
  });

  test('is ours by its header, with its place and value', () => {
    expect(lastRecordsOf(theirs(), ours(4n)).get(KEY)).toEqual({
      kind: 'ours',
      place: place(4n),
      value: Buffer.from('{"offset":1}'),
      timestamp: 5,
    });
  });

  test('may be our tombstone', () => {
    expect(lastRecordsOf(ours(4n), ours(5n, { value: null })).get(KEY)).toMatchObject({ kind: 'ours', value: null });
  });

  test('is none of a transaction that was aborted, and undecided while one is open', () => {
    expect(lastRecordsOf(ours(4n, { outcome: 'aborted' })).get(KEY)).toBeUndefined();
    expect(lastRecordsOf(ours(4n), ours(5n, { outcome: 'aborted' })).get(KEY)).toMatchObject({ place: place(4n) });
    expect(lastRecordsOf(ours(4n, { outcome: 'open' })).get(KEY)).toEqual({ kind: 'undecided' });
  });

  test("is somebody else's without a header, value or tombstone", () => {
    expect(lastRecordsOf(ours(4n), theirs({ timestamp: 9 })).get(KEY)).toEqual({
      kind: 'theirs',
      value: Buffer.from('{"offset":1}'),
      timestamp: 9,
    });
    expect(lastRecordsOf(ours(4n), theirs({ value: null })).get(KEY)).toEqual({
      kind: 'theirs',
      value: null,
      timestamp: 5,
    });
  });

  test.each(['', 'ours', '{"offset":1}', encodePlace(place(4n)).slice(1)])(
    "is somebody else's with the header %j, which is not one of ours",
    (header) => {
      expect(lastRecordsOf(record({}, header)).get(KEY)?.kind).toBe('theirs');
    },
  );

  test.each([
    ['null', null],
    ['a list that ends in null', [Buffer.from(encodePlace(place(4n))), null]],
    ['an empty list', []],
  ])("is somebody else's where the header is %s", (_what, header) => {
    const one = { ...theirs(), headers: { [PROVENANCE_HEADER]: header } };

    expect(lastRecordsOf(ours(4n), one).get(KEY)?.kind).toBe('theirs');
  });

  test('is by the last of several headers', () => {
    const header = ['garbage', encodePlace(place(4n))].map((text) => Buffer.from(text));

    expect(lastRecordsOf({ ...theirs(), headers: { [PROVENANCE_HEADER]: header } }).get(KEY)?.kind).toBe('ours');
  });

  test('that was put back is as old as its header says', () => {
    expect(lastRecordsOf(record({ timestamp: 9 }, 'returned 4')).get(KEY)).toMatchObject({ timestamp: 4 });
  });

  test("is somebody else's where their value was put back", () => {
    expect(lastRecordsOf(theirs(), ours(4n), returned({ timestamp: 9 })).get(KEY)).toEqual({
      kind: 'theirs',
      value: Buffer.from('{"offset":1}'),
      timestamp: 9,
    });
  });

  test('is nothing after a tombstone that hands the key back, until it is written again', () => {
    expect(lastRecordsOf(theirs(), handedBack()).get(KEY)).toBeUndefined();
    expect(lastRecordsOf(theirs(), handedBack(), ours(4n)).get(KEY)?.kind).toBe('ours');
    expect(lastRecordsOf(theirs(), handedBack(), theirs()).get(KEY)?.kind).toBe('theirs');
    expect(lastRecordsOf(ours(4n), handedBack()).get(KEY)).toBeUndefined();
  });

  test("is somebody else's where a value, not a tombstone, has the header that hands a key back", () => {
    expect(lastRecordsOf(ours(4n), handedBack({ value: '{"offset":1}', timestamp: 9 })).get(KEY)).toEqual({
      kind: 'theirs',
      value: Buffer.from('{"offset":1}'),
      timestamp: 9,
    });
  });

  test('is what the sync wrote', () => {
    const lastRecords = lastRecordsOf(ours(4n));

    const own = { kind: 'ours', place: place(5n), value: Buffer.from('{"offset":2}'), timestamp: 9 } as const;
    lastRecords.wrote(7, KEY, own);

    expect(lastRecords.get(KEY)).toEqual(own);
  });
});

describe("somebody else's transaction", () => {
  const open = (content: Content = {}) => theirs({ outcome: 'open', ...content });
  const aborted = (content: Content = {}) => theirs({ outcome: 'aborted', ...content });

  test('leaves the key undecided while it is open', () => {
    expect(lastRecordsOf(ours(4n), open()).get(KEY)).toMatchObject({ kind: 'undecided' });
    expect(lastRecordsOf(open()).get(KEY)).toMatchObject({ kind: 'undecided' });
    expect(lastRecordsOf(open({ partition: 2 }), ours(4n)).get(KEY)).toMatchObject({ kind: 'undecided' });
  });

  test('stays undecided where an attempt of ours over it has failed', () => {
    expect(lastRecordsOf(open(), ours(4n, { offset: 1n, outcome: 'aborted' })).get(KEY)?.kind).toBe('undecided');
  });

  test('counts once it is committed, when it is read again', () => {
    expect(lastRecordsOf(ours(4n), open(), theirs({ value: '{"offset":500}' })).get(KEY)).toMatchObject({
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
        expect(lastRecordsOf(...records).get(KEY)).toBeUndefined();
      } else {
        expect(lastRecordsOf(...records).get(KEY)).toMatchObject(expected);
      }
    }
  });

  test('that was aborted is not what is put back after a lost race, but what was committed before it', () => {
    const lastRecords = lastRecordsOf(
      theirs({ value: '{"offset":10}' }),
      aborted({ value: '{"offset":500}' }),
      ours(7n, { outcome: 'aborted' }),
    );

    expect(keysOf(lastRecords.unsettled())).toEqual([KEY]);
    expect(lastRecords.get(KEY)).toMatchObject({ value: Buffer.from('{"offset":10}') });
  });

  test('counts for each of two that are open, whichever ends first', () => {
    const first = open({ offset: 1n });
    const second = open({ offset: 2n });

    expect(lastRecordsOf(first, second, aborted({ offset: 1n })).get(KEY)?.kind).toBe('undecided');
    expect(lastRecordsOf(first, aborted({ offset: 2n })).get(KEY)?.kind).toBe('undecided');
    expect(lastRecordsOf(first, second, aborted({ offset: 1n }), aborted({ offset: 2n })).get(KEY)).toBeUndefined();
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
    const lastRecords = lastRecordsOf(theirs({ key }), theirs({ key, value: '{"offset":"1"}' }));

    expect(lastRecords.get(key)).toBeUndefined();
    expect(lastRecords.unusable()).toEqual({ ignored: [], fatal: [] });
  });

  test('that are absent are not kept', () => {
    expect(lastRecordsOf(theirs({ key: null })).get('')).toBeUndefined();
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
    expect(lastRecordsOf(...records).get(KEY)?.kind).toBe('theirs');
  });

  test("stays somebody else's while only the other partition changes", () => {
    expect(lastRecordsOf(...both, ours(5n, { partition: 7 })).get(KEY)?.kind).toBe('theirs');
  });

  test('is ours when both are', () => {
    expect(lastRecordsOf(ours(4n, { partition: 2 }), ours(5n, { partition: 7 })).get(KEY)).toMatchObject({
      kind: 'ours',
      place: place(5n),
    });
  });

  test('counts as ours from the later place, whichever partition is read first', () => {
    expect(lastRecordsOf(ours(5n, { partition: 2 }), ours(4n, { partition: 7 })).get(KEY)).toMatchObject({
      place: place(5n),
    });
  });

  test("counts as somebody else's by the newer record, whichever partition is read first", () => {
    const records = [theirs({ partition: 2, timestamp: 1 }), theirs({ partition: 7, timestamp: 9 })];

    expect(lastRecordsOf(...records.toReversed()).get(KEY)).toMatchObject({ timestamp: 9 });
    expect(lastRecordsOf(...records).get(KEY)).toMatchObject({ timestamp: 9 });
  });

  test.each([
    ['after their record', 9, undefined],
    ['at the same time as their record', 5, 'theirs'],
    ['before their record', 1, 'theirs'],
  ])('is handed back by one in the other partition %s or not, whichever is read first', (_when, timestamp, owner) => {
    const records = [theirs({ partition: 2, timestamp: 5 }), handedBack({ partition: 7, timestamp })];

    expect(lastRecordsOf(...records).get(KEY)?.kind).toBe(owner);
    expect(lastRecordsOf(...records.toReversed()).get(KEY)?.kind).toBe(owner);
  });

  test('is handed back only after the newest of their records', () => {
    const records = [theirs({ partition: 2, timestamp: 1 }), theirs({ partition: 3, timestamp: 9 })];

    expect(lastRecordsOf(...records, handedBack({ timestamp: 5 })).get(KEY)).toMatchObject({ timestamp: 9 });
    expect(lastRecordsOf(...records, handedBack({ timestamp: 10 })).get(KEY)).toBeUndefined();
  });

  test('is ours where it was handed back in one and we wrote to the other', () => {
    const records = [theirs({ partition: 2, timestamp: 5 }), handedBack({ partition: 3, timestamp: 9 }), ours(4n)];

    expect(lastRecordsOf(...records).get(KEY)).toMatchObject({ kind: 'ours', place: place(4n) });
    expect(lastRecordsOf(...records.toReversed()).get(KEY)).toMatchObject({ kind: 'ours', place: place(4n) });
  });

  test('is ours in one where their record in the other was followed by ours', () => {
    const records = [theirs({ partition: 2 }), ours(4n, { partition: 2 }), ours(5n, { partition: 7 })];

    expect(lastRecordsOf(...records).get(KEY)).toMatchObject({ kind: 'ours', place: place(5n) });
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
    expect(lastRecordsIn(flow, one).get(KEY)).toBeUndefined();
    expect(lastRecordsIn(flow, theirs({ timestamp: 100 }), one).get(KEY)).toBeUndefined();
  });

  test.each([
    ['of that instant', 100],
    ['newer', 101],
  ])('is not one that is %s', (_what, timestamp) => {
    expect(lastRecordsIn(flow, theirs({ timestamp })).get(KEY)).toMatchObject({ kind: 'theirs', timestamp });
    expect(lastRecordsIn(flow, returned({ timestamp })).get(KEY)).toMatchObject({ kind: 'theirs', timestamp });
    expect(lastRecordsIn(flow, theirs({ timestamp, value: null })).get(KEY)).toMatchObject({ kind: 'theirs' });
  });

  test('does not hide ours in another partition, whichever is read first', () => {
    const records = [theirs({ ...old, partition: 2 }), ours(4n, { partition: 7 })];

    expect(lastRecordsIn(flow, ...records).get(KEY)).toMatchObject({ kind: 'ours', place: place(4n) });
    expect(lastRecordsIn(flow, ...records.toReversed()).get(KEY)).toMatchObject({ kind: 'ours', place: place(4n) });
  });

  test('does not hide a newer one of theirs in another partition', () => {
    const records = [theirs({ ...old, partition: 2 }), theirs({ timestamp: 100, partition: 7 })];

    expect(lastRecordsIn(flow, ...records).get(KEY)).toMatchObject({ kind: 'theirs', timestamp: 100 });
    expect(lastRecordsIn(flow, ...records.toReversed()).get(KEY)).toMatchObject({ kind: 'theirs', timestamp: 100 });
  });

  test('makes the key absent where it came after ours in the same partition', () => {
    expect(lastRecordsIn(flow, ours(4n), theirs(old)).get(KEY)).toBeUndefined();
    expect(lastRecordsIn(flow, ours(4n), theirs(old), ours(5n)).get(KEY)).toMatchObject({ place: place(5n) });
  });

  test('is not one that we wrote, however old', () => {
    expect(lastRecordsIn(flow, ours(4n, old)).get(KEY)?.kind).toBe('ours');
  });

  test('is no race that we lost, and is written over', () => {
    const lastRecords = lastRecordsIn(flow, theirs(old), ours(5n, { outcome: 'aborted' }));

    expect(lastRecords.get(KEY)).toBeUndefined();
    expect(lastRecords.unsettled()).toEqual([]);
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
  const lost = ours(5n, { outcome: 'aborted', value: '{"offset":9}' });

  test.each([
    ['a value', theirs({ timestamp: 9 }), Buffer.from('{"offset":1}')],
    ['a tombstone', theirs({ timestamp: 9, value: null }), null],
    ['a value put back before', returned({ timestamp: 9 }), Buffer.from('{"offset":1}')],
  ])(
    "leaves the key somebody else's, to be put back, where ours after %s of theirs was aborted",
    (_what, one, value) => {
      const lastRecords = lastRecordsOf(ours(4n), one, lost);

      const record = { kind: 'theirs', value, timestamp: 9 };
      expect(lastRecords.get(KEY)).toEqual(record);
      expect(lastRecords.unsettled()).toEqual([{ key: KEY, partitions: [7], record }]);
    },
  );

  test('is seen where their value came after ours, and an older one was put back and aborted', () => {
    const newest = theirs({ value: '{"offset":200}', timestamp: 9 });
    const lastRecords = lastRecordsOf(theirs(), lost, newest, returned({ outcome: 'aborted' }));

    expect(lastRecords.unsettled()).toMatchObject([{ record: { value: Buffer.from('{"offset":200}') } }]);
  });

  test('is seen where a proof was aborted after the record that it departs from, for nobody repeats a proof', () => {
    const aborted = proven(9n, { outcome: 'aborted', value: '{"offset":12}' });

    expect(lastRecordsOf(ours(9n), aborted).unsettled()).toMatchObject([
      { key: KEY, record: { kind: 'ours', place: place(9n) } },
    ]);
  });

  test('is seen where an earlier offset of ours was aborted after a later one', () => {
    const lastRecords = lastRecordsOf(ours(9n), lost);

    expect(lastRecords.get(KEY)).toMatchObject({ place: place(9n) });
    expect(lastRecords.unsettled()).toMatchObject([{ key: KEY, record: { kind: 'ours', place: place(9n) } }]);
  });

  test.each([
    ['ours after theirs that was committed', [theirs(), ours(5n)], 'ours'],
    ['a later one of ours that was aborted, for it comes again', [theirs(), ours(4n), lost], 'ours'],
    ['the same value aborted', [theirs({ value: '{"offset":9}' }), lost], 'theirs'],
    ['ours that was aborted, with nothing before', [lost], undefined],
    ['ours that was aborted after the key was handed back', [theirs(), handedBack(), lost], undefined],
    ['theirs after ours', [lost, theirs()], 'theirs'],
    ['theirs after it', [theirs(), lost, theirs()], 'theirs'],
    ['their value put back after it', [theirs(), lost, returned()], 'theirs'],
    ['ours that was committed after it', [theirs(), lost, ours(6n)], 'ours'],
    ['the key handed back after it', [theirs(), lost, handedBack()], undefined],
    ['a transaction open on the key', [theirs(), lost, theirs({ outcome: 'open' })], 'undecided'],
  ])('is none with %s', (_what, records, kind) => {
    const lastRecords = lastRecordsOf(...records);

    expect(lastRecords.unsettled()).toEqual([]);
    expect(lastRecords.get(KEY)?.kind).toBe(kind);
  });

  test('is settled once their value was put back, which stays theirs', () => {
    const lastRecords = lastRecordsOf(theirs({ timestamp: 9 }), lost);

    for (const { key, partitions, record } of lastRecords.unsettled()) {
      for (const partition of partitions) {
        lastRecords.wrote(partition, key, record);
      }
    }

    expect(lastRecords.unsettled()).toEqual([]);
    expect(lastRecords.get(KEY)).toMatchObject({ kind: 'theirs', timestamp: 9 });
  });

  test('is one for each key', () => {
    const other = KEY.replace('foo', 'bar');
    const lastRecords = lastRecordsOf(
      theirs(),
      theirs({ key: other }),
      lost,
      ours(5n, { key: other, value: null, outcome: 'aborted' }),
    );

    expect(keysOf(lastRecords.unsettled())).toEqual([KEY, other]);
  });
});

describe('a key with two values of ours, after partitions were added', () => {
  test('is to be written in the partition that lags', () => {
    const lastRecords = lastRecordsOf(
      ours(4n, { partition: 2, value: '{"offset":4}' }),
      ours(5n, { value: '{"offset":5}' }),
    );

    expect(lastRecords.partitionsOf(KEY)).toEqual([2, 7]);
    expect(lastRecords.unsettled()).toMatchObject([{ partitions: [2], record: { place: place(5n) } }]);
  });

  test('is settled where both say the same', () => {
    expect(lastRecordsOf(ours(4n, { partition: 2 }), ours(5n)).unsettled()).toEqual([]);
  });

  test('is what the proof says and not its record, whichever partition is read first', () => {
    const records = [proven(5n, { partition: 2, value: '{"offset":9}' }), ours(5n, { value: '{"offset":5}' })];

    for (const lastRecords of [lastRecordsOf(...records), lastRecordsOf(...records.toReversed())]) {
      expect(lastRecords.get(KEY)).toMatchObject({ place: proofFrom(5n), value: Buffer.from('{"offset":9}') });
      expect(lastRecords.unsettled()).toMatchObject([{ partitions: [7], record: { place: proofFrom(5n) } }]);
    }
  });

  test('is to be written over what was handed back in the other partition', () => {
    const lastRecords = lastRecordsOf(theirs({ partition: 2 }), handedBack({ timestamp: 9 }), ours(4n));

    expect(lastRecords.get(KEY)?.kind).toBe('theirs');
    expect(lastRecordsOf(handedBack({ partition: 2, timestamp: 9 }), ours(4n)).unsettled()).toMatchObject([
      { partitions: [2], record: { place: place(4n) } },
    ]);
  });

  test("is left alone where it is somebody else's by now", () => {
    expect(lastRecordsOf(ours(4n, { partition: 2 }), theirs({ value: '{"offset":8}' })).unsettled()).toEqual([]);
  });
});

describe('the keys that stand in the topic', () => {
  test('are those with a value, whoever wrote it', () => {
    const [other, reset] = ['bar', 'baz'].map((topic) => KEY.replace('foo', topic));
    const lastRecords = lastRecordsOf(
      ours(4n),
      theirs({ key: other ?? '' }),
      theirs({ key: reset ?? '', value: null }),
    );

    expect(lastRecords.keys()).toEqual(new Set([KEY, other]));
  });
});

describe('a value that MM2 would not resume from', () => {
  const FATAL = '{"offset":"1"}';
  const IGNORED = '{}';

  test.each([
    [FATAL, { fatal: [KEY], ignored: [] }],
    [IGNORED, { fatal: [], ignored: [KEY] }],
    ['{"offset":1}', { fatal: [], ignored: [] }],
    [null, { fatal: [], ignored: [] }],
  ])('is reported, whoever wrote it: %s', (value, expected) => {
    expect(lastRecordsOf(theirs({ value })).unusable()).toEqual(expected);
    expect(lastRecordsOf(ours(4n, { value })).unusable()).toEqual(expected);
  });

  test('is forgotten once a sound value or a tombstone stands in its place', () => {
    for (const after of [theirs(), theirs({ value: null }), handedBack()]) {
      expect(lastRecordsOf(theirs({ value: FATAL }), after).unusable()).toEqual({ fatal: [], ignored: [] });
    }
  });

  test('is forgotten once the sync wrote over it, in every partition', () => {
    const lastRecords = lastRecordsOf(ours(3n, { partition: 2, value: FATAL }));
    const record = { kind: 'ours', place: place(4n), value: Buffer.from('{"offset":1}'), timestamp: 9 } as const;

    lastRecords.wrote(7, KEY, record);
    expect(lastRecords.unusable().fatal).toEqual([KEY]);

    lastRecords.wrote(2, KEY, record);
    expect(lastRecords.unusable().fatal).toEqual([]);
  });

  test('is not one of an aborted transaction', () => {
    expect(lastRecordsOf(theirs(), ours(5n, { outcome: 'aborted', value: FATAL })).unusable().fatal).toEqual([]);
  });
});
