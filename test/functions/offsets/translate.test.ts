import { describe, expect, test } from '@jest/globals';
import { translate } from '../../../functions/offsets/translate.ts';
import { aFlow } from '../a-flow.ts';
import { anEvent, aRecord, EVENT_SOURCE, inOnePartition, replicatorKey } from '../event/an-event.ts';

const FOO_0 = '["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"foo"}]';
const propagating = aFlow({ tombstones: 'propagate' });
const GARBAGE = Uint8Array.from([0xff, 0x00]);

const only = <T>(values: readonly T[]): T => {
  const [value, ...more] = values;
  if (value === undefined || more.length > 0) {
    throw new Error(`${values.length} values instead of one`);
  }
  return value;
};

/** What a batch comes to for the one flow: its values by key, and everything that is counted. */
const outcomeOf = (event: Parameters<typeof translate>[0], flow = aFlow()) => {
  const batch = translate(event, [flow]);
  const { translations, counts, ambiguous } = only(batch.flows);
  return {
    values: Object.fromEntries(translations.map(({ key, value }) => [key, value])),
    ...counts,
    ambiguous: ambiguous.length,
    foreign: batch.foreign,
    malformed: batch.malformed.map(({ place }) => `${place.partition}@${place.offset}`),
  };
};

const NOTHING = { values: {}, translated: 0, superseded: 0, tombstones: 0, ambiguous: 0, foreign: 0, malformed: [] };

describe('a record of a flow', () => {
  test('becomes the record that MM2 looks up, with the place it comes from', () => {
    const flow = aFlow({ mm2Connector: 'primary->backup.MirrorSourceConnector', sourceAlias: 'źródło' });
    const key = replicatorKey('orders.v1', 12);

    const batch = translate(anEvent(aRecord({ partition: 3, offset: 8n, timestamp: 99, key })), [flow]);

    expect(only(batch.flows).translations).toEqual([
      {
        flow,
        key: '["primary->backup.MirrorSourceConnector",{"cluster":"źródło","partition":12,"topic":"orders.v1"}]',
        value: '{"offset":1}',
        place: { eventSource: EVENT_SOURCE, topic: 'connect-offsets', partition: 3, offset: 8n, timestamp: 99 },
      },
    ]);
    expect(batch.malformed).toEqual([]);
  });

  test('keeps the largest offset there is exactly', () => {
    const { values } = outcomeOf(anEvent(aRecord({ value: '{"offset":9223372036854775807}' })));

    expect(values).toEqual({ [FOO_0]: '{"offset":9223372036854775807}' });
  });

  test('may come in envelopes, around key, value or both', () => {
    const wrap = (json: string) => `{"schema":null,"payload":${json}}`;
    const bare = replicatorKey();

    for (const content of [
      { key: wrap(bare) },
      { value: wrap('{"offset":1}') },
      { key: wrap(bare), value: wrap('{"offset":1}') },
    ]) {
      expect(outcomeOf(anEvent(aRecord(content)))).toEqual({
        ...NOTHING,
        values: { [FOO_0]: '{"offset":1}' },
        translated: 1,
      });
    }
  });
});

