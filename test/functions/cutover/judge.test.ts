import { describe, expect, test } from '@jest/globals';
import { type Judgement, judge, restOf } from '../../../functions/cutover/judge.ts';
import type { Look } from '../../../functions/cutover/look.ts';
import { advance, type CutoverEvent, type Run, START } from '../../../functions/cutover/run.ts';
import { aLook, anAssessment } from './a-run.ts';

const FLUSH_MS = 60_000;
const REST_MS = restOf(FLUSH_MS) + 1;
const OPTIONS = { flushIntervalMs: FLUSH_MS, isPostponed: false };

const after = (...events: readonly CutoverEvent[]): Run => events.reduce(advance, START);
const judgeAfter = (...events: readonly CutoverEvent[]): Judgement => judge(after(...events), OPTIONS);
const looked = (at: number, changes: Partial<Look> = {}): CutoverEvent => ({
  kind: 'looked',
  look: aLook({ ...changes, at }),
});
const verified = (changes: Parameters<typeof anAssessment>[0] = {}): CutoverEvent => ({
  kind: 'verified',
  assessment: anAssessment(changes),
});
const last = ({ lines }: Judgement) => lines.at(-1);

/** Up to where Replicator has been at rest for long enough. */
const AT_REST = [looked(0), verified(), looked(REST_MS)] as const;
const PROVEN = [...AT_REST, verified(), looked(REST_MS + 1)] as const;

describe('checked', () => {
  test('asks for a look, and then for a comparison', () => {
    expect(judgeAfter().step).toEqual({ kind: 'wait' });
    expect(judgeAfter(looked(0)).step).toEqual({ kind: 'check' });
  });

  test('is blocked by what no repair changes, and not by what one does', () => {
    const blocked = judgeAfter(looked(0), verified({ partitionBlocks: ['gap: orders-0: 3 records'] }));
    const stale = judgeAfter(looked(0), verified({ repairable: ['orders-0'] }));

    expect([last(blocked), blocked.step]).toEqual([
      { state: 'checked', status: 'blocked', reason: 'gap: orders-0: 3 records' },
      { kind: 'give-up' },
    ]);
    expect(stale.reached).toBe('checked');
  });

  test('is blocked where there is nothing to migrate', () => {
    expect(last(judgeAfter(looked(0), verified({ partitions: 0 })))?.status).toBe('blocked');
  });
});

