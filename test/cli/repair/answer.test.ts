import { describe, expect, test } from '@jest/globals';
import { exitCodeOf, jsonOf, outcomeText, planText } from '../../../cli/repair/answer.ts';
import type { Outcome, Prepared } from '../../../cli/repair/run.ts';
import type { Change } from '../../../cli/repair/way.ts';
import type { Refusal, RefusalCause, Right } from '../../../functions/readiness/repairs.ts';
import { aFlow } from '../../functions/a-flow.ts';

const flow = aFlow();
const change: Change = {
  flow,
  source: { topic: 'orders', partition: 2 },
  cause: 'missing',
  reason: 'MM2 has no offset',
  next: 2n ** 60n + 1n,
  before: undefined,
};
const refusal = (cause: RefusalCause, topic = 'payments'): Refusal => ({
  kind: 'refused',
  flow,
  source: { topic, partition: 0 },
  cause,
  reason: 'of \u001B[31msomething',
  fix: 'do something',
});
const right: Right = { kind: 'right', flow, source: { topic: 'orders', partition: 3 }, next: 7n };

const prepared = (plan: Partial<Prepared<Change>['plan']> = {}): Prepared<Change> => ({
  at: new Date('2026-11-24T09:00:00.000Z'),
  watchedMs: 67_400,
  plan: { changes: [], refused: [], right: [], ...plan },
  mark: {
    at: 0,
    watched: { flows: [], replicatorOffsetsTopic: 'connect-offsets', targetTopics: new Set() },
    extents: new Map(),
  },
});

describe('what is planned', () => {
  test('is a table with reasons, what is refused and what to do, and a sum', () => {
    const text = planText(prepared({ changes: [change], refused: [refusal('taken-over')], right: [right] }), 'MM2');

    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^ *FLOW +TOPIC +PARTITION +MM2 NOW +TRUE NEXT +WHY$/),
      expect.stringMatching(/^ *replicator +orders +2 +- +1152921504606846977 +missing: MM2 has no offset$/),
      '',
      'refused taken-over: payments-0: of \\u{1b}[31msomething. To do: do something',
      '',
      "1 offset of MM2's to write, 1 refused, 1 right already; watched for 67 seconds",
    ]);
  });

  test('names twenty refusals, and how many more there are', () => {
    const refused = Array.from({ length: 25 }, (_, n) => refusal('unproven', `topic-${n}`));

    const text = planText(prepared({ refused }), 'MM2');

    expect(text.match(/^refused /gm)).toHaveLength(20);
    expect(text).toContain('and 5 more, which --json tells');
  });
});

test('what became of it is a line each, and a sum', () => {
  expect(outcomeText(new Map([[change, 'verified']]))).toBe(
    'orders-2: 1152921504606846977: written, and read back\n1 of 1 offset written and read back',
  );
});

test('what was written before something moved is no success, and is not said to be unwritten', () => {
  expect(outcomeText(new Map([[change, 'written-but-moved']]))).toBe(
    'orders-2: 1152921504606846977: written, but something was copied meanwhile: stop it, and run repair again\n' +
      '0 of 1 offset written and read back, 1 written while something was copied',
  );
});

test('the JSON has what may stand and the error, where one ended it', () => {
  const outcomes = new Map<Change, Outcome>([[change, 'perhaps-written']]);

  expect(jsonOf(prepared({ changes: [change] }), outcomes, 'MM2', new Error('the broker is gone'))).toMatchObject({
    changes: [{ outcome: 'perhaps-written' }],
    error: 'the broker is gone',
  });
});

test('the JSON keeps 64 bits of an offset', () => {
  expect(jsonOf(prepared({ changes: [change], right: [right] }), new Map([[change, 'moved']]), 'Replicator')).toEqual({
    whose: 'Replicator',
    at: '2026-11-24T09:00:00.000Z',
    watchedSeconds: 67,
    changes: [
      {
        flow: 'replicator',
        topic: 'orders',
        partition: 2,
        cause: 'missing',
        reason: 'MM2 has no offset',
        next: { now: null, true: '1152921504606846977' },
        outcome: 'moved',
      },
    ],
    refused: [],
    right: [{ flow: 'replicator', topic: 'orders', partition: 3, next: '7' }],
  });
});

describe('the exit code', () => {
  test.each<[number, string, Outcome]>([
    [0, 'everything was written and read back', 'verified'],
    [1, 'nobody said yes', 'planned'],
    [1, 'something moved', 'moved'],
    [1, 'something was copied after it was written', 'written-but-moved'],
    [1, 'an error ended it', 'perhaps-written'],
    [1, 'it was left as it was', 'left'],
    [2, 'somebody else wrote it', 'taken-over'],
    [2, 'something else was read back', 'not-verified'],
  ])('is %d where %s', (code, _what, outcome) => {
    expect(exitCodeOf(prepared({ changes: [change] }).plan, new Map([[change, outcome]]))).toBe(code);
  });

  test.each<[number, RefusalCause]>([
    [1, 'moving'],
    [2, 'taken-over'],
    [2, 'event-source-unknown'],
    [2, 'unknown-key'],
    [3, 'nothing-stored'],
    [3, 'unproven'],
  ])('is %d where a partition is refused: %s', (code, cause) => {
    expect(exitCodeOf(prepared({ refused: [refusal(cause)], right: [right] }).plan, new Map())).toBe(code);
  });

  test('is the worst of all, 0 where all is right, and no success where there is nothing', () => {
    const { plan } = prepared({ refused: [refusal('unproven'), refusal('taken-over'), refusal('moving')] });

    expect(exitCodeOf(plan, new Map())).toBe(2);
    expect(exitCodeOf(prepared({ right: [right] }).plan, new Map())).toBe(0);
    expect(exitCodeOf(prepared().plan, new Map())).toBe(3);
  });
});
