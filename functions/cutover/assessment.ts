import type { Report, ReportedFinding, ReportedPartition } from '../readiness/report.ts';

/** What a report of `verify` means for the cutover. */
export interface Assessment {
  readonly at: string;
  readonly partitions: number;
  readonly proven: number;
  /** Records of which the copy was looked for. */
  readonly compared: number;
  /** What forbids the cutover as a whole: topics, configurations. A sentence each. */
  readonly blocks: readonly string[];
  /** What forbids it for single partitions, and no repair changes. */
  readonly partitionBlocks: readonly string[];
  /** The same of partitions whose offset MM2 or a person wrote: an MM2 that runs always lags a little. */
  readonly takenOverBlocks: readonly string[];
  /** The partitions whose offset in MM2 is wrong by a proof, so that `repair` can write the right one. */
  readonly repairable: readonly string[];
  /** What comes by itself while Replicator and the sync run. */
  readonly waits: readonly string[];
  /** What the records do not tell, and why. */
  readonly unproven: readonly string[];
  /** What could not be told, and would not change where MM2 goes on; a person should know. */
  readonly doubts: readonly string[];
}

/** What `repair` is there for: an offset in MM2 that the records prove to be wrong. */
const REPAIRABLE = new Set(['stale', 'ahead', 'ignored-value', 'fatal-value', 'missing', 'out-of-range']);
/** What is looked at more often, and from nearer, than by a report (`Look`). */
const WATCHED = new Set(['undelivered', 'lag', 'flush', 'flush-old']);

const sentence = ({ code, message, fix }: ReportedFinding, where: string): string =>
  `${code}: ${where}${message}${fix === 'nothing' ? '' : `. To do: ${fix}`}`;

/** The name of a source partition, as people read it. */
export const nameOf = ({ topic, partition }: Pick<ReportedPartition, 'topic' | 'partition'>): string =>
  `${topic}-${partition}`;

/** Sorts what a report says by what has to be done about it. */
export const assess = ({ at, partitions, findings }: Report): Assessment => {
  const ofPartitions = partitions.flatMap((partition) =>
    partition.findings.map((finding) => ({ partition, finding, text: sentence(finding, `${nameOf(partition)}: `) })),
  );
  const blocking = ofPartitions.filter(({ finding }) => finding.severity === 'blocks');
  const isTakenOver = ({ partition }: (typeof blocking)[number]): boolean =>
    partition.findings.some(({ code }) => code === 'taken-over');
  const isRepairable = ({ partition, finding }: (typeof blocking)[number]): boolean =>
    partition.proven && REPAIRABLE.has(finding.code);
  const owned = blocking.filter(isTakenOver);
  const others = blocking.filter((one) => !isTakenOver(one));
  const texts = (severity: ReportedFinding['severity']) =>
    findings.filter((one) => one.severity === severity && !WATCHED.has(one.code)).map((one) => sentence(one, ''));
  return {
    at,
    partitions: partitions.length,
    proven: partitions.filter(({ proven }) => proven).length,
    compared: partitions.reduce((sum, { evidence }) => sum + evidence.compared, 0),
    blocks: texts('blocks'),
    partitionBlocks: others.filter((one) => !isRepairable(one)).map(({ text }) => text),
    takenOverBlocks: owned.map(({ text }) => text),
    repairable: [...new Set(others.filter(isRepairable).map(({ partition }) => nameOf(partition)))],
    waits: [
      ...texts('waits'),
      ...ofPartitions.filter(({ finding }) => finding.severity === 'waits').map(({ text }) => text),
    ],
    unproven: partitions
      .filter(({ proven }) => !proven)
      .map((partition) => `${nameOf(partition)}: ${partition.evidence.reason ?? 'nothing was compared'}`),
    doubts: texts('warns'),
  };
};