describe('replicator-stopped', () => {
  test('waits for longer than a flush interval in which nothing is flushed and nothing copied', () => {
    expect(judgeAfter(looked(0), verified(), looked(FLUSH_MS)).reached).toBe('checked');
    expect(judgeAfter(...AT_REST).lines[1]?.status).toBe('ok');
  });

  test.each([
    ['it flushes', { replicator: 'r2', target: 't', mm2: 'm', source: 's' }],
    ['records are copied', { replicator: 'r', target: 't2', mm2: 'm', source: 's' }],
  ])('begins to wait anew when %s', (_what, marks) => {
    const moved = judgeAfter(looked(0), verified(), looked(REST_MS, { marks }));

    expect(last(moved)).toMatchObject({ state: 'replicator-stopped', status: 'waiting' });
    expect(
      judgeAfter(looked(0), verified(), looked(REST_MS, { marks }), looked(2 * REST_MS, { marks })).lines[1],
    ).toMatchObject({
      status: 'ok',
    });
  });

  test('waits as long as its group on the source has members', () => {
    const replicatorGroup = { kind: 'members', group: 'replicator', members: 2 } as const;

    expect(last(judgeAfter(...AT_REST, looked(3 * REST_MS, { replicatorGroup })))).toMatchObject({
      state: 'replicator-stopped',
      status: 'waiting',
      reason: expect.stringContaining('the group "replicator" has 2 members'),
    });
  });

  test('asks where an idle Replicator looks the same, and asks again once it has moved', () => {
    const idle = { hasUncopied: false };
    const asked = judgeAfter(looked(0, idle), verified(), looked(REST_MS, idle));
    const confirmed: CutoverEvent = { kind: 'confirmed', question: 'is-stopped' };
    const moved = { ...idle, marks: { replicator: 'r2', target: 't', mm2: 'm', source: 's' } };

    expect([last(asked)?.status, asked.step]).toEqual(['asks', { kind: 'confirm', question: 'is-stopped' }]);
    expect(judgeAfter(looked(0, idle), verified(), looked(REST_MS, idle), confirmed).lines[1]?.status).toBe('ok');
    expect(
      judgeAfter(looked(0, idle), verified(), confirmed, looked(REST_MS, moved), looked(3 * REST_MS, moved)).step,
    ).toEqual({ kind: 'confirm', question: 'is-stopped' });
  });

  test('is blocked where MM2 has begun to write while Replicator still does', () => {
    const early = (replicator: string) => ({
      takenOver: ['orders-0'],
      marks: { replicator, target: 't2', mm2: 'm2', source: 's' },
    });

    expect(last(judgeAfter(looked(0), verified(), looked(10, early('r2'))))?.status).toBe('waiting');
    const { step, ...judgement } = judgeAfter(looked(0), verified(), looked(10, early('r2')), looked(20, early('r3')));

    expect([last({ ...judgement, step }), step]).toEqual([
      {
        state: 'replicator-stopped',
        status: 'blocked',
        reason: expect.stringMatching(/offsets of orders-0, and Replicator still runs: stop MM2/),
      },
      { kind: 'give-up' },
    ]);
  });
});

test('a Replicator that flushed and was stopped before MM2 took over is no Replicator that runs beside it', () => {
  const stopped = { replicator: 'r2', target: 't2', mm2: 'm2', source: 's' };
  const stored = { takenOver: ['orders-0'], marks: { replicator: 'r2', target: 't3', mm2: 'm3', source: 's' } };

  const judgement = judgeAfter(
    looked(0),
    verified(),
    looked(10, { marks: stopped }),
    looked(10 + REST_MS, { marks: stopped }),
    verified(),
    looked(11 + REST_MS, { marks: stopped }),
    { kind: 'announced' },
    looked(12 + REST_MS, stored),
  );

  expect(judgement.step).toEqual({ kind: 'compare-copies' });
});

describe('drained', () => {
  const behind = { behind: ['orders-0'] };
  const served = { eventGroup: { kind: 'members', group: 'sync', members: 1 } } as const;

  test('waits for a sync that is at work', () => {
    const judgement = judgeAfter(
      looked(0, served),
      verified(),
      looked(REST_MS - 1, { ...served, behind: ['orders-0', 'orders-1'] }),
      looked(REST_MS, { ...served, ...behind }),
    );

    expect([last(judgement)?.state, judgement.step]).toEqual(['drained', { kind: 'wait' }]);
  });

  test('translates where it does nothing for too long, or nobody delivers to it', () => {
    const late = judgeAfter(looked(0, { ...served, ...behind }), verified(), looked(REST_MS, { ...served, ...behind }));
    const absent = judgeAfter(looked(REST_MS - 10), verified(), looked(2 * REST_MS, behind));

    expect([late.step, absent.step]).toEqual([{ kind: 'translate' }, { kind: 'translate' }]);
  });

  test('goes on once it was translated here, whatever the event source has still to deliver', () => {
    const left = { ...served, undelivered: 5n };
    const late = [looked(0, left), verified(), looked(REST_MS, left)];

    expect(judgeAfter(...late).step).toEqual({ kind: 'translate' });
    expect(judgeAfter(...late, { kind: 'translated' }).reached).toBe('drained');
  });

  test('is blocked where an offset is missing even then', () => {
    expect(last(judgeAfter(...AT_REST, { kind: 'translated' }, looked(2 * REST_MS, behind)))).toMatchObject({
      state: 'drained',
      status: 'blocked',
    });
  });
});

