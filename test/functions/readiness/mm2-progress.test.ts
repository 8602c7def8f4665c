import { describe, expect, test } from '@jest/globals';
import { mm2Key } from '../../../functions/offsets/mm2-record.ts';
import { encodePlace } from '../../../functions/offsets/place.ts';
import { createMm2Progress, type Mm2OffsetsRecord } from '../../../functions/readiness/mm2-progress.ts';
import { aFlow } from '../a-flow.ts';

const FLOW = aFlow();
const SOURCE = { topic: 'orders', partition: 0 };
const KEY = mm2Key({ connector: FLOW.mm2Connector, sourceAlias: FLOW.sourceAlias, ...SOURCE });
const OURS = {
  'mm2-migration': Buffer.from(
    encodePlace({ eventSource: 'arn', topic: 'connect-offsets', partition: 0, offset: 1n, timestamp: 2 }),
  ),
};

const record = (key: string, value: string | null, more: Partial<Mm2OffsetsRecord> = {}): Mm2OffsetsRecord => ({
  partition: 0,
  offset: 0n,
  timestamp: 1_000,
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: OURS,
  outcome: 'committed',
  ...more,
});

const progressOf = (...records: readonly Mm2OffsetsRecord[]) => {
  const progress = createMm2Progress();
  for (const one of records) {
    progress.read(one);
  }
  return progress;
};

describe("MM2's progress", () => {
  test('is the last record of the exact key, whoever wrote it', () => {
    const ours = record(KEY, '{"offset":3}');
    const theirs = record(KEY, '{"offset":5}', { headers: {} });

    expect(progressOf(ours).of(FLOW, SOURCE)).toEqual({
      stored: { kind: 'usable', offset: 3n },
      by: 'the-sync',
      ambiguity: undefined,
    });
    expect(progressOf(ours, theirs).of(FLOW, SOURCE)).toMatchObject({
      stored: { offset: 5n },
      by: 'somebody-else',
    });
    expect(progressOf().of(FLOW, SOURCE)).toBeUndefined();
  });

  test('is ambiguous with different values in two partitions, and certain with the same', () => {
    const there = record(KEY, '{"offset":3}');
    const elsewhere = (value: string) => record(KEY, value, { partition: 7, timestamp: 2_000 });

    expect(progressOf(there, elsewhere('{"offset":5}')).of(FLOW, SOURCE)).toMatchObject({
      // The newest is what MM2 most likely sees.
      stored: { offset: 5n },
      ambiguity: expect.stringContaining('partitions 0 and 7'),
    });
    expect(progressOf(there, elsewhere('{"offset":3}')).of(FLOW, SOURCE)?.ambiguity).toBeUndefined();
  });

  test('is ambiguous where the last record is open or aborted, because MM2 reads either way', () => {
    const committed = record(KEY, '{"offset":3}');
    const next = (outcome: 'open' | 'aborted') => record(KEY, '{"offset":5}', { outcome });

    expect(progressOf(committed, next('open')).of(FLOW, SOURCE)?.ambiguity).toContain('still open');
    expect(progressOf(committed, next('aborted')).of(FLOW, SOURCE)?.ambiguity).toContain('aborted');
    expect(progressOf(committed, next('aborted'), committed).of(FLOW, SOURCE)?.ambiguity).toBeUndefined();
  });

  test.each([
    [
      '["MirrorSourceConnector",{"cluster":"primary","topic":"orders","partition":0}]',
      'order, spacing or escaping',
      true,
    ],
    [
      '["MirrorSourceConnector", {"cluster":"primary","partition":0,"topic":"orders"}]',
      'order, spacing or escaping',
      true,
    ],
    ['["MirrorSourceConnector",{"cluster":"other","partition":0,"topic":"orders"}]', 'the cluster "other"', false],
    ['["mm2",{"cluster":"primary","partition":0,"topic":"orders"}]', 'the connector "mm2"', false],
  ])('knows the key %s for one that MM2 never finds', (key, reason, sameNames) => {
    const [found] = progressOf(record(key, '{"offset":3}')).unreachable(FLOW, []).get('0 orders') ?? [];

    expect(found).toEqual({ source: SOURCE, key, reason: expect.stringContaining(reason), sameNames });
  });

  test("takes no key for unreachable that is another flow's, that has no value, or that is not MM2's at all", () => {
    const other = aFlow({ mm2Connector: 'mm2' });
    const keyOfOther = mm2Key({ connector: 'mm2', sourceAlias: FLOW.sourceAlias, ...SOURCE });
    const progress = progressOf(
      record(keyOfOther, '{"offset":3}'),
      record('["MirrorSourceConnector",{"cluster":"primary","topic":"orders","partition":0}]', null),
      record('["replicator",{"topic":"orders","partition":0}]', '{"offset":3}'),
      record('not JSON', '{"offset":3}'),
    );

    expect(progress.unreachable(FLOW, [other]).size).toBe(0);
  });

  test('lists the partitions that have something stored', () => {
    const progress = progressOf(
      record(KEY, '{"offset":3}'),
      record('["mm2",{"cluster":"primary","partition":1,"topic":"x"}]', '{}'),
    );

    expect(progress.partitionsOf(FLOW)).toEqual([SOURCE]);
  });
});
