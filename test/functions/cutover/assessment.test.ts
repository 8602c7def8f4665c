import { expect, test } from '@jest/globals';
import { assess } from '../../../functions/cutover/assessment.ts';
import type { Report, ReportedFinding, ReportedPartition } from '../../../functions/readiness/report.ts';

const finding = (code: string, severity: ReportedFinding['severity'], fix = 'fix it'): ReportedFinding => ({
  code,
  severity,
  message: `the ${code}`,
  fix,
});

const aPartition = (partition: number, proven: boolean, ...findings: ReportedFinding[]): ReportedPartition => ({
  flow: 'replicator',
  topic: 'orders',
  partition,
  proven,
  next: { replicator: '5', mm2: '5', true: proven ? '5' : null },
  source: { start: '0', end: '9' },
  prediction: { startsAt: '5', copiedAgain: 0, skipped: 0 },
  evidence: { compared: 5, reason: proven ? null : 'the target partition is empty' },
  findings,
});

const aReport = (partitions: readonly ReportedPartition[], ...findings: ReportedFinding[]): Report => ({
  verdict: 'BLOCKED',
  at: '2026-11-24T09:00:00.000Z',
  copiedAgain: 0,
  skipped: 0,
  partitions,
  findings,
});

test('tells what blocks from what repair can write, which takes a proof', () => {
  const assessment = assess(
    aReport([
      aPartition(0, true, finding('stale', 'blocks'), finding('missing', 'blocks')),
      aPartition(1, true, finding('gap', 'blocks')),
      aPartition(2, false, finding('fatal-value', 'blocks'), finding('unproven', 'warns')),
    ]),
  );

  expect(assessment).toMatchObject({
    partitions: 3,
    proven: 2,
    compared: 15,
    blocks: [],
    partitionBlocks: ['gap: orders-1: the gap. To do: fix it', 'fatal-value: orders-2: the fatal-value. To do: fix it'],
    repairable: ['orders-0'],
    unproven: ['orders-2: the target partition is empty'],
  });
});

test('keeps apart what blocks partitions that MM2 or a person has written, and has none of them repaired', () => {
  const assessment = assess(
    aReport([
      aPartition(0, true, finding('taken-over', 'blocks'), finding('ahead', 'blocks')),
      aPartition(1, true, finding('taken-over', 'notes')),
      aPartition(2, true, finding('stale', 'blocks')),
    ]),
  );

  expect(assessment).toMatchObject({
    partitionBlocks: [],
    takenOverBlocks: [
      'taken-over: orders-0: the taken-over. To do: fix it',
      'ahead: orders-0: the ahead. To do: fix it',
    ],
    repairable: ['orders-2'],
  });
});

test('keeps what is waited for and what is doubtful, and leaves out what is watched from nearer', () => {
  const assessment = assess(
    aReport(
      [aPartition(0, true, finding('behind', 'waits', 'nothing'))],
      finding('undelivered', 'waits'),
      finding('offsets-topic-missing', 'waits'),
      finding('topics-refused', 'blocks'),
      finding('acl-sync', 'warns', 'nothing'),
      finding('flush', 'notes'),
    ),
  );

  expect(assessment).toMatchObject({
    blocks: ['topics-refused: the topics-refused. To do: fix it'],
    waits: ['offsets-topic-missing: the offsets-topic-missing. To do: fix it', 'behind: orders-0: the behind'],
    doubts: ['acl-sync: the acl-sync'],
  });
});
