import { describe, expect, test } from '@jest/globals';
import type { PartitionState } from '../../../functions/readiness/partition-state.ts';
import { replicatorKey } from '../../../functions/readiness/replicator-key.ts';
import type { ReplicatorKey } from '../../../functions/readiness/replicator-progress.ts';
import { planWayBack, type WayBackOptions } from '../../../functions/readiness/way-back.ts';
import { sourceOffsetKey } from '../../../local/world/replicator/source-offset.ts';
import { aFlow } from '../a-flow.ts';

const FLOW = aFlow();
const SOURCE = { topic: 'orders', partition: 2 };
const KEY = '["replicator",{"topic":"orders","partition":2}]';
const REST_KEY = '["replicator",{"partition":2,"topic":"orders"}]';
const ENVELOPE = '{"schema":null,"payload":["replicator",{"topic":"orders","partition":2}]}';

const standing = (next: bigint | undefined, more: Partial<ReplicatorKey> = {}): ReplicatorKey => ({
  key: KEY,
  partition: 3,
  next,
  isTombstone: false,
  ...more,
});
const tombstone = (more: Partial<ReplicatorKey> = {}) => standing(undefined, { isTombstone: true, ...more });

const provenAt = (next: bigint): PartitionState['evidence'] => ({
  kind: 'compared',
  proof: { kind: 'proven', next, compared: 7, gaps: [] },
});

const withGap = (next: bigint): PartitionState['evidence'] => ({
  kind: 'compared',
  proof: { kind: 'proven', next, compared: 7, gaps: [{ from: next - 500n, to: next - 1n, records: 500 }] },
});

/** The copies reach to 900, and Replicator has stopped at 390. */
const state = (more: Partial<PartitionState> = {}): PartitionState => ({
  flow: FLOW.name,
  source: SOURCE,
  replicator: undefined,
  replicatorKeys: [standing(390n)],
  mm2: undefined,
  unreachable: [],
  range: { start: 0n, end: 1_200n },
  evidence: provenAt(900n),
  ...more,
});

const plan = (more: Partial<PartitionState> = {}, options: Partial<WayBackOptions> = {}) =>
  planWayBack([state(more)], {
    flows: [FLOW],
    movementOf: () => undefined,
    partitionOf: () => 17,
    groupOf: () => undefined,
    committed: () => undefined,
    ...options,
  });

const written = (key: string, partition: number, value: string | null = '{"offset":899}') => ({
  key,
  partition,
  value,
});