describe('of a key in one partition', () => {
  test('the last valid record counts, also when its offset is lower, and the others are superseded', () => {
    const records = inOnePartition({ value: '{"offset":5}' }, { value: '{"offset":9}' }, { value: '{"offset":2}' });

    expect(outcomeOf(anEvent(...records))).toEqual({
      ...NOTHING,
      values: { [FOO_0]: '{"offset":2}' },
      translated: 1,
      superseded: 2,
    });
  });

  test('the order is that of the offsets, should the event have another one', () => {
    const records = inOnePartition({ value: '{"offset":5}' }, { value: '{"offset":9}' }, { value: '{"offset":2}' });
    const [first, second, third] = records;
    if (!first || !second || !third) {
      throw new Error('three records are needed');
    }

    for (const order of [
      [third, second, first],
      [second, third, first],
      [third, first, second],
    ]) {
      expect(outcomeOf(anEvent(...order)).values).toEqual({ [FOO_0]: '{"offset":2}' });
    }
  });

  test('one that is newer than a later one stays beside it, for only the end of the partition tells', () => {
    const records = inOnePartition(
      { value: '{"offset":4}', timestamp: 1_700_000_100_000 },
      { value: '{"offset":5}', timestamp: 1_700_000_300_000 },
      { value: '{"offset":9}', timestamp: 1_700_000_000_000 },
    );

    const { translations, counts, ambiguous } = only(translate(anEvent(...records), [aFlow()]).flows);

    expect(translations.map(({ value }) => value)).toEqual(['{"offset":9}', '{"offset":5}']);
    expect(counts).toMatchObject({ translated: 2, superseded: 1 });
    expect(ambiguous).toEqual([]);
  });

  test('a superseded value is not even decoded', () => {
    const records = inOnePartition({ value: GARBAGE }, { value: null }, { value: '{"offset":"x"}' }, {});

    expect(outcomeOf(anEvent(...records))).toEqual({
      ...NOTHING,
      values: { [FOO_0]: '{"offset":1}' },
      translated: 1,
      superseded: 3,
    });
  });

  test('a malformed record supersedes nothing', () => {
    const records = inOnePartition({}, { value: GARBAGE }, { value: '{"offset":-1}' });

    expect(outcomeOf(anEvent(...records))).toEqual({
      ...NOTHING,
      values: { [FOO_0]: '{"offset":1}' },
      translated: 1,
      malformed: ['0@2', '0@1'],
    });
  });

  test('an ignored tombstone supersedes nothing', () => {
    const records = inOnePartition({ value: null }, {}, { value: null }, { value: 'null' });

    expect(outcomeOf(anEvent(...records))).toEqual({
      ...NOTHING,
      values: { [FOO_0]: '{"offset":1}' },
      translated: 1,
      superseded: 1,
      tombstones: 2,
    });
  });

  test('a propagated tombstone supersedes what came before, and is superseded by what comes after', () => {
    const [value, tombstone] = [{}, { value: null }];

    expect(outcomeOf(anEvent(...inOnePartition(value, tombstone, tombstone)), propagating)).toEqual({
      ...NOTHING,
      values: { [FOO_0]: null },
      superseded: 2,
      tombstones: 1,
    });
    expect(outcomeOf(anEvent(...inOnePartition(tombstone, value)), propagating)).toEqual({
      ...NOTHING,
      values: { [FOO_0]: '{"offset":1}' },
      translated: 1,
      superseded: 1,
    });
  });

  test('the same source partition under keys written differently is one key', () => {
    const viaRest = '["replicator",{"partition":0,"topic":"foo"}]';

    expect(outcomeOf(anEvent(...inOnePartition({}, { key: viaRest, value: '{"offset":7}' })))).toEqual({
      ...NOTHING,
      values: { [FOO_0]: '{"offset":7}' },
      translated: 1,
      superseded: 1,
    });
  });

  test('a record without a valid one of its key yields nothing', () => {
    expect(outcomeOf(anEvent(...inOnePartition({ value: null }, { value: GARBAGE })))).toEqual({
      ...NOTHING,
      tombstones: 1,
      malformed: ['0@1'],
    });
  });
});

