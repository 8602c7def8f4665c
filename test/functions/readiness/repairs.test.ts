import { describe, expect, test } from '@jest/globals';
import type { Mm2Offset } from '../../../functions/readiness/mm2-progress.ts';
import type { PartitionState } from '../../../functions/readiness/partition-state.ts';
import { type PlanOptions, planRepairs, type Repair, translationOf } from '../../../functions/readiness/repairs.ts';
import { aFlow } from '../a-flow.ts';

const FLUSHED_AT = 1_700_000_000_000;
const FLOW = aFlow();
const SOURCE = { topic: 'orders', partition: 2 };
const EVENT_SOURCE = 'arn:aws:kafka:eu-west-1:123456789012:cluster/target/1';

const provenAt = (next: bigint): PartitionState['evidence'] => ({
  kind: 'compared',
  proof: { kind: 'proven', next, compared: 7, gaps: [] },
});
const UNPROVEN: PartitionState['evidence'] = {
  kind: 'compared',
  proof: { kind: 'unproven', cause: 'no-match', reason: 'not one was found', compared: 0, gaps: [] },
};
const replicatorAt = (next: bigint | undefined): PartitionState['replicator'] => ({
  source: SOURCE,
  next,
  flushedAt: FLUSHED_AT,
  stands: { partition: 3, offset: 41n },
  ambiguity: undefined,
});
const withGap = (next: bigint): PartitionState['evidence'] => ({
  kind: 'compared',
  proof: { kind: 'proven', next, compared: 7, gaps: [{ from: next - 5n, to: next - 1n, records: 5 }] },
});
const LOST: PartitionState['evidence'] = {
  kind: 'compared',
  proof: { kind: 'proven', next: 395n, compared: 7, gaps: [] },
  tally: { kind: 'counted', compared: 395, duplicated: 0, lost: 2, expired: 0 },
};
const underTwoKeys = (next: bigint, ownNext: bigint | undefined): PartitionState['replicator'] => ({
  source: SOURCE,
  next,
  flushedAt: FLUSHED_AT,
  stands: { partition: 3, offset: 41n },
  ambiguity: 'it stands under 2 keys',
  ...(ownNext !== undefined && { ownNext }),
});
const mm2 = (stored: Mm2Offset['stored'], more: Partial<Mm2Offset> = {}): Mm2Offset => ({
  stored,
  by: 'the-sync',
  ambiguity: undefined,
  ...more,
});
const nextIs = (next: bigint, more: Partial<Mm2Offset> = {}) => mm2({ kind: 'usable', offset: next - 1n }, more);

/** Replicator's next offset and MM2's are 390; the copies reach to 395. */
const state = (more: Partial<PartitionState> = {}): PartitionState => ({
  flow: FLOW.name,
  source: SOURCE,
  replicator: replicatorAt(390n),
  mm2: nextIs(390n),
  unreachable: [],
  range: { start: 0n, end: 1_200n },
  evidence: provenAt(395n),
  ...more,
});

const plan = (more: Partial<PartitionState> = {}, options: Partial<PlanOptions> = {}) =>
  planRepairs([state(more)], {
    flows: [FLOW],
    replicatorOffsetsTopic: 'connect-offsets',
    eventSource: EVENT_SOURCE,
    movementOf: () => undefined,
    ...options,
  });

/** What a partition comes to, in one word. */
const outcome = (more: Partial<PartitionState>, options: Partial<PlanOptions> = {}): string => {
  const { repairs, refused, right } = plan(more, options);
  return [
    ...repairs.map(({ cause, next }) => `repair ${cause} to ${next}`),
    ...refused.map(({ cause }) => `refused ${cause}`),
    ...right.map(() => 'right'),
  ].join();
};

describe('a repair', () => {
  test('says what it writes and why, and departs from the record of Replicator as a proof', () => {
    const { repairs } = plan();

    expect(repairs).toEqual([
      {
        kind: 'repair',
        flow: FLOW,
        source: SOURCE,
        cause: 'stale',
        reason: 'Replicator was killed before it had flushed: MM2 would copy 5 offsets again',
        next: 395n,
        mm2Next: 390n,
        place: {
          eventSource: EVENT_SOURCE,
          topic: 'connect-offsets',
          partition: 3,
          offset: 41n,
          timestamp: FLUSHED_AT,
          isProof: true,
        },
      },
    ]);
  });

  test.each<[string, string, Partial<PartitionState>]>([
    ['a killed Replicator', 'stale to 395', {}],
    ['one that copied one more', 'stale to 391', { evidence: provenAt(391n) }],
    ['a sync that is late', 'behind to 390', { mm2: nextIs(350n), evidence: provenAt(390n) }],
    ['a sync that is late, and a killed Replicator', 'behind to 395', { mm2: nextIs(350n) }],
    ['a value off by one, too low', 'behind to 390', { mm2: nextIs(389n), evidence: provenAt(390n) }],
    ['a value off by one, too high', 'ahead to 390', { mm2: nextIs(391n), evidence: provenAt(390n) }],
    ['a value far ahead', 'ahead to 395', { mm2: nextIs(900n) }],
    ['a value between, ahead of Replicator', 'stale to 395', { mm2: nextIs(393n) }],
    ['a source topic created anew', 'out-of-range to 7', { range: { start: 0n, end: 9n }, evidence: provenAt(7n) }],
    ['a value that MM2 ignores', 'ignored-value to 395', { mm2: mm2({ kind: 'ignored', reason: 'it is no JSON' }) }],
    ['a value that kills', 'fatal-value to 395', { mm2: mm2({ kind: 'fatal', reason: 'a string' }) }],
    ['no value', 'missing to 395', { mm2: undefined }],
    ['a tombstone of our own', 'missing to 395', { mm2: mm2({ kind: 'none' }) }],
    ['the right value beside another', 'ambiguous-key to 395', { mm2: nextIs(395n, { ambiguity: 'two partitions' }) }],
    [
      'a tombstone beside a value',
      'missing to 0',
      { mm2: mm2({ kind: 'none' }, { ambiguity: 'x' }), evidence: provenAt(0n) },
    ],
  ])('puts right what is left by %s: %s', (_what, expected, more) => {
    expect(outcome(more)).toBe(`repair ${expected}`);
  });

  test('is an offset less by one under the key of MM2, and a tombstone before the very first record', () => {
    const [repair] = plan().repairs as [Repair];

    expect(translationOf(repair)).toEqual({
      flow: FLOW,
      key: '["MirrorSourceConnector",{"cluster":"primary","partition":2,"topic":"orders"}]',
      value: '{"offset":394}',
      place: repair.place,
    });
    expect(translationOf({ ...repair, next: 0n }).value).toBeNull();
  });
});