describe('the way back', () => {
  test("writes the true offset under Replicator's own key, where it stands", () => {
    expect(plan().restorations).toEqual([
      {
        kind: 'restoration',
        flow: FLOW,
        source: SOURCE,
        cause: 'behind',
        reason: 'Replicator would copy 510 offsets again',
        next: 900n,
        replicatorNext: 390n,
        records: [written(KEY, 3)],
        group: undefined,
      },
    ]);
  });

  test("has the key's form that Replicator reads", () => {
    expect(replicatorKey('a replicator', SOURCE)).toBe(sourceOffsetKey('a replicator', 'orders', 2));
  });

  test.each<[string, readonly ReplicatorKey[], string, readonly ReturnType<typeof written>[]]>([
    ['nothing', [], 'missing', [written(KEY, 17)]],
    ['a tombstone', [tombstone()], 'missing', [written(KEY, 3)]],
    ['no offset', [standing(undefined)], 'missing', [written(KEY, 3)]],
    ['an offset that is too high', [standing(901n)], 'ahead', [written(KEY, 3)]],
    [
      'the right offset, followed by one of an aborted transaction',
      [standing(900n, { isDisturbed: true })],
      'ambiguous-key',
      [written(KEY, 3)],
    ],
    ['nothing but an aborted transaction', [tombstone({ isDisturbed: true })], 'ambiguous-key', [written(KEY, 3)]],
    [
      'the right offset beside a key of another form',
      [standing(900n), standing(7n, { key: REST_KEY, partition: 5 })],
      'ambiguous-key',
      [written(KEY, 3), written(REST_KEY, 5, null)],
    ],
    [
      'the right offset in one of two partitions',
      [standing(900n), standing(7n, { partition: 5 })],
      'ambiguous-key',
      [written(KEY, 3), written(KEY, 5)],
    ],
    [
      'the right offset in one partition and a tombstone in another one, which may be read after it',
      [standing(900n), tombstone({ partition: 5 })],
      'ambiguous-key',
      [written(KEY, 3), written(KEY, 5)],
    ],
  ])('puts right what is left by %s', (_what, replicatorKeys, cause, records) => {
    expect(plan({ replicatorKeys }).restorations).toMatchObject([{ cause, records }]);
  });

  test.each<[string, Partial<PartitionState>]>([
    ['the offset is right', { replicatorKeys: [standing(900n)] }],
    [
      'the offset is right, and a key of another form was removed',
      { replicatorKeys: [standing(900n), tombstone({ key: REST_KEY, partition: 5 })] },
    ],
    ['nothing is stored and nothing was copied', { replicatorKeys: [], evidence: provenAt(0n) }],
  ])('writes nothing where %s', (_what, more) => {
    expect(plan(more)).toMatchObject({ restorations: [], refused: [], right: [{ source: SOURCE }] });
  });

  test.each<[string, string, Partial<PartitionState>, Partial<WayBackOptions>]>([
    ['something moves', 'moving', {}, { movementOf: () => 'MM2 has written' }],
    ['nothing was compared', 'unproven', { evidence: { kind: 'not-compared', reason: 'no source' } }, {}],
    [
      'the worker writes its keys with schemas',
      'unknown-key',
      { replicatorKeys: [standing(390n, { key: ENVELOPE })] },
      {},
    ],
    [
      'only a key of another form holds an offset',
      'unknown-key',
      { replicatorKeys: [standing(390n, { key: REST_KEY, partition: 5 })] },
      {},
    ],
    [
      'only a key of another form holds an offset, and the own one was removed',
      'unknown-key',
      { replicatorKeys: [standing(390n, { key: REST_KEY, partition: 5 }), tombstone()] },
      {},
    ],
    ['source records before the true next offset have no copy', 'gap', { evidence: withGap(900n) }, {}],
    ['that is so, and the offset is right', 'gap', { evidence: withGap(900n), replicatorKeys: [standing(900n)] }, {}],
    [
      'the proof may depart from a key that Replicator never reads',
      'ambiguous-key',
      { replicatorKeys: [standing(390n), standing(900n, { key: REST_KEY, partition: 5 })] },
      {},
    ],
  ])('refuses where %s', (_what, cause, more, options) => {
    expect(plan(more, options)).toMatchObject({ restorations: [], refused: [{ cause }], right: [] });
  });

  test('removes an offset where nothing at all has been copied of a topic created anew', () => {
    expect(plan({ evidence: provenAt(0n) }).restorations).toMatchObject([{ records: [written(KEY, 3, null)] }]);
  });

  test('sets the group from which Replicator starts, also where the offset itself is right', () => {
    const groupOf = () => 'the-group';

    const behind = plan({ replicatorKeys: [standing(900n)] }, { groupOf, committed: () => 390n });
    const right = plan({ replicatorKeys: [standing(900n)] }, { groupOf, committed: () => 900n });
    const both = plan({}, { groupOf, committed: () => 390n });

    expect(behind.restorations).toMatchObject([{ cause: 'group', group: 'the-group', records: [written(KEY, 3)] }]);
    expect(right).toMatchObject({ restorations: [], right: [{}] });
    expect(both.restorations).toMatchObject([{ cause: 'behind', group: 'the-group' }]);
  });

  test("writes a Replicator's offset once where several flows serve it", () => {
    const twin = aFlow({ name: 'twin', mm2Connector: 'twin' });

    const { restorations } = planWayBack([state(), state({ flow: 'twin' })], {
      flows: [FLOW, twin],
      movementOf: () => undefined,
      partitionOf: () => 17,
      groupOf: () => undefined,
      committed: () => undefined,
    });

    expect(restorations).toHaveLength(1);
  });
});
