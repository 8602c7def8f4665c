import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plansOf } from '../../../local/chaos/chaos.ts';
import { faultsOf } from '../../../local/chaos/describe-plan.ts';
import { roundPlans } from '../../../local/chaos/plan-round.ts';
import type { Act, Delivery, Fault, RoundPlan, Write } from '../../../local/chaos/round-plan.ts';
import { LEAVABLE } from '../../../local/chaos/weights.ts';
import { defaultPartition } from '../../../local/world/sync/default-partition.ts';
import { bytesOf } from '../../../local/world/sync/replicator-history.ts';

const everyPlan = (holds: (plan: RoundPlan) => void) => {
  fc.assert(fc.property(roundPlans([]), holds), { numRuns: 200 });
};

const flushedBy = ({ steps }: RoundPlan) => steps.flatMap((step) => (step.kind === 'flush' ? step.entries : []));
const deliveriesOf = ({ steps }: RoundPlan): readonly Delivery[] => steps.filter((step) => step.kind === 'deliver');
const laterOf = (fault: Fault): readonly number[] => ('later' in fault ? fault.later : []);
const isAct = (one: { readonly kind: string }): one is Act =>
  one.kind !== 'flush' && one.kind !== 'deliver' && one.kind !== 'cold-start' && one.kind !== 'repaired';
const actsOf = ({ steps }: RoundPlan): readonly (Act | Fault)[] =>
  steps.flatMap((step) =>
    step.kind === 'deliver' ? step.strikes.map(({ fault }) => fault) : isAct(step) ? [step] : [],
  );
const writesOf = (plan: RoundPlan): readonly Write[] =>
  actsOf(plan).flatMap((act) => ('writes' in act ? act.writes : []));

/** The records of a delivery in the order in which they are delivered. */
const orderOf = ({ batches: [first = [], ...more], strikes }: Delivery): readonly number[] => [
  ...first,
  ...strikes.flatMap(({ fault }) => laterOf(fault)),
  ...more.flat(),
];

describe('a plan, drafted in whatever way and shrunk however far,', () => {
  test('delivers every record that was flushed, and none before it was', () => {
    everyPlan((plan) => {
      let flushed = 0;
      const delivered = new Set<number>();
      for (const step of plan.steps) {
        if (step.kind === 'flush') {
          flushed += step.entries.length;
        }
        for (const number of step.kind === 'deliver' ? orderOf(step) : []) {
          expect(number).toBeLessThan(flushed);
          delivered.add(number);
        }
      }
      expect(delivered.size).toBe(flushed);
    });
  });

  test("delivers a partition's records in order the first time, as the event source does", () => {
    everyPlan((plan) => {
      const partitions = flushedBy(plan).map((entry) => defaultPartition(bytesOf(entry).key ?? ''));
      const reached = new Map<number, number>();
      for (const number of new Set(deliveriesOf(plan).flatMap(orderOf))) {
        const partition = partitions[number] ?? -1;
        expect(number).toBeGreaterThan(reached.get(partition) ?? -1);
        reached.set(partition, number);
      }
    });
  });

  test('lets only clocks that are right decide between two partitions', () => {
    everyPlan((plan) => {
      let topics = 0;
      const entries = plan.steps.flatMap((step) => {
        topics += step.kind === 'replicator-topic-created-anew' ? 1 : 0;
        return step.kind === 'flush' ? step.entries.map((entry) => ({ entry, clock: step.clock, topic: topics })) : [];
      });
      const targeted = entries.flatMap(({ entry, ...when }) => (entry.kind === 'noise' ? [] : [{ entry, ...when }]));
      const byTarget = Map.groupBy(targeted, ({ entry: { connector, source }, topic }) =>
        JSON.stringify([connector, source, topic]),
      );
      for (const ofTarget of byTarget.values()) {
        if (new Set(ofTarget.map(({ entry }) => entry.form)).size > 1) {
          expect(new Set(ofTarget.map(({ clock }) => clock)).size).toBe(1);
        }
      }
    });
  });

  test('lets no clock in a topic that is going to be deleted be behind one before', () => {
    everyPlan(({ steps }) => {
      const last = steps.findLastIndex(({ kind }) => kind === 'replicator-topic-created-anew');
      const flushes = steps.slice(0, Math.max(0, last)).filter((step) => step.kind === 'flush');
      // Each topic's clocks are ahead of those of the one before.
      const clocks = flushes.map(({ clock }) => clock);
      expect(clocks).toEqual(clocks.toSorted((a, b) => a - b));
    });
  });

  test('leaves half of the keys to the sync, and gives somebody else values that no history has', () => {
    everyPlan((plan) => {
      const writes = writesOf(plan);
      const values = writes.flatMap(({ value }) => (value === null ? [] : [value]));
      expect(new Set(values).size).toBe(values.length);
      for (const { flow, source } of writes) {
        if (source.topic !== 'cut-over') {
          expect((flow + source.topic.length + source.partition) % 2).toBe(0);
        }
      }
    });
  });

  test('loses either offsets or history, and replays what there is where offsets were lost', () => {
    everyPlan((plan) => {
      const kinds = new Set(actsOf(plan).map(({ kind }) => kind));
      const losesOffsets = kinds.has('handed-back') || kinds.has('mm2-topic-created-anew');
      expect(losesOffsets && kinds.has('replicator-topic-created-anew')).toBe(false);
      if (losesOffsets) {
        expect(deliveriesOf(plan).at(-1)?.why).toBe('replay');
      }
    });
  });

  test('holds nothing that is left out', () => {
    const left = fc.sample(roundPlans(LEAVABLE), { seed: 1, numRuns: 200 }).flatMap(faultsOf);

    expect(left.filter((kind) => LEAVABLE.some((one) => kind.startsWith(one)))).toEqual([]);
  });
});