describe('of a key in two partitions', () => {
  const older = (partition: number) => aRecord({ partition, offset: 50n, timestamp: 1_000, value: '{"offset":5}' });
  const newer = (partition: number) => aRecord({ partition, offset: 3n, timestamp: 2_000, value: '{"offset":9}' });

  test.each([
    ['the first', [newer(1), older(2)]],
    ['the last', [older(1), newer(2)]],
  ])('the newer timestamp wins in %s of them, and it is reported', (_which, records) => {
    const batch = translate(anEvent(...records), [aFlow()]);

    const { translations, ambiguous, counts } = only(batch.flows);
    expect(translations.map(({ value }) => value)).toEqual(['{"offset":9}']);
    expect(ambiguous).toEqual(translations);
    expect(counts).toEqual({ translated: 1, superseded: 1, tombstones: 0 });
  });

  test('it is reported once, however many partitions there are', () => {
    const records = [older(1), newer(2), older(3), newer(4)];

    expect(outcomeOf(anEvent(...records))).toMatchObject({ ambiguous: 1, translated: 1, superseded: 3 });
  });

  test('malformed records and ignored tombstones do not count as coming from there', () => {
    const records = [older(1), aRecord({ partition: 2, value: null }), aRecord({ partition: 3, value: GARBAGE })];

    expect(outcomeOf(anEvent(...records))).toMatchObject({
      values: { [FOO_0]: '{"offset":5}' },
      ambiguous: 0,
      tombstones: 1,
      malformed: ['3@0'],
    });
  });

  test('a propagated tombstone wins when it is newer', () => {
    const tombstone = aRecord({ partition: 2, timestamp: 9_000, value: null });

    expect(outcomeOf(anEvent(older(1), tombstone), propagating).values).toEqual({ [FOO_0]: null });
    expect(outcomeOf(anEvent(tombstone, older(1)), propagating).values).toEqual({ [FOO_0]: null });
  });

  test('a value counts as translated when it wins over a propagated tombstone, else as superseded', () => {
    const tombstone = (timestamp: number) => aRecord({ partition: 1, timestamp, value: null });
    const value = aRecord({ partition: 2, timestamp: 5 });

    expect(outcomeOf(anEvent(tombstone(1), value), propagating)).toMatchObject({ translated: 1, superseded: 0 });
    expect(outcomeOf(anEvent(value, tombstone(9)), propagating)).toMatchObject({ translated: 0, superseded: 1 });
  });

  test('every record is counted once, whichever partition wins and whichever comes first', () => {
    const tombstone = (timestamp: number) => aRecord({ partition: 1, timestamp, value: null });
    const value = aRecord({ partition: 2, timestamp: 5 });
    const both = [value, aRecord({ partition: 3, timestamp: 6, value: '{"offset":2}' })];
    const counts = { ...NOTHING, ambiguous: 1 };

    for (const order of [(records: typeof both) => records, (records: typeof both) => records.toReversed()]) {
      expect(outcomeOf(anEvent(...order([...both, tombstone(9)])), propagating)).toEqual({
        ...counts,
        values: { [FOO_0]: null },
        superseded: 2,
        tombstones: 1,
      });
      expect(outcomeOf(anEvent(...order([...both, tombstone(1)])), propagating)).toEqual({
        ...counts,
        values: { [FOO_0]: '{"offset":2}' },
        translated: 1,
        superseded: 1,
        tombstones: 1,
      });
    }
  });
});

describe('a batch of several partitions', () => {
  test('yields one translation for every key, and counts every record once', () => {
    const records = [
      aRecord({ partition: 0, offset: 0n, key: replicatorKey('foo', 0), value: '{"offset":1}' }),
      aRecord({ partition: 0, offset: 1n, key: replicatorKey('foo', 1), value: '{"offset":2}' }),
      aRecord({ partition: 0, offset: 2n, key: replicatorKey('foo', 0), value: '{"offset":3}' }),
      aRecord({ partition: 1, offset: 0n, key: replicatorKey('bar', 0), value: null }),
      aRecord({ partition: 1, offset: 1n, key: '["files",{"filename":"x"}]', value: GARBAGE }),
      aRecord({ partition: 2, offset: 0n, key: null }),
      aRecord({ partition: 2, offset: 1n, key: replicatorKey('bar', 1), value: '{"offset":4}' }),
      aRecord({ partition: 2, offset: 2n, key: replicatorKey('bar', 1), value: '{' }),
    ];

    expect(outcomeOf(anEvent(...records))).toEqual({
      values: {
        [FOO_0]: '{"offset":3}',
        '["MirrorSourceConnector",{"cluster":"primary","partition":1,"topic":"foo"}]': '{"offset":2}',
        '["MirrorSourceConnector",{"cluster":"primary","partition":1,"topic":"bar"}]': '{"offset":4}',
      },
      translated: 3,
      superseded: 1,
      tombstones: 1,
      ambiguous: 0,
      foreign: 1,
      malformed: ['2@0', '2@2'],
    });
  });

  test('of no records yields nothing', () => {
    expect(outcomeOf(anEvent())).toEqual(NOTHING);
    expect(outcomeOf({ ...anEvent(), partitions: [[]] })).toEqual(NOTHING);
  });
});

