import { TimeLimitError } from '../functions/errors.ts';
import { openReadingCluster, type ReadingCluster } from '../functions/verify/reading-cluster.ts';
import type { Clusters } from './clusters.ts';
import { type Connection, kafkaOf } from './connections.ts';
import { atCluster } from './trouble.ts';

/** Both clusters, open to be read. */
export interface OpenClusters {
  readonly target: ReadingCluster;
  /** `undefined` where nothing tells how to connect to it. */
  readonly source: ReadingCluster | undefined;
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
    members: (group) => at(() => cluster.members(group)),
    close: () => cluster.close(),
  };
};

const open = async (connection: Connection): Promise<ReadingCluster> =>
  guarded(connection, await atCluster(connection, () => openReadingCluster(kafkaOf(connection))));

/**
 * Does some work on both clusters, and closes them.
 *
 * @param timeoutMs Milliseconds for everything; `undefined` for as long as it takes.
 * @throws ConfigurationError, CredentialsError, ClusterError, TimeLimitError; nothing stays open
 */
export const withClusters = async <T>(
  clusters: Clusters,
  timeoutMs: number | undefined,
  work: (open: OpenClusters) => Promise<T>,
): Promise<T> => {
  const opened: ReadingCluster[] = [];
  const opening = async (connect: () => Promise<Connection>): Promise<ReadingCluster> => {
    const cluster = await open(await connect());
    opened.push(cluster);
    return cluster;
  };
  const working = async (): Promise<T> => {
    const target = await opening(clusters.target);
    return await work({ target, source: clusters.source && (await opening(clusters.source)) });
  };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const giveUp = (limitMs: number) => () =>
    reject(
      new TimeLimitError(
        `Gave up after ${Math.ceil(limitMs / 1_000)} seconds: give --timeout more, or compare fewer --records`,
      ),
    );
  const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp(timeoutMs), timeoutMs);
  try {
    return await Promise.race([working(), late]);
  } finally {
    clearTimeout(timer);
    await Promise.all(opened.map((cluster) => cluster.close()));
  }
};
