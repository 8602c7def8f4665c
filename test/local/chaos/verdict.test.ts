import { describe, expect, test } from '@jest/globals';
import { encodePlace } from '../../../functions/offsets/place.ts';
import { type Expectation, findDiscrepancies, type Observed, type TakenOver } from '../../../local/chaos/verdict.ts';
import { defaultPartition } from '../../../local/world/sync/default-partition.ts';
import { offsetEntry, placedAt } from './placed.ts';

const KEY = '["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"foo"}]';
const HISTORY = [placedAt(offsetEntry(10n), 4, 0n), placedAt(offsetEntry(20n), 4, 1n)];
const PARTITION = defaultPartition(KEY);
const THEIRS: TakenOver = {
  value: '{"offset":500}',
  partition: PARTITION,
  settledAt: new Map([[PARTITION, 2n]]),
};

const provenance = (offset: bigint): string =>
  encodePlace({ eventSource: 'arn', topic: 'connect-offsets', partition: 4, offset, timestamp: 1_700_000_000_000 });

/** Records of the key, numbered from 0, as the function would write those of the history. */
const observed = (...records: readonly Partial<Observed>[]): readonly Observed[] =>
  records.map((record, index) => ({
    key: KEY,
    value: null,
    partition: defaultPartition(KEY),
    offset: BigInt(index),
    committed: true,
    provenance: undefined,
    ...record,
  }));
const first = { value: '{"offset":10}', provenance: provenance(0n) };
const second = { value: '{"offset":20}', provenance: provenance(1n) };
const theirs = { value: '{"offset":500}' };
const returned = { ...theirs, provenance: 'returned' };

const expectation = (changed: Partial<Expectation>): Expectation => ({
  history: HISTORY,
  offsets: new Map([[KEY, '{"offset":20}']]),
  takenOver: new Map(),
  aborted: new Set(),
  handedBack: new Set(),
  partitionCounts: [25],
  rivals: false,
  ...changed,
});

const rulesBroken = (records: readonly Observed[], changed: Partial<Expectation> = {}) =>
  findDiscrepancies(records, expectation(changed)).map(({ rule }) => rule);
const taken = (theirs: TakenOver): Partial<Expectation> => ({ takenOver: new Map([[KEY, theirs]]) });

describe('nothing is wrong', () => {
  test('when the last record of the history is the last one, also after an aborted one of the same place', () => {
    expect(rulesBroken(observed(first, second))).toEqual([]);
    expect(rulesBroken(observed(first, { ...second, committed: false }, second))).toEqual([]);
  });

  test("when somebody else's value is put back after a lost race, and stays", () => {
    expect(
      rulesBroken(
        observed(first, theirs, second, returned),
        taken({ ...THEIRS, settledAt: new Map([[PARTITION, 4n]]) }),
      ),
    ).toEqual([]);
  });

  test('when somebody else wrote in an aborted transaction, which only one kind of reader sees', () => {
    const records = observed(second, { ...theirs, committed: false });
    expect(rulesBroken(records, { aborted: new Set([KEY]) })).toEqual([]);
    expect(rulesBroken(records)).toEqual(['last value']);
  });
});

describe('when partitions were added', () => {
  const counts = [25, 26, 30];
  const [old = 0, now = 0] = [25, 30].map((count) => defaultPartition(KEY, count));
  const added = { partitionCounts: counts };

  test('a key stands where it did until it is written again, and then in both places alike', () => {
    expect(old).not.toBe(now);
    expect(rulesBroken(observed(first, second), added)).toEqual([]);
    expect(rulesBroken(observed(first, second, { ...second, partition: now }), added)).toEqual([]);
  });

  test('an old value beside the new one is found, and so is a tombstone, by which MM2 would forget the new one', () => {
    const both = ['last value', 'last committed value'];
    expect(rulesBroken(observed(first, { ...second, partition: now }), added)).toEqual(both);
    expect(rulesBroken(observed(first, {}, { ...second, partition: now }), added)).toEqual(both);
  });

  test("somebody else's value counts where they wrote it, and the sync leaves every partition alone after it", () => {
    const theirsNow = { ...theirs, partition: now };
    const settled = taken({ ...THEIRS, partition: now, settledAt: new Map([[now, 2n]]) });

    expect(
      rulesBroken(
        observed(
          { ...theirsNow, offset: 0n },
          { ...second, partition: now, offset: 1n },
          { ...returned, partition: now, offset: 2n },
        ),
        { ...added, ...settled },
      ),
    ).toEqual([]);
    expect(rulesBroken(observed(theirsNow, { ...second, partition: old }), { ...added, ...settled })).toEqual([
      'left alone once taken over',
    ]);
  });
});

