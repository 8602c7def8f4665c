import { causesOf } from '../errors.ts';
import type { TopicExtent } from '../kafka/topic-log.ts';
import type { Flow } from '../offsets/flow.ts';
import type { SourcePartition } from '../offsets/replicator-record.ts';
import type { Finding } from '../readiness/finding.ts';
import { type FlowFacts, flowFindingsOf } from '../readiness/flow-findings.ts';
import type { Mm2Progress } from '../readiness/mm2-progress.ts';
import type { Evidence, PartitionState } from '../readiness/partition-state.ts';
import { nextOf, type SourceRange } from '../readiness/prediction.ts';
import { acknowledgedNext, type ConnectorProgress, partitionName } from '../readiness/replicator-progress.ts';
import { type Report, reportOf } from '../readiness/report.ts';
import { NOTHING_TO_COUNT } from '../readiness/tally.ts';
import type { ReadingCluster, TopicSettings } from './reading-cluster.ts';
import { type OffsetsRead, readOffsets } from './reading-offsets.ts';
import { lookAhead } from './reading-outlook.ts';
import { compareRecords } from './reading-records.ts';

/** What is looked at. */
export interface Reading {
  readonly target: ReadingCluster;
  /** Without it only the offsets can be looked at, and nothing is proven. */
  readonly source: ReadingCluster | undefined;
  readonly flows: readonly Flow[];
  readonly replicatorOffsetsTopic: string;
  /** The event source's consumer group. */
  readonly group?: string | undefined;
  /** How many source records before the boundary are compared; none with 0. */
  readonly records: number | 'all';
  /**
   * By whose stored offset the comparison begins: Replicator's, or the later one of both, once MM2 has copied. Neither runs
   * ahead of what the target has acknowledged.
   * @default 'replicator'
   */
  readonly boundary?: 'replicator' | 'latest' | undefined;
  /** What Replicator calls a source topic on the target. @default its own name */
  readonly targetTopic?: (flow: Flow, topic: string) => string;
  /**
   * Whether a flow's Replicator or MM2 copies a source topic, by their configurations: it is looked at then, even if
   * nothing of it is stored.
   * @default only those of which something is stored
   */
  readonly selects?: (flow: Flow, topic: string) => boolean;
  /** What the configurations have come to. */
  readonly findings?: readonly Finding[];
  /** Told what is done at the moment. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far the reading is. */
export interface Progress {
  readonly done: number;
  readonly partitions: number;
}

/** A topic on one cluster, as it was looked at. */
interface TopicOnCluster {
  readonly extent: TopicExtent;
  readonly settings: TopicSettings | undefined;
}

/** Partitions that are compared at the same time. */
const AT_ONCE = 4;

/** Names that MM2 never copies, whatever is configured (ReplicationPolicy#isInternalTopic, MirrorSourceConnector). */
const isInternal = (topic: string): boolean => /^(__|\.)|[-.]internal$/.test(topic);

/** Does some work for every item, a few at a time, in any order. */
const forEach = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of waiting) {
        await work(item);
      }
    }),
  );
};

