import type { TopicExtent } from '../kafka/topic-log.ts';
import type { Flow } from '../offsets/flow.ts';
import { mm2KeyPrefix } from '../offsets/mm2-record.ts';
import { decodeKey } from '../offsets/replicator-record.ts';
import type { ReadingCluster } from './reading-cluster.ts';

/** What is watched on the target cluster. */
export interface Watched {
  readonly flows: readonly Flow[];
  readonly replicatorOffsetsTopic: string;
  /** The topics that hold the copies. */
  readonly targetTopics: ReadonlySet<string>;
  /** Whether MM2 has to be at rest as well: what it flushes counts then. @default false */
  readonly watchesMm2?: boolean;
}

/** How the watched topics stood at a moment; without an extent where there was none. */
export interface RestMark {
  /** By the clock of `performance.now()`, in milliseconds: how long it has been quiet is told by no wall clock. */
  readonly at: number;
  readonly watched: Watched;
  readonly extents: ReadonlyMap<string, TopicExtent | undefined>;
}

/** What has moved since a mark. */
export interface Movement {
  /** How long nothing or something had the time to move, in milliseconds. */
  readonly watchedMs: number;
  /** Everything that moved, in words; empty where all is at rest. */
  readonly moved: readonly string[];
  /** What moved that matters to a flow's copy in this partition; nothing where its boundary is at rest. */
  of(flow: Flow, targetTopic: string, partition: number): string | undefined;
  /** What was appended to a copy alone. */
  ofCopy(targetTopic: string, partition: number): string | undefined;
}

/** MM2's offsets topics, where they are watched. */
const mm2TopicsOf = ({ flows, watchesMm2 }: Watched): readonly string[] =>
  watchesMm2 ? flows.map(({ offsetsTopic }) => offsetsTopic) : [];

const extentsOf = async ({ topics, log }: ReadingCluster, watched: Watched): Promise<RestMark['extents']> => {
  const existing = await topics();
  const extents = new Map<string, TopicExtent | undefined>();
  const { replicatorOffsetsTopic, targetTopics } = watched;
  for (const topic of new Set([replicatorOffsetsTopic, ...targetTopics, ...mm2TopicsOf(watched)])) {
    extents.set(topic, existing.has(topic) ? await log.extent(topic) : undefined);
  }
  return extents;
};

/** Notes how everything stands that Replicator moves while it runs. @throws what kafkajs throws, KafkaError */
export const markRest = async (target: ReadingCluster, watched: Watched): Promise<RestMark> => {
  const at = performance.now();
  return { at, watched, extents: await extentsOf(target, watched) };
};

/** What shows that a topic is not the one that was marked. */
const changeOf = (topic: string, before: TopicExtent | undefined, now: TopicExtent | undefined): string | undefined => {
  if (before === undefined || now === undefined) {
    return before === now ? undefined : `"${topic}" was ${before === undefined ? 'created' : 'deleted'}`;
  }
  if (before.id !== now.id) {
    return `"${topic}" was deleted and created anew`;
  }
  if (before.ends.size !== now.ends.size) {
    return `"${topic}" has ${now.ends.size} partitions instead of ${before.ends.size}`;
  }
  // Brokers before Kafka 2.8 tell no ids.
  const isShorter = [...now.ends].some(([partition, end]) => end < (before.ends.get(partition) ?? 0n));
  return isShorter ? `"${topic}" has lost records: it was created anew, or another broker leads` : undefined;
};

/** How many offsets have come after those of the mark, by partition. */
const appendedTo = (before: TopicExtent | undefined, now: TopicExtent | undefined): ReadonlyMap<number, bigint> =>
  new Map(
    [...(now?.ends ?? [])].flatMap(([partition, end]) => {
      const count = end - (before?.ends.get(partition) ?? 0n);
      return count <= 0n ? [] : [[partition, count] as const];
    }),
  );

/** Reads the keys that were appended to a topic. */
const keysSince = async (
  { log }: ReadingCluster,
  topic: string,
  before: TopicExtent | undefined,
  now: TopicExtent | undefined,
  take: (key: Buffer | null) => void,
): Promise<void> => {
  if (before !== undefined && now !== undefined) {
    const grown = new Map([...now.ends].filter(([partition, end]) => end > (before.ends.get(partition) ?? 0n)));
    await log.read(topic, before.ends, grown, ({ key }) => take(key));
  }
};

/**
 * The connectors of the flows that have flushed, and how many offsets: an offsets topic may be shared, and what other
 * connectors flush there is no movement.
 */
