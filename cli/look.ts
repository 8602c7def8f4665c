import { checkConfigurations } from '../functions/readiness/configurations/check-configurations.ts';
import { targetTopicBy } from '../functions/readiness/configurations/target-topic.ts';
import type { Report } from '../functions/readiness/report.ts';
import { type Progress, readReadiness } from '../functions/verify/reading.ts';
import type { Inputs } from './inputs.ts';
import { withClusters } from './open-clusters.ts';

/** How to look. */
export interface LookOptions {
  readonly records: number | 'all';
  /** Milliseconds for everything; `undefined` for as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Looks at the clusters once.
 *
 * @throws ConfigurationError, CredentialsError, ClusterError, TimeLimitError; nothing stays open
 */
export const look = (inputs: Inputs, { records, timeoutMs, onProgress }: LookOptions): Promise<Report> =>
  withClusters(inputs, timeoutMs, async ({ target, source }) => {
    const { flows, replicatorOffsetsTopic, group, mm2, replicator } = inputs;
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
      findings: [...inputs.findings, ...checked],
      onProgress,
    });
  });
