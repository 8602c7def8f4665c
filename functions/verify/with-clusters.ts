import { TimeLimitError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { openCluster } from './open-cluster.ts';
import type { ReadingCluster } from './reading-cluster.ts';

/** How both clusters are connected to. */
export interface Connecting {
  readonly target: () => Promise<Connection>;
  /** `undefined` where nothing tells how. */
  readonly source: (() => Promise<Connection>) | undefined;
}

/** Both clusters, open to be read. */
export interface OpenClusters {
  readonly target: ReadingCluster;
  /** `undefined` where nothing tells how to connect to it. */
  readonly source: ReadingCluster | undefined;
}

/** How long everything may take. */
export interface TimeLimit {
  /** Milliseconds; `undefined` for as long as it takes. */
  readonly limitMs: number | undefined;
  /** What to do when that is too short, for the error. */
  readonly advice: string;
}

/**
 * Does some work on both clusters, and closes them.
 *
 * @throws ConfigurationError, CredentialsError, ClusterError, TimeLimitError; nothing stays open
 */
export const withClusters = async <T>(
  connecting: Connecting,
  { limitMs, advice }: TimeLimit,
  work: (open: OpenClusters) => Promise<T>,
): Promise<T> => {
  const opened: ReadingCluster[] = [];
  const opening = async (connect: () => Promise<Connection>): Promise<ReadingCluster> => {
    const cluster = await openCluster(await connect());
    opened.push(cluster);
    return cluster;
  };
  const working = async (): Promise<T> => {
    const target = await opening(connecting.target);
    return await work({ target, source: connecting.source && (await opening(connecting.source)) });
  };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const giveUp = (milliseconds: number) => () =>
    reject(new TimeLimitError(`Gave up after ${Math.ceil(milliseconds / 1_000)} seconds: ${advice}`));
  const timer = limitMs === undefined ? undefined : setTimeout(giveUp(limitMs), limitMs);
  try {
    return await Promise.race([working(), late]);
  } finally {
    clearTimeout(timer);
    await Promise.all(opened.map((cluster) => cluster.close()));
  }
};
