import { describe, expect, test } from '@jest/globals';
import { tableOf } from '../../../cli/verify/table.ts';
import type { Report, ReportedFinding, ReportedPartition } from '../../../functions/readiness/report.ts';

const finding = (code: string, severity: ReportedFinding['severity']): ReportedFinding => ({
  code,
  severity,
  message: `the message of ${code}`,
  fix: `the fix of ${code}`,
});

const partition = (more: Partial<ReportedPartition> = {}): ReportedPartition => ({
  flow: 'replicator',
  topic: 'orders',
  partition: 0,
  proven: true,
  next: { replicator: '390', mm2: '390', true: '390' },
  source: { start: '0', end: '1200' },
  prediction: { startsAt: '390', copiedAgain: 0, skipped: 0 },
  evidence: { compared: 390, reason: null },
  findings: [],
  ...more,
});

const report = (partitions: readonly ReportedPartition[], more: Partial<Report> = {}): Report => ({
  verdict: 'READY',
  at: '2026-11-24T09:00:00.000Z',
  copiedAgain: 0,
  skipped: 0,
  partitions,
  findings: [],
  ...more,
});

const lines = (text: string) => text.split('\n');

describe('the table', () => {
  test('has the worst first, and the verdict in the last line', () => {
    const stale = (n: number, copiedAgain: number) =>
      partition({
        partition: n,
        prediction: { startsAt: '390', copiedAgain, skipped: 0 },
        findings: [finding('stale', 'blocks')],
      });
    const waits = partition({ partition: 1, findings: [finding('behind', 'waits')] });
    const text = tableOf(
      report([partition(), waits, stale(2, 5), stale(3, 50)], { verdict: 'BLOCKED', copiedAgain: 55 }),
      40,
    );

    expect(
      lines(text)
        .slice(0, 5)
        .map((line) => line.trim().split(/\s{2,}/)),
    ).toEqual([
      ['FLOW', 'TOPIC', 'PARTITION', 'REPLICATOR', 'MM2', 'TRUE', 'COPIED AGAIN', 'SKIPPED', 'STATE'],
      ['replicator', 'orders', '3', '390', '390', '390', '50', '0', 'stale'],
      ['replicator', 'orders', '2', '390', '390', '390', '5', '0', 'stale'],
      ['replicator', 'orders', '1', '390', '390', '390', '0', '0', 'behind'],
      ['replicator', 'orders', '0', '390', '390', '390', '0', '0', 'ok'],
    ]);
    expect(lines(text).at(-1)).toBe(
      'BLOCKED at 2026-11-24T09:00:00.000Z: 55 copied again, 0 skipped, 4 of 4 partitions proven; fix what is marked "blocks"',
    );
  });

  test('marks what comes from offsets alone, and shows what is not known', () => {
    const text = tableOf(
      report([
        partition({
          proven: false,
          next: { replicator: null, mm2: null, true: null },
          prediction: { startsAt: '0', copiedAgain: null, skipped: 7 },
        }),
      ]),
      40,
    );

    expect(
      lines(text)[1]
        ?.trim()
        .split(/\s{2,}/),
    ).toEqual(['replicator', 'orders', '0', '-', '-', '?', '~?', '~7', 'ok']);
  });

  test('is summed up by topic where the partitions are more than a screenful', () => {
    const orders = Array.from({ length: 30 }, (_, n) => partition({ partition: n }));
    const payments = Array.from({ length: 20 }, (_, n) =>
      partition({
        topic: 'payments',
        partition: n,
        ...(n < 5 && {
          findings: [finding('stale', 'blocks')],
          prediction: { startsAt: '1', copiedAgain: 2, skipped: 0 },
        }),
      }),
    );
    const text = tableOf(report([...orders, ...payments]), 40);

    expect(
      lines(text)
        .slice(0, 3)
        .map((line) => line.trim().split(/\s{2,}/)),
    ).toEqual([
      ['FLOW', 'TOPIC', 'PARTITIONS', 'PROVEN', 'COPIED AGAIN', 'SKIPPED', 'STATE'],
      ['replicator', 'payments', '20', '20', '10', '0', '5 stale; 15 ok'],
      ['replicator', 'orders', '30', '30', '0', '0', '30 ok'],
    ]);
  });

  test('writes findings with the fix, the worst first, and says how many it leaves out', () => {
    const many = Array.from({ length: 25 }, (_, n) =>
      partition({ partition: n, findings: [finding('stale', 'blocks')] }),
    );
    const text = tableOf(report(many, { findings: [finding('undelivered', 'waits')] }), 40);

    expect(text).toContain('blocks stale: orders-0: the message of stale. To do: the fix of stale');
    expect(text).toContain('and 6 more, which --json tells');
    expect(text).not.toContain('undelivered');
  });

  test('says what was counted', () => {
    const counted = { compared: 390, reason: null, duplicated: 0, lost: 0 };
    const text = tableOf(
      report([partition({ evidence: counted }), partition({ partition: 1, evidence: counted })]),
      40,
    );

    expect(lines(text).at(-2)).toBe('0 duplicated, 0 lost of 780 records compared');
  });

  test('lets no name act upon the terminal', () => {
    const hostile = '\u001b[2J\u001b]0;owned\u0007\n| READY\u202e\u2028\u009b31m';
    const ofHostile = { ...finding('gap', 'blocks'), message: hostile, fix: hostile };
    const partitions = Array.from({ length: 3 }, () =>
      partition({ flow: hostile, topic: hostile, findings: [ofHostile] }),
    );

    for (const [rows, expected] of [
      [40, 11],
      // Summed up by topic.
      [2, 9],
    ] as const) {
      const text = tableOf(report(partitions, { findings: [ofHostile] }), rows);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028]/);
      expect(lines(text)).toHaveLength(expected);
    }
  });
});
