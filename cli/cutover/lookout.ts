import type { GroupState, Look } from '../../functions/cutover/look.ts';
import type { TopicExtent } from '../../functions/kafka/topic-log.ts';
import type { Flow } from '../../functions/offsets/flow.ts';
import { mm2Key } from '../../functions/offsets/mm2-record.ts';
import type { Place } from '../../functions/offsets/place.ts';
import type { SourcePartition } from '../../functions/offsets/replicator-record.ts';
import { targetTopicBy } from '../../functions/readiness/configurations/target-topic.ts';
import { nextOf } from '../../functions/readiness/prediction.ts';
import { partitionName, type ReplicatorOffset } from '../../functions/readiness/replicator-progress.ts';
import type { ReadingCluster } from '../../functions/verify/reading-cluster.ts';
import type { Inputs } from '../inputs.ts';
import { withClusters } from '../open-clusters.ts';
import { followMm2, followReplicator, type Mm2Followed } from './follow-offsets.ts';
import { createUncopied } from './uncopied.ts';

/** Where one source partition stands. */
export interface PartitionPlace {
  readonly flow: Flow;
  readonly source: SourcePartition;
  readonly targetTopic: string;
  /** Replicator's stored offset + 1. */
  readonly replicatorNext: bigint | undefined;
  /** Where the sync last told MM2 to go on. */
  readonly syncedNext: bigint | undefined;
  readonly isTakenOver: boolean;
  /** Where MM2 would go on by what is stored now, whoever wrote it. */
  readonly mm2Next: bigint | undefined;
  /** The end of the target's partition. */
  readonly targetEnd: bigint | undefined;
}

/** A look, and what it goes by, for whoever reads on from there. */
export interface DetailedLook extends Look {
  readonly places: readonly PartitionPlace[];
}

/** Looks at both clusters again and again, and each time reads only what is new. */
export interface Lookout {
  /** @throws ConfigurationError, CredentialsError, ClusterError, TimeLimitError; the next look begins where this one did */
  look(timeoutMs: number): Promise<DetailedLook>;
}

/** Names that MM2 never copies, so that nothing waits for them. */
const isInternal = (topic: string): boolean => /^(__|\.)|[-.]internal$/.test(topic);

const groupState = async (cluster: ReadingCluster, group: string | undefined, unknown: string): Promise<GroupState> => {
  if (group === undefined) {
    return { kind: 'unknown', reason: unknown };
  }
  const found = await cluster.members(group);
  return found.kind === 'unseen'
    ? { kind: 'unknown', reason: `the group "${group}" may not be seen: grant the right to describe it` }
    : { ...found, group };
};

/** Whether a repair departs from the very record that Replicator stored last: it knows better, also where it lies before. */
const isProofFrom = (place: Place | undefined, stored: ReplicatorOffset | undefined): boolean =>
  place?.isProof === true && place.partition === stored?.stands.partition && place.offset === stored.stands.offset;

/** The group in which Replicator commits on the source, where its configuration tells. */
const replicatorGroupOf = ({ replicator }: Inputs): string | undefined =>
  replicator?.consumerGroup.kind === 'known' ? replicator.consumerGroup.value : undefined;

const undeliveredOf = async (target: ReadingCluster, group: string | undefined, topic: string) => {
  if (group === undefined) {
    return undefined;
  }
  const committed = await target.committed(group, topic);
  if (committed.size === 0) {
    return undefined;
  }
  const { starts, ends } = await target.log.extent(topic);
  let undelivered = 0n;
  for (const [partition, end] of ends) {
    const start = starts.get(partition) ?? 0n;
    const next = committed.get(partition) ?? start;
    undelivered += end > next ? end - (next > start ? next : start) : 0n;
  }
  return undelivered;
};

const extentsOf = async (cluster: ReadingCluster, topics: Iterable<string>) => {
  const existing = await cluster.topics();
  const extents = new Map<string, TopicExtent>();
  for (const topic of [...new Set(topics)].sort()) {
    if (existing.has(topic)) {
      extents.set(topic, await cluster.log.extent(topic));
    }
  }
  return extents;
};

/** Whatever is appended changes it, and so does a topic that is created anew. */
const markOf = (extents: ReadonlyMap<string, TopicExtent>): string =>
  [...extents].map(([topic, { id, ends }]) => `${topic} ${id} ${[...ends.values()].join(',')}`).join(' ');

/** When what is left to copy tells something. */
export interface LookoutOptions {
  /**
   * Milliseconds for which a connector must have left records alone: one that runs, and was idle, has not copied yet what
   * was written a moment ago.
   */
  readonly uncopiedForMs: number;
}

/** Changes with a topic that is created anew or is gone, and where retention passes what MM2 has to go on at. */
const sourceMark = (places: readonly PartitionPlace[], extents: ReadonlyMap<string, TopicExtent>): string => {
  const ids = [...extents].map(([topic, { id }]) => `${topic} ${id}`);
  const passed = places.flatMap(({ flow, source: { topic, partition }, mm2Next, replicatorNext }) => {
    const [next, extent] = [mm2Next ?? replicatorNext, extents.get(topic)];
    const [start, end] = [extent?.starts.get(partition), extent?.ends.get(partition)];
    if (next === undefined || start === undefined || end === undefined) {
      return [];
    }
    const state = start > next ? 'begins after it' : end < next ? 'ends before it' : undefined;
    return state === undefined ? [] : [`${flow.name} ${topic}-${partition} ${state}`];
  });
  return [...ids, ...passed].join(', ');
};

