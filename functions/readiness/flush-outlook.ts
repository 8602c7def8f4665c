/**
 * Twice Connect's default `offset.flush.interval.ms`: by then a worker that runs has stored what it has copied, even
 * where one flush timed out.
 */
export const FLUSHES_WITHIN_MS = 2 * 60_000;

/** What tells whether Replicator will store by itself what it has copied of a partition. */
export interface FlushOutlook {
  /** Whether copies of the flow kept arriving in the target while it was looked at. */
  readonly isCopying: boolean;
  /** When the partition's offset was stored last, in milliseconds since the epoch. */
  readonly flushedAt: number;
  /**
   * The timestamp of the first source record that is copied and not stored: it was copied no earlier. `undefined` where
   * there is none that could be read.
   */
  readonly unflushedSince: number | undefined;
  /** When it was looked at. */
  readonly at: number;
}

/**
 * Whether Replicator is to flush by itself: it is seen at work, and what it has not stored is too young to have been
 * stored for certain. Only the partition's own times count: a connector goes on to flush what its other tasks copy when
 * one of them has died.
 *
 * A time that lies far in the future comes from a clock that is wrong, and tells nothing.
 */
export const willFlush = ({ isCopying, flushedAt, unflushedSince, at }: FlushOutlook): boolean => {
  const isYoung = (time: number | undefined) => time !== undefined && Math.abs(at - time) < FLUSHES_WITHIN_MS;
  return isCopying && (isYoung(flushedAt) || isYoung(unflushedSince));
};
