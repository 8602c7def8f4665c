import type { TopicExtent } from '../kafka/topic-log.ts';
import { FLUSHES_WITHIN_MS, willFlush } from '../readiness/flush-outlook.ts';
import type { PartitionState } from '../readiness/partition-state.ts';
import type { ReadingLog } from './patient-log.ts';

/** How long copies are waited for: a copier that has something to copy does so several times a second. */
const SEEN_WITHIN_MS = 1_000;
const PAUSE_MS = 100;
/** Offsets in which the first record that is not stored is looked for; markers and compaction leave holes. */
const LOOKED_FOR_IN = 100n;

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** What was looked at, and with what. */
export interface Outlook {
  readonly source: ReadingLog;
  readonly target: ReadingLog;
  /** The topics of a flow on the target, as they were when the look began. */
  readonly copiesOf: (flow: string) => ReadonlyMap<string, TopicExtent>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The boundary of a partition of which more is copied than stored; the beginning, where nothing at all is stored. */
const staleBoundary = ({ replicator, evidence, range, copied }: PartitionState) => {
  if (replicator === undefined && evidence.kind === 'not-compared' && range && copied && copied.end > 0n) {
    return { flushedAt: 0, from: range.start, to: range.end };
  }
  const trueNext = evidence.kind === 'compared' && evidence.proof.kind === 'proven' ? evidence.proof.next : undefined;
  return replicator?.next !== undefined && trueNext !== undefined && replicator.next < trueNext
    ? { flushedAt: replicator.flushedAt, from: replicator.next, to: trueNext }
    : undefined;
};

const hasGrown = (now: TopicExtent, before: TopicExtent): boolean =>
  [...now.ends].some(([partition, end]) => end > (before.ends.get(partition) ?? end));

/** Whether anything arrives in these topics. */
const isCopying = async (target: ReadingLog, copies: ReadonlyMap<string, TopicExtent>): Promise<boolean> => {
  const until = performance.now() + SEEN_WITHIN_MS;
  do {
    for (const [topic, before] of copies) {
      if (hasGrown(await target.extent(topic), before)) {
        return true;
      }
    }
    await sleep(PAUSE_MS);
  } while (performance.now() < until);
  return false;
};

/** The timestamp of a partition's first source record that is copied and not stored. */
const unflushedSince = async (
  source: ReadingLog,
  topic: string,
  partition: number,
  from: bigint,
  to: bigint,
): Promise<number | undefined> => {
  const end = to - from > LOOKED_FOR_IN ? from + LOOKED_FOR_IN : to;
  let first: number | undefined;
  await source.read(topic, new Map([[partition, from]]), new Map([[partition, end]]), ({ timestamp }) => {
    first ??= timestamp;
  });
  return first;
};

/**
 * Tells the partitions of which Replicator has copied more than it has stored, and of which it will store more by itself:
 * it is at work, and was not due to flush yet. It takes a second where it is not at work, and nothing where no partition
 * is stale.
 */
export const lookAhead = async (
  states: readonly PartitionState[],
  { source, target, copiesOf, at }: Outlook,
): Promise<readonly PartitionState[]> => {
  const flows = new Set(states.filter(staleBoundary).map(({ flow }) => flow));
  const atWork = new Set<string>();
  for (const flow of flows) {
    if (await isCopying(target, copiesOf(flow))) {
      atWork.add(flow);
    }
  }
  const seen: PartitionState[] = [];
  for (const state of states) {
    const boundary = atWork.has(state.flow) ? staleBoundary(state) : undefined;
    if (boundary === undefined) {
      seen.push(state);
      continue;
    }
    const { flushedAt, from, to } = boundary;
    const { topic, partition } = state.source;
    const isOld = Math.abs(at - flushedAt) >= FLUSHES_WITHIN_MS;
    const since = isOld ? await unflushedSince(source, topic, partition, from, to) : undefined;
    seen.push({ ...state, willFlush: willFlush({ isCopying: true, flushedAt, unflushedSince: since, at }) });
  }
  return seen;
};
