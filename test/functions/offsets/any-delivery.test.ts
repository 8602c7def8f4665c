import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRecord } from '../../../functions/event/kafka-event.ts';
import type { Flow } from '../../../functions/offsets/flow.ts';
import { mm2Key } from '../../../functions/offsets/mm2-record.ts';
import { PROVENANCE_HEADER } from '../../../functions/offsets/provenance.ts';
import { aFlow } from '../a-flow.ts';
import { aRecord, replicatorKey } from '../event/an-event.ts';
import { type Deployed, Mm2TopicModel, startSync } from './mm2-topic-model.ts';

const PARTITIONS = 3;
const NOON = 1_700_000_000_000;
/** Milliseconds by which the clocks of two Connect workers may differ. */
const SKEW = 5 * 60_000;

/** A record of Replicator's offsets topic, and what it should come to. */
interface Logged {
  readonly record: EventRecord;
  readonly sourcePartition: number;
  /** `undefined` for what is not valid. */
  readonly value: string | null | undefined;
}

const contents = fc.array(
  fc.record({
    sourcePartition: fc.nat(4),
    partition: fc.nat(PARTITIONS - 1),
    skew: fc.integer({ min: -SKEW / 2, max: SKEW / 2 }),
    value: fc.oneof(
      { weight: 6, arbitrary: fc.nat(50).map((offset) => `{"offset":${offset}}`) },
      { weight: 1, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom('', '{', '{"offset":"3"}', '{"offset":-1}', '{"offset":1.5}', '[]') },
    ),
  }),
  { maxLength: 40 },
);

/**
 * A log of Replicator's offsets topic.
 *
 * @param placing Where a source partition's records stand: always in one partition, by clocks minutes apart; or in any,
 *   by one clock, since nothing but the clock orders them.
 */
const logOf = (placing: 'in one partition' | 'in any partition') =>
  contents.map((entries): readonly Logged[] => {
    const ends = new Map<number, bigint>();
    return entries.map(({ sourcePartition, partition: any, skew, value }, index) => {
      const partition = placing === 'in one partition' ? sourcePartition % PARTITIONS : any;
      const offset = ends.get(partition) ?? 0n;
      ends.set(partition, offset + 1n);
      const timestamp = NOON + index * 1_000 + (placing === 'in one partition' ? skew : 0);
      const record = aRecord({ partition, offset, timestamp, key: replicatorKey('foo', sourcePartition), value });
      const isValid = value === null || /^{"offset":\d+}$/.test(value);
      return { record, sourcePartition, value: isValid ? value : undefined };
    });
  });

/** What happens next: a batch with so many more records of each partition, delivered so often; before it an older one. */
const steps = fc.array(
  fc.record({
    take: fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6)),
    times: fc.integer({ min: 1, max: 3 }),
    olderAgain: fc.option(fc.nat()),
    olderAfterwards: fc.option(fc.nat()),
    restart: fc.boolean(),
    /** A repair after the batch: which record it departs from was Replicator's last one of its key, and is valid. */
    repairFrom: fc.option(fc.nat()),
  }),
  { maxLength: 12 },
);

const keyOf = (sourcePartition: number): string =>
  mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic: 'foo', partition: sourcePartition });

/** The offsets that the last valid record of each key stands for, by the order in which they were written. */
const reference = (log: readonly Logged[], { tombstones }: Flow): Readonly<Record<string, string>> => {
  const last = new Map<string, string | null>();
  for (const { sourcePartition, value } of log) {
    if (value !== undefined && (value !== null || tombstones === 'propagate')) {
      last.set(keyOf(sourcePartition), value);
    }
  }
  return Object.fromEntries([...last].flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
};

const batchesOf = (
  log: readonly Logged[],
  takes: readonly (readonly number[])[],
): readonly (readonly EventRecord[])[] => {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) =>
    log.map(({ record }) => record).filter((record) => record.partition === partition),
  );
  const everything = [Infinity, Infinity, Infinity];
  return [...takes, everything].map((take) => partitions.flatMap((records, index) => records.splice(0, take[index])));
};

const endsOf =
  (log: readonly Logged[]) =>
  (partition: number): bigint =>
    BigInt(log.filter(({ record }) => record.partition === partition).length);

type Steps = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** A repair: what it departs from, and what it proved. */
interface Repair {
  readonly from: Logged;
  readonly value: string;
}

/** The repairs of a plan, by its steps. No two of them, and no flush, have the same offset. */
const repairsOf = (log: readonly Logged[], plan: Steps): readonly (Repair | undefined)[] => {
  const valid = log.filter(({ value }) => typeof value === 'string');
  return plan.map(({ repairFrom }, index) => {
    const from = repairFrom === null ? undefined : valid[repairFrom % valid.length];
    return from && { from, value: `{"offset":${1_000 + index}}` };
  });
};