const flushedSince = async (
  target: ReadingCluster,
  { watched: { flows, replicatorOffsetsTopic }, extents }: RestMark,
  now: RestMark['extents'],
): Promise<ReadonlyMap<string, number>> => {
  const connectors = new Set(flows.map(({ replicatorConnector }) => replicatorConnector));
  const flushed = new Map<string, number>();
  const [before, after] = [extents.get(replicatorOffsetsTopic), now.get(replicatorOffsetsTopic)];
  await keysSince(target, replicatorOffsetsTopic, before, after, (key) => {
    const decoded = decodeKey(key, connectors);
    if (decoded.kind === 'ours') {
      flushed.set(decoded.connector, (flushed.get(decoded.connector) ?? 0) + 1);
    }
  });
  return flushed;
};

/** What has moved in MM2's offsets topics, by the flow's name. */
const mm2MovedSince = async (
  target: ReadingCluster,
  { watched, extents }: RestMark,
  now: RestMark['extents'],
): Promise<ReadonlyMap<string, string>> => {
  const moved = new Map<string, string>();
  for (const topic of new Set(mm2TopicsOf(watched))) {
    const flows = watched.flows.filter(({ offsetsTopic }) => offsetsTopic === topic);
    const [before, after] = [extents.get(topic), now.get(topic)];
    const change = changeOf(topic, before, after);
    const prefixes = flows.map((flow) => ({
      flow,
      prefix: mm2KeyPrefix({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias }),
    }));
    await keysSince(target, topic, before, after, (key) => {
      const text = key?.toString() ?? '';
      const of = prefixes.find(({ prefix }) => text.startsWith(prefix));
      if (of) {
        moved.set(of.flow.name, `MM2, or the sync, has written to "${topic}" while it was watched: it is not stopped`);
      }
    });
    if (change !== undefined) {
      for (const flow of flows) {
        moved.set(flow.name, change);
      }
    }
  }
  return moved;
};

/**
 * Tells what has moved since a mark. Replicator that copies appends to the target, and flushes what it has copied within
 * its flush interval (`offset.flush.interval.ms`): where neither has happened for longer than that, it is stopped or has
 * nothing to do, and its boundary is at rest. Nothing else is watched: not the source, where records may well arrive.
 *
 * @throws what kafkajs throws, KafkaError
 */
export const movementSince = async (target: ReadingCluster, mark: RestMark): Promise<Movement> => {
  const { watched, extents: before } = mark;
  const { flows, replicatorOffsetsTopic, targetTopics } = watched;
  const watchedMs = performance.now() - mark.at;
  const now = await extentsOf(target, watched);
  const offsetsChange = changeOf(
    replicatorOffsetsTopic,
    before.get(replicatorOffsetsTopic),
    now.get(replicatorOffsetsTopic),
  );
  const flushed = await flushedSince(target, mark, now);
  const mm2Moved = await mm2MovedSince(target, mark, now);
  const flushOf = ({ replicatorConnector }: Flow): string | undefined => {
    const count = flushed.get(replicatorConnector);
    return count === undefined
      ? offsetsChange
      : `the connector "${replicatorConnector}" has flushed ${count} ${count === 1 ? 'offset' : 'offsets'} to ` +
          `"${replicatorOffsetsTopic}" while it was watched: it is not stopped`;
  };
  const copies = new Map(
    [...targetTopics].map((topic) => [
      topic,
      {
        change: changeOf(topic, before.get(topic), now.get(topic)),
        appended: appendedTo(before.get(topic), now.get(topic)),
      },
    ]),
  );
  const copyOf = (topic: string, partition: number): string | undefined => {
    const copy = copies.get(topic);
    if (copy === undefined) {
      return `"${topic}" was not watched`;
    }
    const count = copy.appended.get(partition);
    const grown =
      count === undefined
        ? undefined
        : `partition ${partition} of "${topic}" has got ${count} more ${count === 1n ? 'offset' : 'offsets'} while it was watched`;
    return copy.change ?? grown;
  };
  const moved = [
    ...flows.map(flushOf),
    ...mm2Moved.values(),
    ...[...copies].flatMap(([topic, { change, appended }]) =>
      change === undefined ? [...appended.keys()].map((partition) => copyOf(topic, partition)) : [change],
    ),
  ];
  return {
    watchedMs,
    moved: [...new Set(moved.filter((one) => one !== undefined))],
    ofCopy: copyOf,
    of: (flow, topic, partition) => flushOf(flow) ?? mm2Moved.get(flow.name) ?? copyOf(topic, partition),
  };
};
