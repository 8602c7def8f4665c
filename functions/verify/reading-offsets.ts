import type { Flow } from '../offsets/flow.ts';
import type { GroupLag, OffsetsTopicState } from '../readiness/flow-findings.ts';
import { createMm2Progress, type Mm2Progress } from '../readiness/mm2-progress.ts';
import { createReplicatorProgress, type ReplicatorProgress } from '../readiness/replicator-progress.ts';
import type { ReadingCluster, ReadingLog, TopicSettings } from './reading-cluster.ts';

/** What the offsets topics on the target cluster say. */
export interface OffsetsRead {
  readonly replicator: ReplicatorProgress;
  /** By topic. */
  readonly mm2: ReadonlyMap<string, Mm2Progress>;
  readonly replicatorTopic: OffsetsTopicState;
  readonly mm2Topics: readonly OffsetsTopicState[];
  readonly lag: GroupLag | undefined;
}

const stateOf = async (
  cluster: ReadingCluster,
  topic: string,
  partitions: number,
  settings: TopicSettings | undefined,
): Promise<OffsetsTopicState> => ({
  topic,
  found: {
    partitions,
    replicationFactor: await cluster.replicationFactor(topic),
    cleanupPolicy: settings?.cleanupPolicy,
  },
});

const readWhole = async (
  log: ReadingLog,
  topic: string,
  take: Parameters<ReadingLog['read']>[3],
): Promise<ReadonlyMap<number, bigint>> => {
  const { starts, ends } = await log.extent(topic);
  await log.read(topic, starts, ends, take);
  return ends;
};

const lagOf = async (cluster: ReadingCluster, group: string, topic: string): Promise<GroupLag> => {
  const [committed, { starts, ends }] = await Promise.all([cluster.committed(group, topic), cluster.log.extent(topic)]);
  if (committed.size === 0) {
    return { group, undelivered: undefined };
  }
  let undelivered = 0n;
  for (const [partition, end] of ends) {
    const start = starts.get(partition) ?? 0n;
    const next = committed.get(partition) ?? start;
    undelivered += end - (next < start ? start : next > end ? end : next);
  }
  return { group, undelivered };
};

/**
 * Reads the offsets topics whole. MM2's come first: while Replicator flushes and the sync writes, an offset of MM2's can
 * then look older than Replicator's, and never newer.
 *
 * @param topics The target's topics.
 * @param group The event source's consumer group, whose lag is looked at without joining it.
 */
export const readOffsets = async (
  cluster: ReadingCluster,
  topics: ReadonlySet<string>,
  flows: readonly Flow[],
  replicatorOffsetsTopic: string,
  group: string | undefined,
): Promise<OffsetsRead> => {
  const names = [...new Set(flows.map(({ offsetsTopic }) => offsetsTopic))];
  const existing = [...names, replicatorOffsetsTopic].filter((topic) => topics.has(topic));
  const settings = existing.length > 0 ? await cluster.settings([...new Set(existing)]) : new Map();
  const missing = (topic: string): OffsetsTopicState => ({ topic, found: undefined });

  const mm2 = new Map<string, Mm2Progress>();
  const mm2Topics: OffsetsTopicState[] = [];
  for (const topic of names) {
    const progress = createMm2Progress();
    mm2.set(topic, progress);
    if (topics.has(topic)) {
      const ends = await readWhole(cluster.log, topic, progress.read);
      mm2Topics.push(await stateOf(cluster, topic, ends.size, settings.get(topic)));
    } else {
      mm2Topics.push(missing(topic));
    }
  }

  const replicator = createReplicatorProgress(
    new Map(flows.map(({ replicatorConnector, tombstones }) => [replicatorConnector, tombstones])),
  );
  if (!topics.has(replicatorOffsetsTopic)) {
    return { replicator, mm2, replicatorTopic: missing(replicatorOffsetsTopic), mm2Topics, lag: undefined };
  }
  const lag = group === undefined ? undefined : await lagOf(cluster, group, replicatorOffsetsTopic);
  const ends = await readWhole(cluster.log, replicatorOffsetsTopic, replicator.read);
  const replicatorTopic = await stateOf(
    cluster,
    replicatorOffsetsTopic,
    ends.size,
    settings.get(replicatorOffsetsTopic),
  );
  return { replicator, mm2, replicatorTopic, mm2Topics, lag };
};