const lookAt = async (
  cluster: ReadingCluster,
  existing: ReadonlySet<string>,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, TopicOnCluster>> => {
  const topics = [...new Set(wanted)].filter((topic) => existing.has(topic));
  const settings = topics.length > 0 ? await cluster.settings(topics) : new Map<string, TopicSettings>();
  const found = new Map<string, TopicOnCluster>();
  for (const topic of topics) {
    found.set(topic, { extent: await cluster.log.extent(topic), settings: settings.get(topic) });
  }
  return found;
};

/** How often a partition is compared anew because retention has removed what was being read. */
const ATTEMPTS = 3;

const isGone = (error: unknown): boolean =>
  causesOf(error).some((cause) => 'type' in cause && cause.type === 'OFFSET_OUT_OF_RANGE');

/** What the offsets topics say of one flow. */
interface FlowOffsets {
  readonly flow: Flow;
  readonly replicator: ConnectorProgress;
  readonly mm2: Mm2Progress;
  readonly unreachable: ReturnType<Mm2Progress['unreachable']>;
  /** The source topics that stand in the offsets, or that the flow selects, and that MM2 can copy. */
  readonly topics: readonly string[];
  readonly stored: readonly SourcePartition[];
}

/** @param selected The source topics that the flow's configurations select. */
const offsetsOf = (
  read: OffsetsRead,
  flow: Flow,
  flows: readonly Flow[],
  selected: readonly string[],
): FlowOffsets | undefined => {
  const mm2 = read.mm2.get(flow.offsetsTopic);
  if (mm2 === undefined) {
    return undefined;
  }
  const replicator = read.replicator.of(flow.replicatorConnector);
  const own = [...replicator.offsets.values()].map(({ source }) => source);
  const stored = [...own, ...mm2.partitionsOf(flow)].filter(({ topic }) => !isInternal(topic));
  return {
    flow,
    replicator,
    mm2,
    unreachable: mm2.unreachable(flow, flows),
    topics: [...new Set([...stored.map(({ topic }) => topic), ...selected.filter((topic) => !isInternal(topic))])],
    stored,
  };
};

/** Every partition of a flow's topics: those that the source has now, or those that stand in the offsets. */
const partitionsOf = (
  { topics, stored }: FlowOffsets,
  sources: ReadonlyMap<string, TopicOnCluster> | undefined,
): readonly SourcePartition[] => {
  if (sources !== undefined) {
    return topics.flatMap((topic) =>
      [...(sources.get(topic)?.extent.ends.keys() ?? [])].map((partition) => ({ topic, partition })),
    );
  }
  return [...new Map(stored.map((source) => [partitionName(source), source])).values()];
};

const rangeOf = (topic: TopicOnCluster | undefined, partition: number): SourceRange | undefined => {
  const [start, end] = [topic?.extent.starts.get(partition), topic?.extent.ends.get(partition)];
  return start === undefined || end === undefined ? undefined : { start, end };
};

const latestOf = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

const nothingToCopy = (next: bigint, records: Reading['records']): Evidence => ({
  kind: 'compared',
  proof: { kind: 'proven', next, compared: 0, gaps: [] },
  ...(records === 'all' && { tally: NOTHING_TO_COUNT }),
});

/** Everything that was read at a moment. */
export interface ReadState {
  /** When the reading began, in milliseconds since the epoch. */
  readonly at: number;
  readonly states: readonly PartitionState[];
  /** Those of the flows, the topics and the configurations. */
  readonly findings: readonly Finding[];
  /** The event sources by which the sync has written to MM2's offsets topics. */
  readonly eventSources: ReadonlySet<string>;
}

/** Looks at everything once. @throws what kafkajs throws, KafkaError */
export const readState = async (reading: Reading): Promise<ReadState> => {
  const { target, source, flows, replicatorOffsetsTopic, group, records, onProgress } = reading;
  const targetTopic = reading.targetTopic ?? ((_flow, topic) => topic);
  const at = Date.now();
  const targetTopics = await target.topics();
  const read = await readOffsets(target, targetTopics, flows, replicatorOffsetsTopic, group);
  const sourceTopics = await source?.topics();
  const selectedBy = (flow: Flow) => [...(sourceTopics ?? [])].filter((topic) => reading.selects?.(flow, topic));
  const offsets = flows.flatMap((flow) => offsetsOf(read, flow, flows, selectedBy(flow)) ?? []);

  // The target's ends first: whatever stands before them is a copy of what stands before the source's.
  const copies = await lookAt(
    target,
    targetTopics,
    offsets.flatMap(({ flow, topics }) => topics.map((topic) => targetTopic(flow, topic))),
  );
  const sources =
    source &&
    sourceTopics &&
    (await lookAt(
      source,
      sourceTopics,
      offsets.flatMap(({ topics }) => topics),
    ));

  const work = offsets.flatMap((ofFlow) => partitionsOf(ofFlow, sources).map((partition) => ({ ofFlow, partition })));
  const states: PartitionState[] = [];
  await forEach(work, async ({ ofFlow, partition: { topic, partition } }) => {
    const { flow, replicator, mm2, unreachable } = ofFlow;
    const name = partitionName({ topic, partition });
    const stored = mm2.of(flow, { topic, partition });
    const replicated = replicator.offsets.get(name);
    const acknowledged = replicated && acknowledgedNext(replicated);
    const mm2Next = stored && nextOf(stored.stored);
    const boundary = reading.boundary === 'latest' ? latestOf(acknowledged, mm2Next) : acknowledged;
    const copyTopic = targetTopic(flow, topic);
    const look = async (onSource: TopicOnCluster | undefined, onTarget: TopicOnCluster | undefined) => {
      const range = rangeOf(onSource, partition);
      const copied = rangeOf(onTarget, partition);
      const notCompared = (reason: string) => ({
        range,
        evidence: { kind: 'not-compared', reason } satisfies Evidence,
      });
      if (source === undefined || onSource === undefined || range === undefined) {
        return notCompared('the source cluster was not given, so its records cannot be read');
      }
      if (boundary === undefined) {
        // An empty partition has nothing that could be copied again or skipped.
        if (range.start === range.end) {
          return { range, evidence: nothingToCopy(range.end, records) };
        }
        // Where the target never had a record nothing was copied, and MM2 without an offset begins at the right place.
        return mm2Next === undefined && (copied === undefined || copied.end === 0n)
          ? { range, copied, evidence: nothingToCopy(range.start, records) }
          : { ...notCompared('Replicator has stored no offset, so nothing tells where to look'), copied };
      }
      if (records === 0) {
        return notCompared('no records were to be compared');
      }
      if (onTarget === undefined) {
        return notCompared(`the target cluster has no topic "${copyTopic}", or it may not be seen`);
      }
      if (copied === undefined) {
        return notCompared(`"${copyTopic}" has no partition ${partition}: partitions are not preserved`);
      }
      const compared = await compareRecords({
        source: { log: source.log, topic, partition, range, settings: onSource.settings },
        target: { log: target.log, topic: copyTopic, partition, range: copied, settings: onTarget.settings },
        replicatorNext: boundary,
        mm2Next: reading.boundary === 'latest' ? undefined : mm2Next,
        records,
        at,
      });
      return { range, ...compared };
    };
    const compare = async () => {
      let [onSource, onTarget] = [sources?.get(topic), copies.get(copyTopic)];
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await look(onSource, onTarget);
        } catch (error) {
          if (attempt === ATTEMPTS || !isGone(error)) {
            throw error;
          }
          // Retention has removed what was being read; the target's end again comes first.
          onTarget = onTarget && { ...onTarget, extent: await target.log.extent(copyTopic) };
          onSource = onSource && source && { ...onSource, extent: await source.log.extent(topic) };
        }
      }
    };
    states.push({
      flow: flow.name,
      source: { topic, partition },
      replicator: replicated,
      replicatorKeys: replicator.keys.get(name) ?? [],
      mm2: stored,
      unreachable: unreachable.get(name) ?? [],
      ...(await compare()),
    });
    onProgress?.({ done: states.length, partitions: work.length });
  });

  const copiesOf = (name: string) =>
    new Map(
      offsets
        .filter(({ flow }) => flow.name === name)
        .flatMap(({ flow, topics }) => topics.map((topic) => targetTopic(flow, topic)))
        .flatMap((topic) => {
          const extent = copies.get(topic)?.extent;
          return extent === undefined ? [] : [[topic, extent] as const];
        }),
    );
  const seen = source ? await lookAhead(states, { source: source.log, target: target.log, copiesOf, at }) : states;

  const leftOut: FlowFacts['leftOut'] = offsets.flatMap(({ flow, topics, replicator }) => [
    ...topics
      .filter((topic) => sources !== undefined && !sources.has(topic))
      .map((topic) => ({
        flow: flow.name,
        topic,
        reason: 'the source cluster does not have it, or it may not be seen',
      })),
    ...[...new Set([...replicator.offsets.values()].map((one) => one.source.topic))]
      .filter(isInternal)
      .map((topic) => ({ flow: flow.name, topic, reason: 'MM2 never copies a topic of such a name' })),
  ]);
  const findings = flowFindingsOf({
    flows,
    replicatorTopic: read.replicatorTopic,
    mm2Topics: read.mm2Topics,
    lastFlush: new Map(offsets.map(({ flow, replicator }) => [flow.replicatorConnector, replicator.lastFlush])),
    otherConnectors: read.replicator.others(),
    lag: read.lag,
    leftOut,
    at,
  });
  return {
    at,
    states: seen,
    findings: [...(reading.findings ?? []), ...findings],
    eventSources: new Set([...read.mm2.values()].flatMap((mm2) => [...mm2.eventSources(replicatorOffsetsTopic)])),
  };
};

/** Looks at everything once, and says what it comes to. @throws what kafkajs throws, KafkaError */
export const readReadiness = async (reading: Reading): Promise<Report> => {
  const { at, states, findings } = await readState(reading);
  return reportOf(at, states, findings);
};
