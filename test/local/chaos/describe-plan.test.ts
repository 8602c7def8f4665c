import { expect, test } from '@jest/globals';
import { describeStep, faultsOf, summaryOf } from '../../../local/chaos/describe-plan.ts';
import type { Fault, Step, Strike } from '../../../local/chaos/round-plan.ts';
import { offsetEntry } from './placed.ts';

const source = { topic: 'foo', partition: 0 };
const batches = [[0, 1], [2]];
const strike = (fault: Fault): Strike => ({ at: { of: 'send', request: 1, side: 'before' }, fault });
const delivery = (...faults: readonly Fault[]): Step => ({
  kind: 'deliver',
  why: 'in-pieces',
  slot: 1,
  batches,
  strikes: faults.map(strike),
});

test.each<[Step, string]>([
  [
    { kind: 'flush', entries: [offsetEntry(7n), { kind: 'noise', key: 'k', value: null }], clock: 90 },
    'flush replicator foo-0 = 7, noise k = null (clock 90 ms)',
  ],
  [delivery({ kind: 'instance-killed' }), 'deliver in-pieces, slot 1: [0 1] [2]; before send 1 instance-killed'],
  [
    { kind: 'deliver', why: 'new', slot: 0, alsoIn: 2, batches: [[0]], strikes: [] },
    'deliver new, slot 0 and slot 2 at once: [0]',
  ],
  [
    {
      kind: 'deliver',
      why: 'new',
      slot: 0,
      batches,
      strikes: [{ at: { request: 3, side: 'after' }, fault: { kind: 'broker-killed', broker: 1, forMs: 70 } }],
    },
    'deliver new, slot 0: [0 1] [2]; after request 3 broker-killed (1) for 70 ms',
  ],
  [
    delivery(
      { kind: 'taken-over', writes: [{ flow: 0, source, value: 'v' }], transaction: 'aborted' },
      { kind: 'overtaken', slot: 2, later: [3] },
    ),
    'deliver in-pieces, slot 1: [0 1] [2]; before send 1 taken-over: flow 0 foo-0 = v (transaction: aborted)' +
      '; before send 1 overtaken, in slot 2, with later records [3]',
  ],
  [{ kind: 'cold-start', slot: 2 }, 'cold start of slot 2'],
  [
    {
      kind: 'taken-over',
      writes: [{ flow: 1, source, value: null, header: 'header-null', elsewhere: true }],
      transaction: 'none',
    },
    'taken-over: flow 1 foo-0 = null (header-null, in another partition)',
  ],
  [{ kind: 'handed-back', keys: [{ flow: 0, source }] }, 'handed-back: flow 0 foo-0'],
  [{ kind: 'partitions-added', offsetsTopic: 'mm2', count: 3 }, 'partitions-added: 3 to mm2'],
  [
    { kind: 'mm2-topic-created-anew', offsetsTopic: 'mm2', writes: [{ flow: 0, source, value: 'v' }], filled: true },
    'mm2-topic-created-anew: mm2, filled beyond its old ends, flow 0 foo-0 = v',
  ],
  [{ kind: 'replicator-topic-created-anew' }, 'replicator-topic-created-anew'],
])('a step is told in a line: %#', (step, line) => {
  expect(describeStep(step)).toBe(line);
});

test('a delivery counts with its faults and with how odd it is, and an act with its odd records', () => {
  const steps: readonly Step[] = [
    { kind: 'deliver', why: 'new', slot: 0, batches, strikes: [] },
    { kind: 'deliver', why: 'again', slot: 0, alsoIn: 1, batches, strikes: [] },
    delivery({ kind: 'taken-over', writes: [{ flow: 0, source, value: 'v' }], transaction: 'committed' }),
    {
      kind: 'mm2-topic-created-anew',
      offsetsTopic: 'mm2',
      writes: [{ flow: 0, source, value: 'v', header: 'header-twice', elsewhere: true }],
      filled: true,
    },
  ];

  expect(faultsOf({ flows: [], steps })).toEqual([
    'delivered: again',
    'two-instances-at-once',
    'delivered: in-pieces',
    'taken-over, transaction committed, in a delivery',
    'mm2-topic-created-anew',
    'mm2-topic-filled',
    'header-twice',
    'elsewhere',
  ]);
  expect(summaryOf({ flows: [], steps })).toBe('4 steps, 8 faults');
});
