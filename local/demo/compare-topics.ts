import type { KafkaCluster } from '../world/kafka/cluster.ts';
import { comparePartition, type PartitionComparison } from './compare-partition.ts';
import { topicContent } from './topic-content.ts';
import type { TrafficTopic } from './traffic.ts';

/** What became of one source partition. */
export interface PartitionResult extends PartitionComparison {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the last record that Replicator copied; none from an empty partition. */
  readonly replicatorLast: bigint | undefined;
}

/** What became of all of them. */
export interface TopicsComparison {
  readonly partitions: readonly PartitionResult[];
  readonly records: number;
  readonly duplicated: number;
  readonly lost: number;
}

export interface ComparedTopics {
  readonly source: KafkaCluster;
  readonly target: KafkaCluster;
  readonly topics: readonly TrafficTopic[];
  /** Where the target's partitions ended when Replicator had stopped, by `topic-partition`. */
  readonly cutover: ReadonlyMap<string, bigint>;
  /** The offsets of the last records that Replicator copied, by `topic-partition`. */
  readonly replicatorLast: ReadonlyMap<string, bigint>;
}

/** Compares topics with their copies, by the contents of every partition. */
export const compareTopics = async (compared: ComparedTopics): Promise<TopicsComparison> => {
  const { source, target, topics, cutover, replicatorLast } = compared;
  const names = topics.map(({ topic }) => topic);
  const [inSource, inTarget] = await Promise.all([topicContent(source, names), topicContent(target, names)]);
  const partitions = topics.flatMap(({ topic, partitions: count }) =>
    Array.from({ length: count }, (_, partition) => {
      const name = `${topic}-${partition}`;
      const comparison = comparePartition(inSource.get(name) ?? [], inTarget.get(name) ?? [], cutover.get(name) ?? 0n);
      return { topic, partition, replicatorLast: replicatorLast.get(name), ...comparison };
    }),
  );
  const sum = (of: (partition: PartitionResult) => number) => partitions.reduce((all, one) => all + of(one), 0);
  return {
    partitions,
    records: sum(({ sourceRecords }) => sourceRecords),
    duplicated: sum(({ duplicated }) => duplicated),
    lost: sum(({ lost }) => lost),
  };
};
