import type { Finding } from './finding.ts';

/** What all findings come to. */
export type Verdict =
  /** MM2 started now goes on at exactly the next record of every partition, and that is proven. */
  | 'READY'
  /** Something is missing that comes by itself. */
  | 'NOT YET'
  /** Something has to be fixed. */
  | 'BLOCKED'
  /** Nothing is known to be wrong, but it is not proven either. */
  | 'CANNOT TELL';

/** What the verdict goes by. */
export interface Judged {
  readonly partitions: readonly { readonly proven: boolean; readonly findings: readonly Finding[] }[];
  readonly findings: readonly Finding[];
}

/** What could not be told, and would forbid the cutover if it were wrong; what only might surprise is a note. */
const isDoubt = ({ code, severity }: Finding): boolean =>
  code === 'unproven' || (code.endsWith('-unknown') && severity !== 'notes');

/**
 * Judges. What has to be fixed weighs more than what is waited for, and both weigh more than doubt: what was not
 * compared is not success, and neither is having found nothing to look at.
 */
export const verdictOf = ({ partitions, findings }: Judged): Verdict => {
  const all = [...findings, ...partitions.flatMap((partition) => partition.findings)];
  if (all.some(({ severity }) => severity === 'blocks')) {
    return 'BLOCKED';
  }
  if (all.some(({ severity }) => severity === 'waits')) {
    return 'NOT YET';
  }
  const doubtful = partitions.length === 0 || partitions.some(({ proven }) => !proven) || all.some(isDoubt);
  return doubtful ? 'CANNOT TELL' : 'READY';
};