describe('closed', () => {
  test('has the event source switched off while its group has members', () => {
    const eventGroup = { kind: 'members', group: 'sync', members: 1 } as const;

    const judgement = judgeAfter(looked(0), verified(), looked(REST_MS, { eventGroup }));

    expect([last(judgement)?.state, judgement.step]).toEqual(['closed', { kind: 'close' }]);
  });

  test('asks where the group cannot be seen or is not there, and forgets the answer when it has members', () => {
    const absent = { eventGroup: { kind: 'absent', group: 'sync' } } as const;
    const members = { eventGroup: { kind: 'members', group: 'sync', members: 1 } } as const;
    const before = [looked(0, absent), verified(), looked(REST_MS, absent)];
    const confirmed: CutoverEvent = { kind: 'confirmed', question: 'is-closed' };

    expect(judgeAfter(...before).step).toEqual({ kind: 'confirm', question: 'is-closed' });
    expect(judgeAfter(...before, confirmed).lines[3]?.status).toBe('ok');
    expect(judgeAfter(...before, confirmed, looked(REST_MS + 1, members), looked(REST_MS + 2, absent)).step).toEqual({
      kind: 'confirm',
      question: 'is-closed',
    });
  });
});

test('an event source that nobody may look at is asked about, with the reason', () => {
  const eventGroup = {
    kind: 'unknown',
    reason: 'the group "sync" may not be seen: grant the right to describe it',
  } as const;

  const judgement = judgeAfter(looked(0), verified(), looked(REST_MS, { eventGroup }));

  expect(last(judgement)).toEqual({
    state: 'closed',
    status: 'asks',
    reason:
      'whether the event source is off cannot be told: the group "sync" may not be seen: grant the right to describe it',
  });
});

describe('proven', () => {
  test('wants a comparison that nothing has moved since, and a look after it', () => {
    const moved = { marks: { replicator: 'r2', target: 't2', mm2: 'm2', source: 's' } };
    const again = judgeAfter(looked(0), verified(), looked(1, moved), looked(3 * REST_MS, moved));
    expect([again.reached, again.step]).toEqual(['closed', { kind: 'prove' }]);
    const early = judgeAfter(looked(0), verified(), looked(REST_MS), verified());

    expect([early.reached, early.step]).toEqual(['closed', { kind: 'wait' }]);
    expect(judgeAfter(...PROVEN).reached).toBe('proven');
  });

  test('has the offsets repaired that the records prove to be wrong', () => {
    const judgement = judgeAfter(...AT_REST, verified({ repairable: ['orders-0'] }), looked(REST_MS + 1));

    expect([last(judgement)?.status, judgement.step]).toEqual(['asks', { kind: 'repair', partitions: ['orders-0'] }]);
  });

  test.each([
    ['blocked', { partitionBlocks: ['gap: orders-0: 3 records'] }],
    ['blocked', { waits: ['uncovered: orders-0'] }],
    ['cannot-tell', { unproven: ['orders-0: the target partition is empty'] }],
  ])('is %s by %j', (status, changes) => {
    const judgement = judgeAfter(...AT_REST, verified(changes), looked(REST_MS + 1));

    expect([last(judgement)?.status, judgement.step]).toEqual([status, { kind: 'give-up' }]);
  });

  test.each([
    ['Replicator flushes', { replicator: 'r2', target: 't', mm2: 'm', source: 's' }, 'checked'],
    ['a record is copied', { replicator: 'r', target: 't2', mm2: 'm', source: 's' }, 'checked'],
    ['the sync writes', { replicator: 'r', target: 't', mm2: 'm2', source: 's' }, 'closed'],
    ['the source passes the boundary', { replicator: 'r', target: 't', mm2: 'm', source: 's2' }, 'closed'],
  ])('is over when %s', (_what, marks, reached) => {
    expect(judgeAfter(...PROVEN, looked(REST_MS + 2, { marks })).reached).toBe(reached);
  });
});

