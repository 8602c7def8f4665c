import { describe, expect, test } from '@jest/globals';
import type { Severity } from '../../../functions/readiness/finding.ts';
import type { ReportedFinding, ReportedPartition } from '../../../functions/readiness/report.ts';
import { codesOf, topicsOf, worstFirst, worstOf } from '../../../functions/readiness/worst-first.ts';

const finding = (code: string, severity: Severity): ReportedFinding => ({ code, severity, message: '', fix: '' });

const partition = (
  topic: string,
  number: number,
  severity: Severity | undefined,
  copiedAgain: number | null = 0,
): ReportedPartition => ({
  flow: 'replicator',
  topic,
  partition: number,
  proven: true,
  next: { replicator: null, mm2: null, true: null },
  source: null,
  prediction: { startsAt: null, copiedAgain, skipped: null },
  evidence: { compared: 0, reason: null },
  findings: severity === undefined ? [] : [finding('code', severity)],
});

describe('worst first', () => {
  test('goes by severity, then by the records, and keeps the order else', () => {
    const partitions = [
      partition('a', 0, undefined, 99),
      partition('a', 1, 'notes'),
      partition('a', 2, 'warns'),
      partition('a', 3, 'blocks', 1),
      partition('a', 4, 'waits'),
      partition('a', 5, 'blocks', 2),
      partition('a', 6, 'blocks', null),
      partition('a', 7, 'blocks', 2),
    ];

    expect(worstFirst(partitions).map((one) => one.partition)).toEqual([5, 7, 3, 6, 4, 2, 1, 0]);
  });

  test('has the topic first whose worst partition is the worst, then the one with more records', () => {
    const topics = topicsOf([
      partition('calm', 0, undefined, 1_000),
      partition('few', 0, 'blocks', 5),
      partition('many', 0, 'blocks', 3),
      partition('many', 1, undefined, 3),
      partition('waits', 0, 'waits', 100),
    ]);

    expect(topics.map(({ topic }) => topic)).toEqual(['many', 'few', 'waits', 'calm']);
    expect(topics[0]?.partitions.map((one) => one.partition)).toEqual([0, 1]);
  });

  test('holds topics of equal names in two flows apart', () => {
    const topics = topicsOf([partition('a', 0, undefined), { ...partition('a', 0, undefined), flow: 'second' }]);

    expect(topics.map(({ flow }) => flow)).toEqual(['replicator', 'second']);
  });

  test('names each code once, and knows the worst severity', () => {
    const findings = [finding('b', 'notes'), finding('a', 'waits'), finding('b', 'blocks'), finding('a', 'warns')];

    expect(codesOf(findings)).toEqual(['b', 'a']);
    expect(worstOf(findings)).toBe('blocks');
    expect(worstOf([])).toBeUndefined();
  });
});
