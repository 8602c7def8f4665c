import type { Assessment } from '../../../functions/cutover/assessment.ts';
import type { Look } from '../../../functions/cutover/look.ts';

/** A look at a calm world, in which Replicator is stopped and the event source off. */
export const aLook = (changes: Partial<Look> = {}): Look => ({
  at: 0,
  marks: { replicator: 'r', target: 't', mm2: 'm', source: 's' },
  takenOver: [],
  ownNext: new Map((changes.takenOver ?? []).map((name) => [name, 1n])),
  behind: [],
  undelivered: 0n,
  hasUncopied: true,
  replicatorGroup: { kind: 'unknown', reason: 'nobody said which' },
  eventGroup: { kind: 'empty', group: 'sync' },
  ...changes,
});

/** A comparison of records that found nothing wrong. */
export const anAssessment = (changes: Partial<Assessment> = {}): Assessment => ({
  at: '2026-11-24T09:00:00.000Z',
  partitions: 3,
  proven: 3,
  compared: 30,
  blocks: [],
  partitionBlocks: [],
  takenOverBlocks: [],
  repairable: [],
  waits: [],
  unproven: [],
  doubts: [],
  ...changes,
});