/** Makes a {@link Lookout} that has seen nothing yet. */
export const createLookout = (inputs: Inputs, { uncopiedForMs }: LookoutOptions): Lookout => {
  const { flows, replicatorOffsetsTopic, group } = inputs;
  const targetTopicOf = targetTopicBy(inputs.replicator, flows);
  const readReplicator = followReplicator(replicatorOffsetsTopic, flows);
  const readMm2 = new Map(
    [...new Set(flows.map(({ offsetsTopic }) => offsetsTopic))].map((topic) => [topic, followMm2(topic, flows)]),
  );

  const uncopied = new Map(flows.map(({ replicatorConnector }) => [replicatorConnector, createUncopied()]));
  /** Since when each connector has had something left to copy, by the looks. */
  const uncopiedSince = new Map<string, number>();

  /**
   * Whether every connector has left records alone for long enough: what one does tells nothing of another.
   *
   * @param at The look's own moment, as everything else that rests is measured by: finding records may take its time.
   */
  const haveUncopied = async (
    at: number,
    { log }: ReadingCluster,
    extents: ReadonlyMap<string, TopicExtent>,
    places: readonly PartitionPlace[],
  ): Promise<boolean> => {
    for (const [connector, isUncopied] of uncopied) {
      let isAny = false;
      for (const { flow, source, replicatorNext: next } of places) {
        const { topic, partition } = source;
        const extent = extents.get(topic);
        const [start, end] = [extent?.starts.get(partition), extent?.ends.get(partition)];
        const isOwn = flow.replicatorConnector === connector && next !== undefined;
        if (!isAny && isOwn && start !== undefined && end !== undefined) {
          isAny = await isUncopied(log, { topic, partition, next, start, end });
        }
      }
      if (!isAny) {
        uncopiedSince.delete(connector);
      } else if (!uncopiedSince.has(connector)) {
        uncopiedSince.set(connector, at);
      }
    }
    return [...uncopied.keys()].every((connector) => at - (uncopiedSince.get(connector) ?? at + 1) >= uncopiedForMs);
  };

  return {
    look: (timeoutMs) =>
      withClusters(inputs, timeoutMs, async ({ target, source }) => {
        const topics = await target.topics();
        // MM2's offsets first: while the sync writes, they can then look older than Replicator's, and never newer.
        const mm2 = new Map<string, Mm2Followed>();
        const marks: string[] = [];
        for (const [topic, read] of readMm2) {
          const { progress, mark } = await read(target.log, topics.has(topic));
          mm2.set(topic, progress);
          marks.push(`${topic} ${mark}`);
        }
        const replicator = await readReplicator(target.log, topics.has(replicatorOffsetsTopic));

        const stored = flows.flatMap((flow) => {
          const { offsets } = replicator.progress.of(flow.replicatorConnector);
          const progress = mm2.get(flow.offsetsTopic);
          const own = [...offsets.values()].map((one) => one.source);
          const sources = [...own, ...(progress?.partitionsOf(flow) ?? [])].filter(({ topic }) => !isInternal(topic));
          return [...new Map(sources.map((source) => [partitionName(source), source])).values()].map((source) => {
            const key = mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, ...source });
            return {
              flow,
              source,
              targetTopic: targetTopicOf(flow, source.topic),
              replicatorNext: offsets.get(partitionName(source))?.next,
              syncedNext: progress?.synced(key)?.next,
              isProven: isProofFrom(progress?.synced(key)?.place, offsets.get(partitionName(source))),
              offset: progress?.of(flow, source),
            };
          });
        });
        const onTarget = await extentsOf(
          target,
          stored.map(({ targetTopic }) => targetTopic),
        );
        const onSource = source
          ? await extentsOf(
              source,
              stored.map((one) => one.source.topic),
            )
          : new Map<string, TopicExtent>();
        const places = stored.map(({ offset, isProven: _, ...place }) => ({
          ...place,
          isTakenOver: offset?.by === 'somebody-else',
          mm2Next: offset && nextOf(offset.stored),
          targetEnd: onTarget.get(place.targetTopic)?.ends.get(place.source.partition),
        }));
        const name = ({ source: { topic, partition } }: { readonly source: SourcePartition }) =>
          `${topic}-${partition}`;
        const at = performance.now();
        return {
          at,
          marks: {
            replicator: replicator.mark,
            target: markOf(onTarget),
            mm2: marks.join(' '),
            source: sourceMark(places, onSource),
          },
          takenOver: places.filter(({ isTakenOver }) => isTakenOver).map(name),
          ownNext: new Map(
            places
              .filter(({ isTakenOver }) => isTakenOver)
              .map((one) => [`${one.flow.name} ${name(one)}`, one.mm2Next]),
          ),
          behind: stored
            .filter(({ offset, replicatorNext, isProven }) => {
              const next = offset && nextOf(offset.stored);
              const isLate = replicatorNext !== undefined && (next === undefined || next < replicatorNext);
              return isLate && !isProven && offset?.by !== 'somebody-else';
            })
            .map(name),
          undelivered: topics.has(replicatorOffsetsTopic)
            ? await undeliveredOf(target, group, replicatorOffsetsTopic)
            : undefined,
          hasUncopied: source !== undefined && (await haveUncopied(at, source, onSource, places)),
          replicatorGroup: source
            ? await groupState(source, replicatorGroupOf(inputs), 'no --replicator-config names its group')
            : { kind: 'unknown', reason: 'the source cluster was not given' },
          eventGroup: await groupState(target, group, 'nobody said which group it is: give --group'),
          places,
        };
      }),
  };
};
