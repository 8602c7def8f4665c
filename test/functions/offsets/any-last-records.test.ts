import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLastRecords, type Mm2Record } from '../../../functions/offsets/last-records.ts';
import { encodePlace, type Place } from '../../../functions/offsets/place.ts';
import { PROVENANCE_HEADER } from '../../../functions/offsets/provenance.ts';
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
    headers: header === undefined ? {} : { [PROVENANCE_HEADER]: Buffer.from(header) },
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
    unsettled: lastRecords.unsettled().flatMap(({ partitions }) => partitions.toSorted()),
    isFatal: lastRecords.unusable().fatal.length > 0,
  };
};

const isHandingBack = ({ writer, value }: Written): boolean => writer === 'handed-back' && value === null;
const isOurs = ({ writer }: Written): boolean => writer === 'ours';
const isAborted = ({ writer }: Written): boolean => writer === 'ours, aborted';
const isOld = (record: Written): boolean =>
  !isOurs(record) && !isHandingBack(record) && record.timestamp < OVERWRITE_BEFORE;
const isTheirs = (record: Written): boolean => !isOurs(record) && !isHandingBack(record) && !isOld(record);
const newest = (records: readonly Written[]): Written | undefined =>
  records.toSorted((a, b) => b.timestamp - a.timestamp)[0];

/** The record that counts, by the letter of the rules, apart from the sources under test. */
const thatCounts = (committed: readonly Written[]): Written | undefined => {
  const ofTheirs = newest(committed.filter(isTheirs));
  const handedBack = newest(committed.filter(isHandingBack));
  const isTaken = ofTheirs && !(handedBack && handedBack.timestamp > ofTheirs.timestamp);
  return isTaken ? ofTheirs : newest(committed.filter(isOurs));
};

/** Whether a partition shows one of its two readers something else than what counts, by the sync's own doing. */
const isUnsettled = (records: readonly Written[], last: Written): boolean => {
  const committed = records.findLast((record) => !isAborted(record));
  const seen = records.at(-1);
  const aborted = seen && isAborted(seen) ? seen : undefined;
  if (isTheirs(last)) {
    return aborted !== undefined && aborted.value !== last.value;
  }
  if (committed !== undefined && committed.value !== last.value) {
    return true;
  }
  // A later place that was aborted comes again.
  return (
    committed !== undefined &&
    aborted !== undefined &&
    aborted.value !== last.value &&
    aborted.timestamp < last.timestamp
  );
};

/** What a key's history comes to by the letter of the rules, apart from the sources under test. */
const expected = (records: readonly Written[]) => {
  const partitions = Map.groupBy(records, ({ partition }) => partition);
  const committed = [...partitions.values()].flatMap((of) => of.findLast((record) => !isAborted(record)) ?? []);
  const last = thatCounts(committed);
  const isFatal = committed.some(({ value }) => value === '{"offset":"3"}' || value === '{"offset":true}');
  const unsettled = [...partitions].flatMap(([partition, of]) => (last && isUnsettled(of, last) ? [partition] : []));
  if (last === undefined) {
    return { last, unsettled: [], isFatal };
  }
  const { value, timestamp } = last;
  const own = isOurs(last) ? { kind: 'ours', place: place(timestamp) } : { kind: 'theirs' };
  return { last: { ...own, value, timestamp }, unsettled: unsettled.toSorted(), isFatal };
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
    expect(share(({ unsettled }) => unsettled.length > 0)).toBeGreaterThan(0.1);
    expect(share(({ isFatal }) => isFatal)).toBeGreaterThan(0.2);
  });
});