/** What a log comes to with its repairs: each counts from the record that it departs from to the next one of its key. */
const referenceWith = (log: readonly Logged[], repairs: readonly (Repair | undefined)[], flow: Flow) => {
  const repaired = log.map((logged) => {
    const value = repairs.findLast((repair) => repair?.from === logged)?.value;
    return value === undefined ? logged : { ...logged, value };
  });
  return reference(repaired, flow);
};

/** Delivers a log in these steps; whatever is left then, at the end. */
const deliver = (
  topic: Mm2TopicModel,
  log: readonly Logged[],
  flow: Flow,
  plan: Steps,
  { deployed, repairs = [] }: { readonly deployed?: Deployed; readonly repairs?: readonly (Repair | undefined)[] } = {},
): void => {
  const cold = () => startSync(topic, [flow], endsOf(log), deployed);
  let sync = cold();
  const batches = batchesOf(
    log,
    plan.map(({ take }) => take),
  );
  for (const [index, batch] of batches.entries()) {
    const { times = 1, olderAgain = null, olderAfterwards = null, restart = false } = plan[index] ?? {};
    const again = (which: number | null) => {
      if (which !== null && index > 0) {
        sync.deliver(batches[which % index] ?? []);
      }
    };
    if (restart) {
      sync = cold();
    }
    again(olderAgain);
    for (let time = 0; time < times; time += 1) {
      sync.deliver(batch);
    }
    again(olderAfterwards);
    const repair = repairs[index];
    if (repair) {
      sync.repair(repair.from.record, repair.value);
    }
  }
};

describe('any split of a log into batches, each delivered any number of times, old ones late, across restarts', () => {
  test.each([
    ['in one partition', 'ignore'],
    ['in one partition', 'propagate'],
    ['in any partition', 'ignore'],
    ['in any partition', 'propagate'],
  ] as const)('ends as the last valid record of each key says: keys %s, tombstones: %s', (placing, tombstones) => {
    const flow = aFlow({ tombstones });

    fc.assert(
      fc.property(logOf(placing), steps, (log, plan) => {
        const topic = new Mm2TopicModel();

        deliver(topic, log, flow, plan);

        expect(topic.offsets()).toEqual(reference(log, flow));
      }),
      { numRuns: 400 },
    );
  });

  test('ends so when the whole log is replayed after it', () => {
    fc.assert(
      fc.property(logOf('in one partition'), steps, steps, (log, plan, replay) => {
        const topic = new Mm2TopicModel();
        deliver(topic, log, aFlow(), plan);
        const written = topic.records.length;

        deliver(topic, log, aFlow(), replay);

        expect(topic.offsets()).toEqual(reference(log, aFlow()));
        expect(topic.records).toHaveLength(written);
      }),
      { numRuns: 200 },
    );
  });

  test('never goes back on its way: the places of the records written for a key only rise', () => {
    fc.assert(
      fc.property(logOf('in one partition'), steps, (log, plan) => {
        const topic = new Mm2TopicModel();

        deliver(topic, log, aFlow(), plan);

        for (const records of Map.groupBy(topic.records, ({ key }) => String(key)).values()) {
          const offsets = records.map(({ headers }) =>
            Number(/"offset":(\d+)/.exec(String(headers[PROVENANCE_HEADER]))?.[1]),
          );
          expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['now', 'in one partition'],
    ['now', 'in any partition'],
    ['before', 'in one partition'],
    ['before', 'in any partition'],
  ] as const)(
    'ends as the last repair says, unless Replicator flushed after it: deployed %s, keys %s',
    (deployed, placing) => {
      fc.assert(
        fc.property(logOf(placing), steps, steps, (log, plan, replay) => {
          const topic = new Mm2TopicModel();
          const repairs = repairsOf(log, plan);

          deliver(topic, log, aFlow(), plan, { deployed, repairs });
          deliver(topic, log, aFlow(), replay, { deployed });

          expect(topic.offsets()).toEqual(referenceWith(log, repairs, aFlow()));
        }),
        { numRuns: 400 },
      );
    },
  );

  test('leaves what MM2 wrote in the meantime as MM2 wrote it', () => {
    fc.assert(
      fc.property(logOf('in any partition'), steps, steps, fc.subarray([0, 1, 2, 3, 4]), (log, plan, rest, taken) => {
        const topic = new Mm2TopicModel();
        const half = log.slice(0, log.length / 2);
        deliver(topic, half, aFlow(), plan);
        for (const sourcePartition of taken) {
          topic.append(keyOf(sourcePartition), '{"offset":999}');
        }

        deliver(topic, log, aFlow(), rest);

        expect(topic.offsets()).toEqual({
          ...reference(log, aFlow()),
          ...Object.fromEntries(taken.map((sourcePartition) => [keyOf(sourcePartition), '{"offset":999}'])),
        });
      }),
      { numRuns: 200 },
    );
  });
});
