import { countCopies, firstCopyOf } from '../../functions/cutover/first-copies.ts';
import type { PartitionTakeover } from '../../functions/cutover/takeover.ts';
import type { ReadingCluster, TopicSettings } from '../../functions/verify/reading-cluster.ts';
import { isCompacted, type PartitionOnCluster, readSides } from '../../functions/verify/reading-records.ts';
import type { Inputs } from '../inputs.ts';
import { withClusters } from '../open-clusters.ts';
import type { PartitionPlace } from './lookout.ts';

/** A source partition, and where MM2 has to go on. */
export interface Boundary {
  readonly place: PartitionPlace;
  /** The true next offset. */
  readonly next: bigint;
  /** The end of the target's partition when nobody copied; `undefined` where this run did not see it. */
  readonly targetEnd: bigint | undefined;
}

/** How to compare. */
export interface CompareOptions {
  /** How many source records before the boundary are counted; those after it always are. */
  readonly records: number;
}

/** Source records after the boundary that are read: more have not to be, to see how MM2 began. */
const MOST_AFTER = 200_000n;

const NOTHING_COUNTED = { compared: 0, duplicated: 0, lost: 0, sinceBoundary: { duplicated: 0, lost: 0 } } as const;

/** Topics of a cluster as they are now; those that cannot be seen are left out. */
const topicsOf = async (cluster: ReadingCluster, wanted: Iterable<string>) => {
  const existing = await cluster.topics();
  const topics = [...new Set(wanted)].filter((topic) => existing.has(topic));
  const settings = topics.length > 0 ? await cluster.settings(topics) : new Map<string, TopicSettings>();
  const found = new Map<string, (partition: number) => PartitionOnCluster | undefined>();
  for (const topic of topics) {
    const { starts, ends } = await cluster.log.extent(topic);
    found.set(topic, (partition) => {
      const [start, end] = [starts.get(partition), ends.get(partition)];
      return start === undefined || end === undefined
        ? undefined
        : { log: cluster.log, topic, partition, range: { start, end }, settings: settings.get(topic) };
    });
  }
  return found;
};

/**
 * Compares what MM2 has copied with the source, around the place where it had to go on.
 *
 * @throws ConfigurationError, CredentialsError, ClusterError, TimeLimitError
 */
export const compareCopies = (
  inputs: Inputs,
  boundaries: readonly Boundary[],
  { records }: CompareOptions,
): Promise<readonly PartitionTakeover[]> =>
  withClusters(inputs, undefined, async ({ target, source }) => {
    const compared: PartitionTakeover[] = [];
    const places = boundaries.map(({ place }) => place);
    // The target's ends first: whatever stands before them is a copy of what stands before the source's.
    const onTargets = await topicsOf(
      target,
      places.map(({ targetTopic }) => targetTopic),
    );
    const onSources =
      source &&
      (await topicsOf(
        source,
        places.map((place) => place.source.topic),
      ));
    for (const { place, next, targetEnd } of boundaries) {
      const { topic, partition } = place.source;
      const of = {
        flow: place.flow.name,
        topic,
        partition,
        resumedAt: next,
        storedNext: place.mm2Next,
        isTakenOver: place.isTakenOver,
      };
      const onTarget = onTargets.get(place.targetTopic)?.(partition);
      const onSource = onSources?.get(topic)?.(partition);
      if (onTarget === undefined || onSource === undefined) {
        const reason = `${onSource === undefined ? 'the source' : 'the target'} has no such partition, or it may not be seen`;
        compared.push({ ...of, copy: { kind: 'cannot-tell', reason }, ...NOTHING_COUNTED });
        continue;
      }
      const { start, end } = onSource.range;
      const from = next - BigInt(records) > start ? next - BigInt(records) : start;
      const to = end - next > MOST_AFTER ? next + MOST_AFTER : end;
      const sides = await readSides({ ...onSource, range: { start, end: to } }, onTarget, from, Date.now(), {
        // Compaction may have removed what a copy is of: contents that are not known tell nothing then.
        allFrom: isCompacted(onSource.settings) ? undefined : targetEnd,
      });
      const boundary = sides.target.findIndex(({ offset }) => targetEnd !== undefined && offset >= targetEnd);
      const copied = {
        next,
        range: onSource.range,
        source: sides.source,
        target: sides.target.map(({ content }) => content),
        boundary: targetEnd === undefined ? undefined : boundary === -1 ? sides.target.length : boundary,
        isCompacted: isCompacted(onTarget.settings),
      };
      compared.push({ ...of, copy: firstCopyOf(copied), ...countCopies(copied) });
    }
    return compared;
  });
