import { bytesOf, type Entry, type Placed } from '../../../local/world/sync/replicator-history.ts';

const NOON = 1_700_000_000_000n;

/** An offset that Replicator's workers flushed for a partition of the topic `foo`. */
export const offsetEntry = (offset: bigint, partition = 0, connector = 'replicator'): Entry => ({
  kind: 'offset',
  connector,
  source: { topic: 'foo', partition },
  offset,
  form: 'plain',
});

/** An entry at a place in Replicator's offsets topic. */
export const placedAt = (
  entry: Entry,
  partition: number,
  offset: bigint,
  milliseconds = 0n,
  generation = 0,
): Placed => ({
  entry,
  ...bytesOf(entry),
  partition,
  offset,
  timestamp: NOON + milliseconds,
  generation,
});
