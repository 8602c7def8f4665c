import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { summedUp } from '../../../functions/readiness/summed-up.ts';
import { aFinding, aPartition, aReport } from './a-report.ts';

const isValid = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync('functions/readiness/report.schema.json', 'utf8')) as object,
);
const bytesOf = (value: object) => Buffer.byteLength(JSON.stringify(value));
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

describe('a report that fits', () => {
  test('stays as it is', () => {
    const report = aReport(numbers(10).map((one) => aPartition(one)));

    expect(summedUp(report, bytesOf(report))).toBe(report);
  });
});

describe('a report that does not fit', () => {
  const behind = aFinding('behind', 'waits', 'Ä'.repeat(100));
  const stale = aFinding('stale', 'blocks');
  const partitions = numbers(1_000).map((one) =>
    aPartition(one, {
      proven: one % 2 === 0,
      findings: one === 900 ? [stale, behind] : [behind],
      evidence: { compared: 10, reason: null, duplicated: 1, lost: 2 },
    }),
  );
  const report = aReport(partitions, {
    verdict: 'BLOCKED',
    copiedAgain: 7,
    findings: [...numbers(500).map(() => aFinding('left-out', 'notes')), aFinding('undelivered', 'waits')],
  });
  const summed = summedUp(report, 200_000);

  test('fits, in bytes of UTF-8, and has the form of the contract', () => {
    expect(bytesOf(summed)).toBeLessThanOrEqual(200_000);
    expect(bytesOf(summed)).toBeGreaterThan(150_000);
    expect(isValid(summed)).toBe(true);
  });

  test('keeps the verdict, the totals and the worst', () => {
    expect(summed).toMatchObject({ verdict: 'BLOCKED', copiedAgain: 7 });
    expect(summed.partitions[0]).toMatchObject({ partition: 900 });
    expect(summed.findings[0]).toMatchObject({ code: 'undelivered' });
  });

  test('counts the rest', () => {
    const left = 1_000 - summed.partitions.length;
    expect(summed.leftOut).toEqual({
      partitions: left,
      proven: 500 - summed.partitions.filter(({ proven }) => proven).length,
      findings: { behind: left, ...(summed.findings.length < 501 && { 'left-out': 501 - summed.findings.length }) },
      tally: { compared: 10 * left, duplicated: left, lost: 2 * left, uncounted: 0 },
    });
  });
});

test('nothing is lost, however many bytes there are', () => {
  const finding = fc.record({
    code: fc.constantFrom('behind', 'stale', 'unproven'),
    severity: fc.constantFrom('blocks', 'waits', 'warns', 'notes' as const),
    message: fc.string({ maxLength: 300, unit: 'binary' }),
    fix: fc.string({ maxLength: 20 }),
  });
  const partition = fc
    .tuple(fc.nat(99), fc.boolean(), fc.array(finding, { maxLength: 3 }))
    .map(([number, proven, findings]) => aPartition(number, { proven, findings }));
  fc.assert(
    fc.property(
      fc.array(partition, { maxLength: 60 }),
      fc.array(finding, { maxLength: 30 }),
      fc.integer({ min: 9_000, max: 40_000 }),
      (partitions, findings, bytes) => {
        const report = aReport(partitions, { findings });
        const { leftOut, ...summed } = summedUp(report, bytes);
        const count = (all: readonly { readonly findings: readonly unknown[] }[]) =>
          all.reduce((sum, one) => sum + one.findings.length, 0);
        const counted = Object.values(leftOut?.findings ?? {}).reduce((sum, one) => sum + one, 0);

        expect(bytesOf({ leftOut, ...summed })).toBeLessThanOrEqual(bytes);
        expect(summed.partitions.length + (leftOut?.partitions ?? 0)).toBe(partitions.length);
        expect(count([summed, ...summed.partitions]) + counted).toBe(count([report, ...partitions]));
      },
    ),
  );
});
