import { describe, expect, test } from '@jest/globals';
import type { ReportedPartition } from '../../../functions/readiness/report.ts';
import { knownSumOf, sumOf, totalsOf } from '../../../functions/readiness/report-totals.ts';

const partition = (evidence: ReportedPartition['evidence']): ReportedPartition => ({
  flow: 'replicator',
  topic: 'orders',
  partition: 0,
  proven: true,
  next: { replicator: null, mm2: null, true: null },
  source: null,
  prediction: { startsAt: null, copiedAgain: null, skipped: null },
  evidence,
  findings: [],
});

describe('totals', () => {
  test('add up what is known', () => {
    expect(sumOf([1, null, undefined, 2])).toBe(3);
    expect(knownSumOf([1, null])).toBe(1);
    expect(knownSumOf([])).toBe(0);
  });

  test('are not known where nothing is', () => {
    expect(knownSumOf([null, null])).toBeNull();
  });

  test('tell what was counted, and of how many partitions it was not', () => {
    const counted = partition({ compared: 10, reason: null, duplicated: 1, lost: 2 });

    expect(totalsOf([counted, counted, partition({ compared: 5, reason: 'why' })])).toEqual({
      compared: 20,
      duplicated: 2,
      lost: 4,
      uncounted: 1,
    });
    expect(totalsOf([partition({ compared: 5, reason: null })])).toBeUndefined();
  });
});
