import type { Report, ReportedFinding, ReportedPartition } from '../../../functions/readiness/report.ts';

export const aFinding = (
  code: string,
  severity: ReportedFinding['severity'],
  message = 'a message',
): ReportedFinding => ({
  code,
  severity,
  message,
  fix: 'a fix',
});

export const aPartition = (partition: number, more: Partial<ReportedPartition> = {}): ReportedPartition => ({
  flow: 'replicator',
  topic: 'orders',
  partition,
  proven: true,
  next: { replicator: '390', mm2: '390', true: '390' },
  source: { start: '0', end: '1200' },
  prediction: { startsAt: '390', copiedAgain: 0, skipped: 0 },
  evidence: { compared: 390, reason: null },
  findings: [],
  ...more,
});

export const aReport = (partitions: readonly ReportedPartition[], more: Partial<Report> = {}): Report => ({
  verdict: 'READY',
  at: '2026-11-24T09:00:00.000Z',
  copiedAgain: 0,
  skipped: 0,
  partitions,
  findings: [],
  ...more,
});