describe('point-of-no-return', () => {
  test('is announced upon a proof, and not while it is postponed', () => {
    expect(judgeAfter(...PROVEN).step).toEqual({ kind: 'announce' });
    expect(judge(after(...PROVEN), { ...OPTIONS, isPostponed: true })).toMatchObject({
      reached: 'proven',
      step: { kind: 'wait' },
    });
  });

  test('is left again when Replicator flushes after the announcement, the sync writes, or the source passes the boundary', () => {
    const announced = [...PROVEN, { kind: 'announced' } as const];

    expect(judgeAfter(...announced).reached).toBe('point-of-no-return');
    for (const marks of [
      { replicator: 'r2', target: 't', mm2: 'm', source: 's' },
      { replicator: 'r', target: 't', mm2: 'm2', source: 's' },
      { replicator: 'r', target: 't', mm2: 'm', source: 's2' },
    ]) {
      expect(['checked', 'closed']).toContain(judgeAfter(...announced, looked(REST_MS + 2, { marks })).reached);
    }
  });
});

describe('a key that somebody else wrote, where no MM2 is seen at work', () => {
  const foreign = { takenOver: ['orders-0'] };

  test.each([
    [
      'it is wrong',
      { takenOverBlocks: ['taken-over: orders-0: 144 records again'] },
      'blocked',
      /hand the keys back.*144/,
    ],
    ['others are wrong', { repairable: ['orders-1'] }, 'asks', /not the true one for orders-1/],
    ['others are not proven', { unproven: ['orders-2: it is empty'] }, 'cannot-tell', /orders-2/],
  ] as const)('proves nothing: %s', (_what, changes, status, reason) => {
    const judgement = judgeAfter(
      looked(0, foreign),
      verified(changes),
      looked(REST_MS, foreign),
      verified(changes),
      looked(REST_MS + 1, foreign),
    );

    expect([judgement.reached, last(judgement)]).toEqual([
      'closed',
      { state: 'proven', status, reason: expect.stringMatching(reason) },
    ]);
  });

  test('switches off neither the watch of the target nor the sync', () => {
    const copied = { ...foreign, marks: { replicator: 'r', target: 't2', mm2: 'm', source: 's' } };

    expect(last(judgeAfter(looked(0, foreign), verified(), looked(REST_MS, copied)))?.state).toBe('replicator-stopped');
    expect(
      judgeAfter(looked(0, foreign), verified(), looked(REST_MS, { ...foreign, behind: ['orders-1'] })).step,
    ).toEqual({ kind: 'translate' });
  });

  test('counts as any other where the records say that it is right, and not as taken over', () => {
    const proven = [looked(0, foreign), verified(), looked(REST_MS, foreign), verified(), looked(REST_MS + 1, foreign)];

    expect(judgeAfter(...proven).step).toEqual({ kind: 'announce' });
    expect(last(judgeAfter(...proven, { kind: 'announced' }, looked(REST_MS + 2, foreign)))).toMatchObject({
      state: 'taken-over',
      status: 'waiting',
      reason: 'MM2 has not copied anything yet',
    });
  });

  test('sets no state where MM2 runs for another partition, before what it copied is right everywhere', () => {
    const runs = (next: bigint) => ({ ...foreign, ownNext: new Map([['orders-0', next]]) });
    const events = [looked(0, runs(1n)), verified(), looked(REST_MS, runs(2n))] as const;
    const open = { kind: 'waiting', partitions: ['orders-1'] } as const;

    expect(judgeAfter(...events).reached).toBe('closed');
    expect(last(judgeAfter(...events, { kind: 'copies-compared', verdict: open }))).toMatchObject({
      state: 'proven',
      status: 'waiting',
      reason: expect.stringMatching(/orders-1.*hand the keys back/),
    });
    expect(
      last(judgeAfter(looked(0, runs(1n)), verified(), looked(REST_MS, { ...runs(2n), behind: ['orders-1'] }))),
    ).toMatchObject({ state: 'drained', status: 'blocked' });
  });
});