test('the plans of a seed are always the same, and others than those of another seed', () => {
  expect(plansOf({ seed: 1, rounds: 5 })).toEqual(plansOf({ seed: 1, rounds: 5 }));
  expect(plansOf({ seed: 1, rounds: 1, path: '3' })).toEqual(plansOf({ seed: 1, rounds: 4 }).slice(3));
  expect(plansOf({ seed: 1, rounds: 1 })).not.toEqual(plansOf({ seed: 2, rounds: 1 }));
});

test('the plans together know every kind of fault', () => {
  const plans = fc.sample(roundPlans([]), { seed: 1, numRuns: 500, unbiased: true });

  expect([...new Set(plans.flatMap(faultsOf))].sort()).toMatchInlineSnapshot(`
[
  "answers-withheld, in a delivery",
  "broker-killed, in a delivery",
  "cold-start",
  "connections-dropped, in a delivery",
  "connections-silent, in a delivery",
  "delivered: again",
  "delivered: in-pieces",
  "delivered: replay",
  "delivered: several-times",
  "elsewhere",
  "elsewhere, in a delivery",
  "handed-back",
  "header-garbage",
  "header-garbage, in a delivery",
  "header-null",
  "header-null, in a delivery",
  "header-twice",
  "header-twice, in a delivery",
  "instance-killed, in a delivery",
  "leaders-moved, in a delivery",
  "mm2-topic-created-anew",
  "mm2-topic-filled",
  "overtaken, in a delivery",
  "overtaken-by-another-deployment, in a delivery",
  "partitions-added",
  "partitions-added, in a delivery",
  "repaired",
  "replicator-topic-created-anew",
  "taken-over",
  "taken-over, in a delivery",
  "taken-over, transaction aborted",
  "taken-over, transaction aborted, in a delivery",
  "taken-over, transaction committed",
  "taken-over, transaction committed, in a delivery",
  "two-instances-at-once",
]
`);
  expect(new Set(plans.map(({ flows }) => flows.length))).toEqual(new Set([1, 2, 3]));
});
