import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaCluster } from '../world/kafka/cluster.ts';
import type { MirrorMaker } from '../world/mirror-maker/mirror-maker.ts';
import { endOffsets } from './topic-content.ts';

/** Milliseconds in which nothing may arrive for the copying to count as at rest. */
const REST_MS = 3_000;
const REST_TIMEOUT_MS = 60_000;
const FIRST_COPY_TIMEOUT_MS = 60_000;

/** End offsets by `topic-partition`. */
type Ends = ReadonlyMap<string, bigint>;

const total = (ends: Ends): bigint => [...ends.values()].reduce((sum, end) => sum + end, 0n);

/**
 * Waits until MM2 has copied a record.
 *
 * @returns after how many milliseconds it had
 * @throws Error when MM2 ends, or has copied nothing within a minute
 */
export const untilCopying = async (
  mirrorMaker: MirrorMaker,
  target: KafkaCluster,
  topics: readonly string[],
): Promise<number> => {
  const before = total(await endOffsets(target, topics));
  const startedAt = performance.now();
  let failure: Error | undefined;
  void mirrorMaker.exited.then((error) => {
    failure = error;
  });
  while (total(await endOffsets(target, topics)) === before) {
    if (failure) {
      throw failure;
    }
    if (performance.now() - startedAt > FIRST_COPY_TIMEOUT_MS) {
      throw new Error(
        `MirrorMaker 2 has copied nothing within ${FIRST_COPY_TIMEOUT_MS} ms: see ${mirrorMaker.logFile}`,
      );
    }
    await sleep(200);
  }
  return performance.now() - startedAt;
};

/** What is to come to rest. */
export interface Copied {
  readonly source: Pick<KafkaCluster, 'brokers'>;
  readonly target: Pick<KafkaCluster, 'brokers'>;
  /** Topics of both clusters. */
  readonly topics: readonly string[];
  /** Of the target cluster, where MM2 keeps its offsets. */
  readonly mm2OffsetsTopic: string;
}

/** Whether the source's records have come to the target, and since when its topics have not grown. */
interface Progress {
  readonly wanted: Ends;
  readonly ends: Ends;
  /** What arrived in the target during the last look, by `topic-partition`: more than nothing. */
  readonly arrived: Ends;
}

const grown = (before: Ends, now: Ends): Ends =>
  new Map(
    [...now].map(([name, end]) => [name, end - (before.get(name) ?? 0n)] as const).filter(([, more]) => more > 0n),
  );

/** The partitions that are not at rest, and by how many records. */
export const unrestOf = ({ wanted, ends, arrived }: Progress): string => {
  const missing = [...wanted].flatMap(([name, end]) => {
    const lacking = end - (ends.get(name) ?? 0n);
    return lacking > 0n ? [`${name} lacks ${lacking} of ${end} records`] : [];
  });
  const growing = [...arrived].map(([name, more]) => `${name} has just grown by ${more} records`);
  return [...missing, ...growing].join(', ');
};

/**
 * Waits until the target has at least as many records as the source, no more come, and MM2 writes no offsets any more.
 *
 * @throws Error when there is no such rest within `timeoutMs`: which partitions lack how many records, or still grow
 */
export const untilAtRest = async (
  { source, target, topics, mm2OffsetsTopic }: Copied,
  timeoutMs = REST_TIMEOUT_MS,
): Promise<void> => {
  const wanted = await endOffsets(source, topics);
  const startedAt = performance.now();
  let ends = await endOffsets(target, [...topics, mm2OffsetsTopic]);
  let restingSince = performance.now();
  let arrived: Ends = new Map();
  for (;;) {
    const isComplete = [...wanted].every(([name, end]) => (ends.get(name) ?? 0n) >= end);
    if (isComplete && performance.now() - restingSince > REST_MS) {
      return;
    }
    if (performance.now() - startedAt > timeoutMs) {
      throw new Error(
        `the copying has not come to rest within ${timeoutMs} ms: ${unrestOf({ wanted, ends, arrived })}`,
      );
    }
    await sleep(250);
    const now = await endOffsets(target, [...topics, mm2OffsetsTopic]);
    const more = grown(ends, now);
    if (more.size > 0) {
      restingSince = performance.now();
      arrived = more;
    }
    ends = now;
  }
};