describe('when a key was handed back', () => {
  const handedBack = { handedBack: new Set([KEY]) };
  const tombstone = { value: null, provenance: 'handed-back' };

  test('the sync begins anew with it, from whatever record it gets first', () => {
    expect(rulesBroken(observed(second, theirs, tombstone, first, second), handedBack)).toEqual([]);
    expect(rulesBroken(observed(second, theirs, first, second), handedBack)).toEqual([
      'never back to an earlier record',
    ]);
  });

  test('and it writes nothing, the key is lost', () => {
    expect(rulesBroken(observed(theirs, tombstone), handedBack)).toEqual(['last value', 'last committed value']);
  });

  test('what somebody else once wrote in another partition does not count', () => {
    expect(rulesBroken(observed({ ...theirs, partition: 3 }, tombstone, second), handedBack)).toEqual([]);
  });
});

describe("when Replicator's offsets topic was created anew", () => {
  const [older, newer] = [placedAt(offsetEntry(20n), 4, 1n), placedAt(offsetEntry(5n), 4, 0n, 60_000n, 1)];
  const anew: Partial<Expectation> = { history: [older, newer], offsets: new Map([[KEY, '{"offset":5}']]) };
  const ofNew = {
    value: '{"offset":5}',
    provenance: encodePlace({
      eventSource: 'arn',
      topic: 'connect-offsets',
      partition: 4,
      offset: 0n,
      timestamp: 1_700_000_060_000,
    }),
  };

  test('its first record is later than the last one of the old topic', () => {
    expect(rulesBroken(observed(second, ofNew), anew)).toEqual([]);
  });

  test('a stale record of the old topic must not come after it', () => {
    expect(rulesBroken(observed(ofNew, second), anew)).toEqual([
      'last value',
      'last committed value',
      'never back to an earlier record',
    ]);
  });
});

test('of two deployments the one that loses may have sent an earlier record, if it was put right', () => {
  const lost = observed(second, { ...first, committed: false }, second);

  expect(rulesBroken(lost, { rivals: true })).toEqual([]);
  expect(rulesBroken(lost)).toEqual(['never back to an earlier record']);
  expect(rulesBroken(observed(second, first, second), { rivals: true })).toEqual([]);
  expect(rulesBroken(observed(second, first), { rivals: true })).toContain('never back to an earlier record');
});

describe('it is told', () => {
  test('that an offset was lost, with what was expected and what is there', () => {
    expect(findDiscrepancies([], expectation({}))[0]).toEqual({
      key: KEY,
      rule: 'last value',
      expected: '{"offset":20}',
      actual: 'nothing',
    });
  });

  test('that a key stands there which nobody expects', () => {
    expect(
      rulesBroken(observed(first, second, { ...theirs, key: 'strange', partition: defaultPartition('strange') })),
    ).toEqual(['last value', 'last committed value']);
  });

  test('that the last record was never committed', () => {
    expect(rulesBroken(observed(first, { ...second, committed: false }))).toEqual(['last committed value']);
  });

  test('that an earlier record came after a later one, even when the last value is right', () => {
    expect(rulesBroken(observed(second, first, second))).toEqual(['never back to an earlier record']);
  });

  test("that somebody else's value was overwritten", () => {
    expect(rulesBroken(observed(first, theirs, second), taken(THEIRS))).toEqual([
      'last value',
      'last committed value',
      'left alone once taken over',
    ]);
  });

  test('that a key was written once somebody else had it, even when their value was put back', () => {
    expect(rulesBroken(observed(first, theirs, second, returned), taken(THEIRS))).toEqual([
      'left alone once taken over',
    ]);
  });

  test('that a record stands in a partition where MM2 may read it before an older one', () => {
    const elsewhere = (PARTITION + 1) % 25;

    expect(rulesBroken(observed(first, { ...second, partition: elsewhere }))).toEqual([
      'last value',
      'last committed value',
      'in the partition that Java picks',
    ]);
  });

  test('that a value is not that of its record, or that its record was never there', () => {
    expect(
      rulesBroken(observed({ ...second, value: '{"offset":21}' }), { offsets: new Map([[KEY, '{"offset":21}']]) }),
    ).toEqual(['with the value of its record']);
    expect(rulesBroken(observed({ ...second, provenance: provenance(7n) }))).toEqual(['from a record that there is']);
  });
});

describe('a proof', () => {
  const departure = placedAt(offsetEntry(20n), 4, 1n);
  const proven = { ...departure, value: '{"offset":25}', timestamp: departure.timestamp + 1n };
  const proof = {
    value: '{"offset":25}',
    provenance: encodePlace({
      eventSource: 'arn',
      topic: 'connect-offsets',
      partition: 4,
      offset: 1n,
      timestamp: Number(departure.timestamp),
      isProof: true,
    }),
  };
  const repaired: Partial<Expectation> = {
    history: [...HISTORY, proven],
    offsets: new Map([[KEY, '{"offset":25}']]),
  };

  test('that stands after its record is right, and one that the record has undone is not', () => {
    expect(rulesBroken(observed(first, second, proof), repaired)).toEqual([]);
    expect(rulesBroken(observed(first, proof), repaired)).toEqual([]);
    expect(rulesBroken(observed(first, second, proof, second), repaired)).toContain('never back to an earlier record');
    expect(rulesBroken(observed(first, second), repaired)).toContain('last value');
  });

  test('that nobody has written is no record of the history', () => {
    expect(rulesBroken(observed(first, second, proof))).toContain('from a record that there is');
  });
});
