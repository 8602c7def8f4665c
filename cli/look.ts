import { checkConfigurations } from '../functions/readiness/configurations/check-configurations.ts';
import { selectedBy } from '../functions/readiness/configurations/selected-topics.ts';
import { targetTopicBy } from '../functions/readiness/configurations/target-topic.ts';
import { type Report, reportOf } from '../functions/readiness/report.ts';
import { type Progress, type Reading, type ReadState, readState } from '../functions/verify/reading.ts';
import type { Inputs } from './inputs.ts';
import { withClusters } from './open-clusters.ts';

/** How to look. */
export interface LookOptions {
  readonly records: number | 'all';
  /** Milliseconds for everything; `undefined` for as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly onProgress: (progress: Progress) => void;
  /** By whose stored offset the comparison begins. @default 'replicator' */
  readonly boundary?: Reading['boundary'];
}

/**
 * Reads everything of both clusters once.
 *
 * @throws ConfigurationError, CredentialsError, ClusterError, TimeLimitError; nothing stays open
 */
export const readOnce = (
  inputs: Inputs,
  { records, timeoutMs, onProgress, boundary }: LookOptions,
): Promise<ReadState> =>
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
    return await readState({
      target,
      source,
      flows,
      replicatorOffsetsTopic,
      group,
      records,
      boundary,
      targetTopic: targetTopicBy(replicator, flows),
      selects: selectedBy({ flows, mm2, replicator }),
      findings: [...inputs.findings, ...checked],
      onProgress,
    });
  });

/** Looks at the clusters once, and says what it comes to. @throws as {@link readOnce} does */
export const look = async (inputs: Inputs, options: LookOptions): Promise<Report> => {
  const { at, states, findings } = await readOnce(inputs, options);
  return reportOf(at, states, findings);
};
