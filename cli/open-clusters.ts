import { type OpenClusters, withClusters as withBoth } from '../functions/verify/with-clusters.ts';
import type { Clusters } from './clusters.ts';

/**
 * Does some work on both clusters, and closes them.
 *
 * @param timeoutMs Milliseconds for everything; `undefined` for as long as it takes.
 * @throws ConfigurationError, CredentialsError, ClusterError, TimeLimitError; nothing stays open
 */
export const withClusters = <T>(
  clusters: Clusters,
  timeoutMs: number | undefined,
  work: (open: OpenClusters) => Promise<T>,
): Promise<T> =>
  withBoth(clusters, { limitMs: timeoutMs, advice: 'give --timeout more, or compare fewer --records' }, work);
