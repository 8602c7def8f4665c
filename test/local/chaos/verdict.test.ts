import { describe, expect, test } from '@jest/globals';
import { encodePlace } from '../../../functions/offsets/place.ts';
import { type Expectation, findDiscrepancies, type Observed, type TakenOver } from '../../../local/chaos/verdict.ts';
import { defaultPartition } from '../../../local/world/sync/default-partition.ts';
import { offsetEntry, placedAt } from './placed.ts';

const KEY = '["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"foo"}]';
const HISTORY = [placedAt(offsetEntry(10n), 4, 0n), placedAt(offsetEntry(20n), 4, 1n)];
const THEIRS: TakenOver = { value: '{"offset":500}', settledAt: 2n };

const provenance = (offset: bigint): string =>
  encodePlace({ eventSource: 'arn', topic: 'connect-offsets', partition: 4, offset, timestamp: 0 });

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

const rulesBroken = (
  records: readonly Observed[],
  takenOver?: TakenOver,
  last: string | null = '{"offset":20}',
  aborted: readonly string[] = [],
) => {
  const expectation: Expectation = {
    history: HISTORY,
    offsets: new Map([[KEY, last]]),
    takenOver: new Map(takenOver ? [[KEY, takenOver]] : []),
    aborted: new Set(aborted),
  };
  return findDiscrepancies(records, expectation).map(({ rule }) => rule);
};

describe('nothing is wrong', () => {
  test('when the last record of the history is the last one, also after an aborted one of the same place', () => {
    expect(rulesBroken(observed(first, second))).toEqual([]);
    expect(rulesBroken(observed(first, { ...second, committed: false }, second))).toEqual([]);
  });

  test("when somebody else's value is put back after a lost race, and stays", () => {
    expect(rulesBroken(observed(first, theirs, second, returned), { ...THEIRS, settledAt: 4n })).toEqual([]);
  });

  test('when somebody else wrote in an aborted transaction, which only one kind of reader sees', () => {
    const records = observed(second, { ...theirs, committed: false });
    expect(rulesBroken(records, undefined, '{"offset":20}', [KEY])).toEqual([]);
    expect(rulesBroken(records)).toEqual(['last value']);
  });
});

describe('it is told', () => {
  test('that an offset was lost, with what was expected and what is there', () => {
    const expectation = {
      history: HISTORY,
      offsets: new Map([[KEY, '{"offset":20}']]),
      takenOver: new Map(),
      aborted: new Set<string>(),
    };

    expect(findDiscrepancies([], expectation)[0]).toEqual({
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
    expect(rulesBroken(observed(first, theirs, second), THEIRS)).toEqual([
      'last value',
      'last committed value',
      'left alone once taken over',
    ]);
  });

  test('that a key was written once somebody else had it, even when their value was put back', () => {
    expect(rulesBroken(observed(first, theirs, second, returned), THEIRS)).toEqual(['left alone once taken over']);
  });

  test('that a record stands in a partition where MM2 may read it before an older one', () => {
    const elsewhere = (defaultPartition(KEY) + 1) % 25;

    expect(rulesBroken(observed(first, { ...second, partition: elsewhere }))).toEqual([
      'in the partition that Java picks',
    ]);
  });

  test('that a value is not that of its record, or that its record was never there', () => {
    expect(rulesBroken(observed({ ...second, value: '{"offset":21}' }), undefined, '{"offset":21}')).toEqual([
      'with the value of its record',
    ]);
    expect(rulesBroken(observed({ ...second, provenance: provenance(7n) }))).toEqual(['from a record that there is']);
  });
});