describe('nothing is written', () => {
  test.each<[string, string, Partial<PartitionState>]>([
    ['where MM2 goes on at the true next offset', 'right', { mm2: nextIs(395n) }],
    ['where MM2 has taken over and is right', 'right', { mm2: nextIs(395n, { by: 'somebody-else' }) }],
    [
      'where nothing is stored and nothing was copied',
      'right',
      { mm2: undefined, replicator: undefined, range: { start: 0n, end: 0n }, evidence: provenAt(0n) },
    ],
    ['over what MM2 wrote', 'refused taken-over', { mm2: nextIs(390n, { by: 'somebody-else' }) }],
    ["over somebody's tombstone", 'refused taken-over', { mm2: mm2({ kind: 'none' }, { by: 'somebody-else' }) }],
    [
      "over somebody's fatal value",
      'refused taken-over',
      { mm2: mm2({ kind: 'fatal', reason: 'x' }, { by: 'somebody-else' }) },
    ],
    ['where the records do not tell', 'refused unproven', { evidence: UNPROVEN }],
    [
      'where source records have no copy, though MM2 is at the true next offset',
      'refused gap',
      { mm2: nextIs(395n), evidence: withGap(395n) },
    ],
    ['where source records have no copy, and MM2 is behind', 'refused gap', { evidence: withGap(395n) }],
    ['where records were counted as lost', 'refused gap', { evidence: LOST }],
    [
      "where Replicator's keys of two forms say different things",
      'refused ambiguous-key',
      { mm2: nextIs(395n), replicator: underTwoKeys(395n, 390n) },
    ],
    [
      "where none of Replicator's keys has its own form",
      'refused ambiguous-key',
      { mm2: nextIs(395n), replicator: underTwoKeys(395n, undefined) },
    ],
    [
      "where Replicator's keys of two forms say the same",
      'right',
      { mm2: nextIs(395n), replicator: underTwoKeys(395n, 395n) },
    ],
    [
      'where the offsets agree, and the records do not tell',
      'refused unproven',
      { mm2: nextIs(390n), evidence: UNPROVEN },
    ],
    ['where nothing was compared', 'refused unproven', { evidence: { kind: 'not-compared', reason: 'no source' } }],
    [
      'where Replicator has stored nothing',
      'refused nothing-stored',
      { replicator: undefined, evidence: { kind: 'not-compared', reason: 'Replicator has stored no offset' } },
    ],
    [
      'where Replicator was reset',
      'refused nothing-stored',
      { replicator: replicatorAt(undefined), evidence: UNPROVEN },
    ],
    [
      'where Replicator has stored nothing, though an empty partition proves itself',
      'refused nothing-stored',
      { replicator: undefined, range: { start: 9n, end: 9n }, evidence: provenAt(9n), mm2: nextIs(99n) },
    ],
  ])('%s: %s', (_what, expected, more) => {
    expect(outcome(more)).toBe(expected);
  });

  test('where something moved, even if it is right at the moment', () => {
    const movementOf = () => 'partition 2 of "orders" has got 3 more offsets';

    expect(outcome({}, { movementOf })).toBe('refused moving');
    expect(outcome({ mm2: nextIs(395n) }, { movementOf })).toBe('refused moving');
    expect(plan({}, { movementOf }).refused).toMatchObject([
      { reason: 'partition 2 of "orders" has got 3 more offsets' },
    ]);
  });

  test('where nothing tells the event source, and the refusal says what to give', () => {
    const { refused } = plan({}, { eventSource: undefined });

    expect(refused).toMatchObject([{ cause: 'event-source-unknown', fix: expect.stringContaining('--event-source') }]);
    expect(outcome({ mm2: nextIs(395n) }, { eventSource: undefined })).toBe('right');
  });

  test('for a flow that is not asked for', () => {
    expect(outcome({ flow: 'another' })).toBe('');
  });
});
