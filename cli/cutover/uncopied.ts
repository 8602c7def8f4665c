import type { ReadingLog } from '../../functions/verify/reading-cluster.ts';

/** A source partition, and where a Replicator connector goes on in it. */
export interface UncopiedRange {
  readonly topic: string;
  readonly partition: number;
  /** The offset after the last that Replicator has stored. */
  readonly next: bigint;
  readonly start: bigint;
  readonly end: bigint;
}

/** Offsets that are read at most: what lies behind so many markers and aborted records is not found, and a person is asked. */
const MOST_OFFSETS = 1_000n;

/**
 * Makes what tells whether a connector has something left to copy in a partition. Offsets alone do not: a transaction's
 * marker takes one as well (KIP-98), and so do records of an aborted transaction, which a Replicator that reads committed
 * records leaves out. What was found is kept, so that nothing is read again while nothing moves.
 */
export const createUncopied = () => {
  const known = new Map<string, { readonly from: bigint; readonly end: bigint; readonly isThere: boolean }>();
  return async (log: ReadingLog, { topic, partition, next, start, end }: UncopiedRange): Promise<boolean> => {
    const from = next > start ? next : start;
    if (end <= from) {
      return false;
    }
    const place = `${topic} ${partition}`;
    const last = known.get(place);
    if (last?.from === from && (last.isThere || last.end === end)) {
      return last.isThere;
    }
    let isThere = false;
    const to = end - from > MOST_OFFSETS ? from + MOST_OFFSETS : end;
    await log.read(topic, new Map([[partition, from]]), new Map([[partition, to]]), ({ outcome }) => {
      isThere ||= outcome === 'committed';
    });
    known.set(place, { from, end, isThere });
    return isThere;
  };
};
