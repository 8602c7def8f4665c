import { TimeLimitError } from '../../functions/errors.ts';
import type { Report } from '../../functions/readiness/report.ts';
import { type Progress, readReadiness } from '../../functions/verify/reading.ts';
import { openReadingCluster, type ReadingCluster } from '../../functions/verify/reading-cluster.ts';
import type { FileConfiguration } from '../configuration-file.ts';
import { type Connection, kafkaOf, sourceConnection, targetConnection } from '../connections.ts';
import { atCluster } from '../trouble.ts';

/** What to look at. */
export interface LookOptions extends FileConfiguration {
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
  const { configuration, source, group, records, timeoutMs, onProgress } = options;
  const opened: ReadingCluster[] = [];
  const work = async (): Promise<Report> => {
    const target = await open(await targetConnection(configuration.brokers, configuration.authentication));
    opened.push(target);
    const from = source && (await open(await sourceConnection(source.brokers, source.authentication)));
    if (from) {
      opened.push(from);
    }
    const { flows, replicatorOffsetsTopic } = configuration;
    return await readReadiness({ target, source: from, flows, replicatorOffsetsTopic, group, records, onProgress });
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