describe('taken-over', () => {
  const announced = [...PROVEN, { kind: 'announced' } as const];
  const copied = { marks: { replicator: 'r', target: 't2', mm2: 'm', source: 's' } };
  const stored = { takenOver: ['orders-0'], marks: { replicator: 'r', target: 't2', mm2: 'm2', source: 's' } };
  const compared = (verdict: Extract<CutoverEvent, { kind: 'copies-compared' }>['verdict']): CutoverEvent => ({
    kind: 'copies-compared',
    verdict,
  });

  test('waits until MM2 has copied, and has stored offsets of its own', () => {
    expect(last(judgeAfter(...announced, looked(REST_MS + 2)))?.reason).toContain('has not copied anything yet');
    expect(last(judgeAfter(...announced, looked(REST_MS + 2, copied)))?.reason).toContain('records are copied');
    expect(judgeAfter(...announced, looked(REST_MS + 2, stored)).step).toEqual({ kind: 'compare-copies' });
  });

  test.each([
    ['waiting', { kind: 'waiting', partitions: ['orders-1'] }],
    ['blocked', { kind: 'wrong', reasons: ['orders-0: 3 records were copied again'] }],
    ['cannot-tell', { kind: 'cannot-tell', reasons: ['orders-0: the same contents'] }],
  ] as const)('is %s by what was copied', (status, verdict) => {
    expect(last(judgeAfter(...announced, looked(REST_MS + 2, stored), compared(verdict)))).toMatchObject({
      state: 'taken-over',
      status,
    });
  });

  test('is reached where the first copies are right, then reported, then done', () => {
    const events = [
      ...announced,
      looked(REST_MS + 2, stored),
      compared({ kind: 'right', resumed: 2, quiet: 1, older: 0 }),
    ];

    expect(judgeAfter(...events)).toMatchObject({ reached: 'taken-over', step: { kind: 'report' } });
    expect(judgeAfter(...events, { kind: 'reported' })).toMatchObject({ reached: 'done', step: { kind: 'finish' } });
  });

  test('compares what was copied before MM2 has stored anything: it may be a Replicator that was resumed', () => {
    const grown = [...announced, looked(REST_MS + 2, copied)] as const;
    const wrong = compared({ kind: 'wrong', reasons: ['orders-0: 3 records were copied again'] });

    expect(judgeAfter(...grown).step).toEqual({ kind: 'compare-copies' });
    expect(last(judgeAfter(...grown, wrong, looked(REST_MS + 3, copied)))).toMatchObject({
      state: 'taken-over',
      status: 'blocked',
    });
  });

  test('tells of copies from before the cutover, and is reached all the same', () => {
    const older = compared({ kind: 'right', resumed: 2, quiet: 0, older: 3 });

    expect(judgeAfter(...announced, looked(REST_MS + 2, stored), older).lines[6]).toMatchObject({
      status: 'ok',
      reason: expect.stringContaining('3 copies too many or missing'),
    });
  });

  test('is found by a run that was started after MM2, once Replicator is seen to rest', () => {
    const found = [
      looked(0, stored),
      verified({ takenOverBlocks: ['taken-over: orders-0'] }),
      looked(REST_MS, { ...stored, ownNext: new Map([['orders-0', 2n]]) }),
    ] as const;
    const right = compared({ kind: 'right', resumed: 1, quiet: 2, older: 0 });

    expect([judgeAfter(...found).reached, judgeAfter(...found).step]).toEqual(['closed', { kind: 'compare-copies' }]);
    expect([judgeAfter(...found, right).reached, judgeAfter(...found, right).step]).toEqual([
      'taken-over',
      { kind: 'report' },
    ]);
  });
});
