import { describe, expect, test } from '@jest/globals';
import { planRound } from '../../../local/chaos/plan-round.ts';
import { type Delivery, faultsOf, type RoundPlan, type Write } from '../../../local/chaos/round-plan.ts';
import { defaultPartition } from '../../../local/world/sync/default-partition.ts';
import { bytesOf } from '../../../local/world/sync/replicator-history.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
const PLANS = SEEDS.map((seed) => planRound(seed, 1));

const flushedBy = ({ steps }: RoundPlan) => steps.flatMap((step) => (step.kind === 'flush' ? step.entries : []));
const deliveriesOf = ({ steps }: RoundPlan): readonly Delivery[] => steps.filter((step) => step.kind === 'deliver');

describe('a plan', () => {
  test('is the same for the same seed and round', () => {
    for (const seed of SEEDS.slice(0, 20)) {
      expect(planRound(seed, 3)).toEqual(planRound(seed, 3));
    }
  });

  test('differs from that of another seed and of another round', () => {
    expect(planRound(1, 1)).not.toEqual(planRound(2, 1));
    expect(planRound(1, 1)).not.toEqual(planRound(1, 2));
  });

  test('delivers every record that was flushed, and none before it was', () => {
    for (const plan of PLANS) {
      let flushed = 0;
      const delivered = new Set<number>();
      for (const step of plan.steps) {
        if (step.kind === 'flush') {
          flushed += step.entries.length;
        }
        if (step.kind !== 'deliver') {
          continue;
        }
        const later = step.fault?.kind === 'overtaken by another instance' ? step.fault.later : [];
        for (const number of [...step.batches.flat(), ...later]) {
          expect(number).toBeLessThan(flushed);
          delivered.add(number);
        }
      }
      expect(delivered.size).toBe(flushed);
    }
  });

  test("delivers a partition's records in order the first time, as the event source does", () => {
    for (const plan of PLANS) {
      const partitions = flushedBy(plan).map((entry) => defaultPartition(bytesOf(entry).key ?? ''));
      const reached = new Map<number, number>();
      const seen = new Set<number>();
      const ordered = deliveriesOf(plan).flatMap(({ batches: [first = [], ...more], fault }) => [
        ...first,
        ...(fault?.kind === 'overtaken by another instance' ? fault.later : []),
        ...more.flat(),
      ]);
      for (const number of ordered) {
        if (seen.has(number)) {
          continue;
        }
        seen.add(number);
        const partition = partitions[number] ?? -1;
        expect(number).toBeGreaterThan(reached.get(partition) ?? -1);
        reached.set(partition, number);
      }
    }
  });

  // The window that remains: an instance that dies between the send and the write-back of a race that it lost.
  test('never lets an instance die, or another one come, while somebody else takes over a key of the same batch', () => {
    for (const plan of PLANS) {
      for (const { fault } of deliveriesOf(plan)) {
        if (fault?.kind === 'taken over in mid-delivery') {
          expect(Object.keys(fault).sort()).toEqual(['kind', 'times', 'transaction']);
        }
      }
    }
  });

  test('lets only clocks that are right decide between two partitions', () => {
    for (const plan of PLANS) {
      const entries = plan.steps.flatMap((step) =>
        step.kind === 'flush' ? step.entries.map((entry) => ({ entry, clock: step.clock })) : [],
      );
      const targeted = entries.flatMap(({ entry, clock }) => (entry.kind === 'noise' ? [] : [{ entry, clock }]));
      const ofSources = Map.groupBy(targeted, ({ entry: { connector, source } }) =>
        JSON.stringify([connector, source]),
      );
      for (const of of ofSources.values()) {
        if (new Set(of.map(({ entry }) => entry.form)).size > 1) {
          expect(of.every(({ clock }) => clock === 0)).toBe(true);
        }
      }
    }
  });

  test('leaves half of the keys to the sync, and gives somebody else values that no history has', () => {
    for (const plan of PLANS) {
      const writes = plan.steps.flatMap((step): readonly Write[] => {
        if (step.kind === 'take over') {
          return step.writes;
        }
        if (step.kind !== 'deliver' || step.fault?.kind !== 'taken over in mid-delivery') {
          return [];
        }
        return step.fault.times.flatMap((time) => time.writes);
      });
      const values = writes.flatMap(({ value }) => (value === null ? [] : [value]));
      expect(new Set(values).size).toBe(values.length);
      for (const { flow, source } of writes) {
        if (source.topic !== 'cut-over') {
          expect((flow + source.topic.length + source.partition) % 2).toBe(0);
        }
      }
    }
  });
});

test('the plans together know every kind of fault', () => {
  const kinds = [...new Set(PLANS.flatMap(faultsOf))].sort();

  expect(kinds).toEqual([
    'answers withheld',
    'broker killed',
    'cold start',
    'connections dropped',
    'connections silent',
    'delivered: again',
    'delivered: in pieces',
    'delivered: replay',
    'delivered: several times',
    'instance killed',
    'overtaken by another instance',
    'taken over',
    'taken over in mid-delivery',
    'taken over, transaction: aborted',
    'taken over, transaction: committed',
    'two instances at once',
  ]);
  expect(new Set(PLANS.map(({ flows }) => flows.length))).toEqual(new Set([1, 2, 3]));
});
