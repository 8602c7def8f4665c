import { TimeLimitError } from '../../functions/errors.ts';
import type { Flow } from '../../functions/offsets/flow.ts';
import { checkConfigurations } from '../../functions/readiness/configurations/check-configurations.ts';
import type { ParsedMm2 } from '../../functions/readiness/configurations/mm2-configuration.ts';
import type { ParsedReplicator } from '../../functions/readiness/configurations/replicator-configuration.ts';
import { targetTopicBy } from '../../functions/readiness/configurations/target-topic.ts';
import type { Report } from '../../functions/readiness/report.ts';
import { type Progress, readReadiness } from '../../functions/verify/reading.ts';
import { openReadingCluster, type ReadingCluster } from '../../functions/verify/reading-cluster.ts';
import { type Connection, kafkaOf } from '../connections.ts';
import { atCluster } from '../trouble.ts';
import type { Clusters } from './clusters.ts';

/** What to look at. */
export interface LookOptions extends Clusters {
  readonly flows: readonly Flow[];
  readonly replicatorOffsetsTopic: string;
  /** The event source's consumer group. */
  readonly group: string | undefined;
  readonly mm2: ParsedMm2 | undefined;
  readonly replicator: ParsedReplicator | undefined;
  readonly records: number | 'all';
  /** Milliseconds for everything; `undefined` for as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly onProgress: (progress: Progress) => void;
}

/** Says by whose fault a read failed: each cluster's own requests are told apart by wrapping it. */
const guarded = (connection: Connection, cluster: ReadingCluster): ReadingCluster => {
  const { log } = cluster;
  const at = <T>(work: () => Promise<T>) => atCluster(connection, work);
  return {
    log: {
      extent: (topic) => at(() => log.extent(topic)),
      offsetAt: (...place) => at(() => log.offsetAt(...place)),
      read: (...range) => at(() => log.read(...range)),
    },
    topics: () => at(() => cluster.topics()),
    settings: (topics) => at(() => cluster.settings(topics)),
    replicationFactor: (topic) => at(() => cluster.replicationFactor(topic)),
    committed: (group, topic) => at(() => cluster.committed(group, topic)),
    close: () => cluster.close(),
  };
};

const open = async (connection: Connection): Promise<ReadingCluster> =>
  guarded(connection, await atCluster(connection, () => openReadingCluster(kafkaOf(connection))));

/**
 * Looks at the clusters once.
 *
 * @throws ConfigurationError, CredentialsError, ClusterError, TimeLimitError; nothing stays open
 */
export const look = async (options: LookOptions): Promise<Report> => {
  const { flows, replicatorOffsetsTopic, group, mm2, replicator, records, timeoutMs, onProgress } = options;
  const opened: ReadingCluster[] = [];
  const work = async (): Promise<Report> => {
    const target = await open(await options.target());
    opened.push(target);
    const source = options.source && (await open(await options.source()));
    if (source) {
      opened.push(source);
    }
    const topics = (mm2 || replicator) && source && { source: [...(await source.topics())] };
    const checked = checkConfigurations({
      flows,
      ...(mm2 && { mm2 }),
      ...(replicator && { replicator }),
      ...(topics && { topics }),
      replicatorOffsetsTopic,
    });
    return await readReadiness({
      target,
      source,
      flows,
      replicatorOffsetsTopic,
      group,
      records,
      targetTopic: targetTopicBy(replicator, flows),
      findings: [...options.findings, ...checked],
      onProgress,
    });
  };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(
          () =>
            reject(
              new TimeLimitError(
                `Gave up after ${Math.ceil(timeoutMs / 1_000)} seconds: give --timeout more, or compare fewer --records`,
              ),
            ),
          timeoutMs,
        );
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
    await Promise.all(opened.map((cluster) => cluster.close()));
  }
};
