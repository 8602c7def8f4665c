import { expect, test } from '@jest/globals';
import { describeStep, faultsOf, type Step, summaryOf } from '../../../local/chaos/round-plan.ts';
import { offsetEntry } from './placed.ts';

const source = { topic: 'foo', partition: 0 };
const at = { request: 3, side: 'before' } as const;
const batches = [[0, 1], [2]];

test.each<[Step, string]>([
  [
    { kind: 'flush', entries: [offsetEntry(7n), { kind: 'noise', key: 'k', value: null }], clock: 90 },
    'flush replicator foo-0 = 7, noise k = null (clock 90 ms)',
  ],
  [
    { kind: 'deliver', why: 'in pieces', slot: 1, batches, fault: { kind: 'instance killed', at } },
    'deliver in pieces, slot 1: [0 1] [2]; instance killed before request 3',
  ],
  [
    { kind: 'deliver', why: 'new', slot: 0, batches, fault: { kind: 'broker killed', at, milliseconds: 70 } },
    'deliver new, slot 0: [0 1] [2]; broker killed before request 3 for 70 ms',
  ],
  [
    {
      kind: 'deliver',
      why: 'new',
      slot: 0,
      batches,
      fault: {
        kind: 'taken over in mid-delivery',
        times: [{ at, writes: [{ flow: 0, source, value: 'v' }] }],
        transaction: 'aborted',
      },
    },
    'deliver new, slot 0: [0 1] [2]; taken over in mid-delivery: before request 3 flow 0 foo-0 = v (transaction: aborted)',
  ],
  [
    {
      kind: 'deliver',
      why: 'new',
      slot: 0,
      batches,
      fault: { kind: 'overtaken by another instance', at, other: 2, later: [3] },
    },
    'deliver new, slot 0: [0 1] [2]; overtaken by another instance before request 3, in slot 2, with later records [3]',
  ],
  [{ kind: 'cold start', slot: 2 }, 'cold start of slot 2'],
])('a step is told in a line: %#', (step, line) => {
  expect(describeStep(step)).toBe(line);
});

test('a delivery counts with its fault and with how odd it is', () => {
  const steps: readonly Step[] = [
    { kind: 'deliver', why: 'new', slot: 0, batches },
    { kind: 'deliver', why: 'again', slot: 0, batches, fault: { kind: 'two instances at once', other: 1 } },
    { kind: 'take over', writes: [], transaction: 'committed' },
  ];

  expect(faultsOf({ flows: [], steps })).toEqual([
    'delivered: again',
    'two instances at once',
    'taken over, transaction: committed',
  ]);
  expect(summaryOf({ flows: [], steps })).toBe('3 steps, 3 faults');
});