describe('what is malformed', () => {
  test('is reported with its place, the reason, and the connector where the key names one', () => {
    const place = { eventSource: EVENT_SOURCE, topic: 'connect-offsets', partition: 0, timestamp: 1_700_000_000_000 };
    const records = inOnePartition(
      { key: null },
      { key: '["replicator",{"topic":"foo"}]' },
      { value: '{"offset":"7"}' },
    ).map((record) => ({ ...record, timestamp: place.timestamp }));

    const flow = aFlow();
    const { malformed } = translate(anEvent(...records), [flow]);

    expect(malformed).toEqual([
      { place: { ...place, offset: 0n }, reason: 'the record has no key', flows: [] },
      {
        place: { ...place, offset: 1n },
        reason: 'the source partition\'s "partition" is missing, not an integer from 0 to 2147483647',
        connector: 'replicator',
        flows: [flow],
      },
      {
        place: { ...place, offset: 2n },
        reason: 'the value\'s "offset" is "7", not an integer from 0 to 9223372036854775807',
        connector: 'replicator',
        flows: [flow],
      },
    ]);
  });

  test('is reported once though several flows read the connector', () => {
    const flows = [aFlow(), aFlow({ name: 'second', sourceAlias: 'secondary' })];

    expect(translate(anEvent(aRecord({ value: GARBAGE })), flows).malformed).toHaveLength(1);
  });

  const [first, second, eu] = [
    aFlow(),
    aFlow({ name: 'second', sourceAlias: 'secondary', tombstones: 'propagate' }),
    aFlow({ name: 'eu', replicatorConnector: 'replicator-eu', sourceAlias: 'eu' }),
  ] as const;

  test.each([
    ['a value of two flows', [{ value: GARBAGE }], [[first, second]]],
    ['a source partition of two flows', [{ key: '["replicator",{"topic":"foo"}]' }], [[first, second]]],
    ['a value of one flow', [{ key: replicatorKey('foo', 0, 'replicator-eu'), value: GARBAGE }], [[eu]]],
    ['a key that names no connector', [{ key: '5' }], [[]]],
    ['no key', [{ key: null }], [[]]],
    ['a value that is superseded for one of two flows', [{ value: GARBAGE }, { value: null }], [[first]]],
    ['a value that is superseded for both', [{ value: GARBAGE }, {}], []],
    [
      'two values',
      [{ value: GARBAGE }, { value: '{' }],
      [
        [first, second],
        [first, second],
      ],
    ],
  ])('names the flows that would have used it: %s', (_what, contents, expected) => {
    const { malformed } = translate(anEvent(...inOnePartition(...contents)), [first, second, eu]);

    expect(malformed.map(({ flows }) => flows)).toEqual(expected);
  });
});

describe('several flows', () => {
  test('on one connector each translate and count every record of it', () => {
    const flows = [aFlow(), aFlow({ name: 'second', sourceAlias: 'secondary', tombstones: 'propagate' })];
    const records = inOnePartition({}, { value: null });

    const [first, second] = translate(anEvent(...records), flows).flows;

    expect(first?.translations.map(({ key, value }) => [key, value])).toEqual([[FOO_0, '{"offset":1}']]);
    expect(first?.counts).toEqual({ translated: 1, superseded: 0, tombstones: 1 });
    expect(second?.translations.map(({ key, value }) => [key, value])).toEqual([
      [FOO_0.replace('primary', 'secondary'), null],
    ]);
    expect(second?.counts).toEqual({ translated: 0, superseded: 1, tombstones: 1 });
  });

  test('on different connectors each take their own, and neither is foreign to the other', () => {
    const flows = [aFlow(), aFlow({ name: 'eu', replicatorConnector: 'replicator-eu', sourceAlias: 'eu' })];
    const records = inOnePartition(
      { value: '{"offset":1}' },
      { key: replicatorKey('foo', 0, 'replicator-eu'), value: '{"offset":2}' },
      { key: replicatorKey('foo', 0, 'replicator-us'), value: '{"offset":3}' },
    );

    const { flows: translated, foreign } = translate(anEvent(...records), flows);

    expect(translated.map(({ translations }) => translations.map(({ value }) => value))).toEqual([
      ['{"offset":1}'],
      ['{"offset":2}'],
    ]);
    expect(foreign).toBe(1);
  });
});

test('a batch of 10,000 records of 10 keys yields 10 translations', () => {
  const records = Array.from({ length: 10_000 }, (_, index) =>
    aRecord({ partition: index % 5, offset: BigInt(index), key: replicatorKey('foo', index % 10) }),
  );

  const { translated, superseded } = outcomeOf(anEvent(...records));

  expect({ translated, superseded }).toEqual({ translated: 10, superseded: 9_990 });
});
