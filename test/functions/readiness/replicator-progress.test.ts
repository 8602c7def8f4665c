import { describe, expect, test } from '@jest/globals';
import { createReplicatorProgress, type OffsetsRecord } from '../../../functions/readiness/replicator-progress.ts';

const KEY = '["replicator",{"topic":"orders","partition":0}]';

const record = (key: string | null, value: string | null, more: Partial<OffsetsRecord> = {}): OffsetsRecord => ({
  partition: 0,
  offset: 0n,
  timestamp: 1_000,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  ...more,
});

const progressOf = (records: readonly OffsetsRecord[], tombstones: 'ignore' | 'propagate' = 'ignore') => {
  const progress = createReplicatorProgress(new Map([['replicator', tombstones]]));
  for (const one of records) {
    progress.read(one);
  }
  return progress;
};

const only = (records: readonly OffsetsRecord[], tombstones?: 'ignore' | 'propagate') =>
  progressOf(records, tombstones).of('replicator').offsets.get('0 orders');

describe("Replicator's progress", () => {
  test('is the last valid record of a source partition', () => {
    const offset = only([record(KEY, '{"offset":3}'), record(KEY, '{"offset":9}', { timestamp: 2_000 })]);

    expect(offset).toEqual({
      source: { topic: 'orders', partition: 0 },
      next: 10n,
      flushedAt: 2_000,
      stands: { partition: 0, offset: 0n },
      ambiguity: undefined,
    });
  });

  test('reads what Connect writes in envelopes, and offsets of 64 bits', () => {
    const value = '{"schema":null,"payload":{"offset":9223372036854775806}}';

    expect(only([record(KEY, value)])?.next).toBe(9_223_372_036_854_775_807n);
  });

  test('is not touched by a malformed value, which is counted', () => {
    const progress = progressOf([record(KEY, '{"offset":3}'), record(KEY, '{"offset":"4"}')]).of('replicator');

    expect(progress.offsets.get('0 orders')?.next).toBe(4n);
    expect(progress.malformed).toBe(1);
  });

  test('is reset by a tombstone where the flow propagates it', () => {
    const records = [record(KEY, '{"offset":3}'), record(KEY, null)];

    expect(only(records, 'ignore')?.next).toBe(4n);
    expect(only(records, 'propagate')?.next).toBeUndefined();
  });

  test('is ambiguous under two keys, and in two partitions of the topic; what the sync writes counts', () => {
    const other = '["replicator",{"partition":0,"topic":"orders"}]';
    const underTwo = only([
      record(KEY, '{"offset":3}', { offset: 7n, timestamp: 3 }),
      record(other, '{"offset":5}', { offset: 8n, timestamp: 2 }),
    ]);
    const inTwo = only([
      record(KEY, '{"offset":3}', { timestamp: 3 }),
      record(KEY, '{"offset":5}', { timestamp: 4, partition: 1 }),
    ]);

    expect(underTwo).toMatchObject({
      next: 6n,
      ownNext: 4n,
      stands: { partition: 0, offset: 8n },
      ambiguity: `it stands under 2 keys: ${KEY} and ${other}`,
    });
    expect(inTwo).toMatchObject({
      next: 6n,
      stands: { partition: 1, offset: 0n },
      ownNext: 6n,
      ambiguity: 'its key stands in the partitions 0 and 1',
    });
  });

  test('is certain again once the key of another form was removed, and Replicator has acknowledged its own', () => {
    const other = '["replicator",{"partition":0,"topic":"orders"}]';
    const removed = only([
      record(KEY, '{"offset":3}', { offset: 7n, timestamp: 3 }),
      record(other, '{"offset":5}', { offset: 8n, timestamp: 4 }),
      record(other, null, { offset: 9n, timestamp: 5 }),
    ]);

    expect(removed).toMatchObject({ next: 6n, ownNext: 4n, ambiguity: undefined });
  });

  test.each(['aborted', 'open'] as const)('does not count a record whose transaction is %s, and says so', (outcome) => {
    const progress = progressOf([
      record(KEY, '{"offset":9}', { offset: 1n, timestamp: 1 }),
      record(KEY, '{"offset":998}', { offset: 2n, timestamp: 2, outcome }),
    ]).of('replicator');

    expect(progress.offsets.get('0 orders')).toMatchObject({ next: 10n, stands: { offset: 1n } });
    expect(progress.keys.get('0 orders')).toEqual([
      { key: KEY, partition: 0, next: 10n, isTombstone: false, isDisturbed: true },
    ]);
    expect(progress.lastFlush).toBe(1);
  });

  test('counts the committed record that follows an aborted one', () => {
    const progress = progressOf([
      record(KEY, '{"offset":998}', { offset: 1n, outcome: 'aborted' }),
      record(KEY, '{"offset":9}', { offset: 2n, outcome: 'committed' }),
    ]).of('replicator');

    expect(progress.keys.get('0 orders')).toEqual([{ key: KEY, partition: 0, next: 10n, isTombstone: false }]);
  });

  test('knows the other connectors of the topic, and the last flush of its own', () => {
    const progress = progressOf([
      record('["sink",{"topic":"orders","partition":0}]', '{"offset":3}', { timestamp: 9_000 }),
      record(KEY, '{"offset":3}', { timestamp: 5_000 }),
      record('no key', '{"offset":3}'),
      record(null, null),
    ]);

    expect(progress.others()).toEqual(['sink']);
    expect(progress.of('replicator').lastFlush).toBe(5_000);
    expect(progress.of('somebody').lastFlush).toBeUndefined();
  });
});
