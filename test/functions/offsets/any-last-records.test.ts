import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLastRecords, type Mm2Record } from '../../../functions/offsets/last-records.ts';
import { encodePlace, type Place } from '../../../functions/offsets/place.ts';
import { aFlow } from '../a-flow.ts';

const KEY = '["MirrorSourceConnector",{"cluster":"primary","partition":2,"topic":"foo"}]';
const OVERWRITE_BEFORE = 12;
const flow = aFlow({ overwriteBefore: OVERWRITE_BEFORE });

/** The later the rank, the later the place, by offset and by clock, whatever the partition. */
const place = (rank: number): Place => ({
  eventSource: 'arn:a',
  topic: 'connect-offsets',
  partition: rank % 2,
  offset: BigInt(rank),
  timestamp: 1_700_000_000_000 + rank,
});

const WRITERS = ['ours', 'ours, aborted', 'theirs', 'returned', 'handed-back'] as const;

/** What was written to one partition. No two of one history have the same timestamp, or the same place. */
interface Written {
  readonly partition: number;
  readonly writer: (typeof WRITERS)[number];
  readonly value: string | null;
  readonly timestamp: number;
}

const RECORDS = 10;
const history: fc.Arbitrary<readonly Written[]> = fc
  .record({
    timestamps: fc.shuffledSubarray(
      Array.from({ length: 30 }, (_, timestamp) => timestamp),
      { minLength: RECORDS, maxLength: RECORDS },
    ),
    contents: fc.array(
      fc.record({
        partition: fc.nat(2),
        writer: fc.constantFrom(...WRITERS),
        value: fc.constantFrom('{"offset":1}', '{"offset":2}', '{"offset":"3"}', '{"offset":true}', null),
      }),
      { maxLength: RECORDS },
    ),
  })
  .map(({ timestamps, contents }) =>
    contents.map((content, index) => ({ ...content, timestamp: timestamps[index] ?? 0 })),
  );

const headerOf = ({ writer, timestamp }: Written): string | undefined => {
  if (writer === 'theirs') {
    return undefined;
  }
  return writer === 'returned' || writer === 'handed-back' ? writer : encodePlace(place(timestamp));
};

const toRecord = (written: Written): Mm2Record => {
  const header = headerOf(written);
  return {
    partition: written.partition,
    offset: 0n,
    timestamp: written.timestamp,
    key: Buffer.from(KEY),
    value: written.value === null ? null : Buffer.from(written.value),
    provenance: header === undefined ? undefined : Buffer.from(header),
    outcome: written.writer === 'ours, aborted' ? 'aborted' : 'committed',
  };
};

/** What is known after reading, in values that compare. */
const readAll = (records: readonly Written[]) => {
  const lastRecords = createLastRecords([flow]);
  for (const record of records) {
    lastRecords.read(toRecord(record));
  }
  const last = lastRecords.get(KEY);
  return {
    last: last && 'value' in last ? { ...last, value: last.value === null ? null : String(last.value) } : last,
    overwritten: lastRecords.overwritten().length > 0,
    chokes: lastRecords.choking().length > 0,
  };
};

const isHandingBack = ({ writer, value }: Written): boolean => writer === 'handed-back' && value === null;
const isOurs = ({ writer }: Written): boolean => writer === 'ours' || writer === 'ours, aborted';
const isOld = (record: Written): boolean =>
  !isOurs(record) && !isHandingBack(record) && record.timestamp < OVERWRITE_BEFORE;
const isTheirs = (record: Written): boolean => !isOurs(record) && !isHandingBack(record) && !isOld(record);
const newest = (records: readonly Written[]): Written | undefined =>
  records.toSorted((a, b) => b.timestamp - a.timestamp)[0];

/** The record that counts in a partition, by the letter: aborted ones of ours right after theirs change nothing. */
const lastThatCounts = (records: readonly Written[]) => {
  const beforeAborted = records.findLast(({ writer }) => writer !== 'ours, aborted');
  const last = records.at(-1);
  const overwritten = beforeAborted !== undefined && beforeAborted !== last && isTheirs(beforeAborted);
  return { last: overwritten ? beforeAborted : last, overwritten };
};

/** What a key's history comes to by the letter of the rules, apart from the sources under test. */
const expected = (records: readonly Written[]) => {
  const partitions = Map.groupBy(records, ({ partition }) => partition)
    .values()
    .map(lastThatCounts)
    .toArray();
  const lasts = partitions.flatMap(({ last }) => (last === undefined || isOld(last) ? [] : [last]));
  const ofTheirs = newest(lasts.filter(isTheirs));
  const handedBack = newest(lasts.filter(isHandingBack));
  const ofOurs = newest(lasts.filter(isOurs));
  const chokes = ({ value }: Written) => value === '{"offset":"3"}' || value === '{"offset":true}';
  const last = () => {
    if (ofTheirs && !(handedBack && handedBack.timestamp > ofTheirs.timestamp)) {
      const { value, timestamp } = ofTheirs;
      const overwritten = partitions.some((one) => one.overwritten && one.last === ofTheirs);
      return { kind: 'theirs', value, timestamp, overwritten, chokes: chokes(ofTheirs) };
    }
    if (ofOurs === undefined) {
      return undefined;
    }
    const { value, timestamp, writer } = ofOurs;
    return {
      kind: 'ours',
      place: place(timestamp),
      value,
      timestamp,
      committed: writer === 'ours',
      chokes: chokes(ofOurs),
    };
  };
  return {
    last: last(),
    overwritten: partitions.some(({ overwritten }) => overwritten),
    chokes: lasts.some(chokes),
  };
};

describe("any history of a key in three partitions of MM2's offsets topic", () => {
  test('comes to what the rules say', () => {
    fc.assert(
      fc.property(history, (records) => {
        expect(readAll(records)).toEqual(expected(records));
      }),
      { numRuns: 2_000 },
    );
  });

  test('comes to the same whichever partition is read first, and however they are interleaved', () => {
    fc.assert(
      fc.property(history, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (records, order) => {
        const inTurn = order.flatMap((partition) => records.filter((record) => record.partition === partition));

        expect(readAll(inTurn)).toEqual(readAll(records));
      }),
      { numRuns: 500 },
    );
  });

  test('comes to the same once what compaction may remove is gone', () => {
    // A committed record stands for its key: what came before it in its partition may be gone at any time.
    const compacted = (records: readonly Written[]) =>
      records.filter(
        ({ partition }, index) =>
          !records.slice(index + 1).some((after) => after.partition === partition && after.writer !== 'ours, aborted'),
      );

    fc.assert(
      fc.property(history, (records) => {
        expect(readAll(compacted(records))).toEqual(readAll(records));
      }),
      { numRuns: 500 },
    );
  });

  test('is of every kind often enough', () => {
    const samples = fc.sample(history, { numRuns: 2_000, seed: 7 }).map(expected);
    const share = (is: (one: ReturnType<typeof expected>) => boolean) => samples.filter(is).length / samples.length;

    expect(share(({ last }) => last?.kind === 'ours')).toBeGreaterThan(0.1);
    expect(share(({ last }) => last?.kind === 'theirs')).toBeGreaterThan(0.3);
    expect(share(({ last }) => last === undefined)).toBeGreaterThan(0.1);
    expect(share(({ overwritten }) => overwritten)).toBeGreaterThan(0.05);
    expect(share(({ chokes }) => chokes)).toBeGreaterThan(0.2);
  });
});
