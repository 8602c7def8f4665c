import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Mm2Offset } from '../../../functions/readiness/mm2-progress.ts';
import type { PartitionState } from '../../../functions/readiness/partition-state.ts';
import type { Proof } from '../../../functions/readiness/proof.ts';
import { reportOf } from '../../../functions/readiness/report.ts';

const AT = Date.parse('2026-11-24T09:00:00.000Z');
const schema: object = JSON.parse(readFileSync('functions/readiness/report.schema.json', 'utf8'));
const isValid = new Ajv2020({ strict: false }).compile(schema);

const provenAt = (next: bigint, gaps: Proof['gaps'] = []): PartitionState['evidence'] => ({
  kind: 'compared',
  proof: { kind: 'proven', next, compared: Number(next), gaps },
});
const mm2 = (stored: Mm2Offset['stored'], more: Partial<Mm2Offset> = {}): Mm2Offset => ({
  stored,
  by: 'the-sync',
  ambiguity: undefined,
  ...more,
});
const at = (offset: bigint, more: Partial<Mm2Offset> = {}) => mm2({ kind: 'usable', offset }, more);

/** A partition of 1,200 records, of which Replicator and MM2 have 390 by their offsets and by the records. */
const state = (more: Partial<PartitionState> = {}): PartitionState => ({
  flow: 'replicator',
  source: { topic: 'orders', partition: 0 },
  replicator: {
    source: { topic: 'orders', partition: 0 },
    next: 390n,
    flushedAt: AT - 1_000,
    stands: { partition: 3, offset: 41n },
    ambiguity: undefined,
  },
  mm2: at(389n),
  unreachable: [],
  range: { start: 0n, end: 1_200n },
  evidence: provenAt(390n),
  count: (from, to) => Number(to - from),
  ...more,
});

const codes = (more: Partial<PartitionState>) => {
  const report = reportOf(AT, [state(more)], []);
  expect(isValid(report)).toBe(true);
  return report.partitions.flatMap(({ findings }) => findings.map(({ code, severity }) => `${code} ${severity}`));
};

const replicator = (next: bigint | undefined, ambiguity?: string, ownNext?: bigint): PartitionState['replicator'] => ({
  source: { topic: 'orders', partition: 0 },
  next,
  flushedAt: AT,
  stands: { partition: 3, offset: 41n },
  ambiguity,
  ...(ownNext !== undefined && { ownNext }),
});

describe('the report', () => {
  test('has the form of the contract', () => {
    const report = reportOf(AT, [state({ evidence: provenAt(395n) })], []);

    expect(isValid(report)).toBe(true);
    expect(report).toEqual({
      verdict: 'BLOCKED',
      at: '2026-11-24T09:00:00.000Z',
      copiedAgain: 5,
      skipped: 0,
      partitions: [
        {
          flow: 'replicator',
          topic: 'orders',
          partition: 0,
          proven: true,
          next: { replicator: '390', mm2: '390', true: '395' },
          source: { start: '0', end: '1200' },
          prediction: { startsAt: '390', copiedAgain: 5, skipped: 0 },
          evidence: { compared: 395, reason: null },
          findings: [{ code: 'stale', severity: 'blocks', message: expect.any(String), fix: expect.any(String) }],
        },
      ],
      findings: [],
    });
  });

  test('keeps offsets of 64 bits as they are', () => {
    const next = 9_007_199_254_740_993n;
    const report = reportOf(
      AT,
      [
        state({
          replicator: replicator(next),
          mm2: at(next - 1n),
          range: { start: 0n, end: next },
          evidence: provenAt(next),
        }),
      ],
      [],
    );

    expect(report.partitions[0]?.next).toEqual({
      replicator: '9007199254740993',
      mm2: '9007199254740993',
      true: '9007199254740993',
    });
  });

  test('sorts by flow, topic and partition', () => {
    const place = (flow: string, topic: string, partition: number) => state({ flow, source: { topic, partition } });
    const report = reportOf(AT, [place('b', 'a', 0), place('a', 'b', 10), place('a', 'b', 9), place('a', 'a', 0)], []);

    expect(report.partitions.map(({ flow, topic, partition }) => `${flow} ${topic} ${partition}`)).toEqual([
      'a a 0',
      'a b 9',
      'a b 10',
      'b a 0',
    ]);
  });

  test('predicts nothing that it cannot know: without the source only equal offsets tell', () => {
    const notCompared = { range: undefined, evidence: { kind: 'not-compared', reason: 'no source' } } as const;
    const equal = reportOf(AT, [state(notCompared)], []);
    const behind = reportOf(AT, [state({ ...notCompared, mm2: at(300n) })], []);

    expect(equal.partitions[0]).toMatchObject({
      proven: false,
      source: null,
      prediction: { startsAt: '390', copiedAgain: 0, skipped: 0 },
      evidence: { compared: 0, reason: 'no source' },
    });
    expect(behind.partitions[0]?.prediction).toEqual({ startsAt: null, copiedAgain: null, skipped: null });
  });

  test('says so where a count comes from offsets, though the next offset is proven', () => {
    const report = reportOf(AT, [state({ mm2: undefined, count: () => undefined })], []);

    expect(report.partitions[0]).toMatchObject({
      proven: true,
      prediction: { copiedAgain: 390 },
      evidence: { reason: expect.stringContaining('told by offsets') },
    });
  });
});

describe('what is found of a partition', () => {
  test('is nothing where all agree', () => {
    expect(codes({})).toEqual([]);
  });

  test.each<[string, Partial<PartitionState>, readonly string[]]>([
    ['behind: the sync has not written it yet', { mm2: at(379n) }, ['behind waits']],
    ['missing', { mm2: undefined }, ['missing waits']],
    [
      'missing, with a key that MM2 never finds',
      {
        mm2: undefined,
        unreachable: [
          { source: { topic: 'orders', partition: 0 }, key: '["x"]', reason: 'its order', sameNames: true },
        ],
      },
      ['missing blocks', 'unreachable-key blocks'],
    ],
    ['a tombstone', { mm2: mm2({ kind: 'none' }) }, ['missing waits']],
    ['ahead', { mm2: at(399n) }, ['ahead blocks']],
    ['taken over, at the right place', { mm2: at(389n, { by: 'somebody-else' }) }, ['taken-over notes']],
    ['taken over, at the wrong place', { mm2: at(379n, { by: 'somebody-else' }) }, ['taken-over blocks']],
    [
      'taken over after the cutover',
      { mm2: at(499n, { by: 'somebody-else' }), evidence: provenAt(500n) },
      ['taken-over notes'],
    ],
    [
      'taken over, after Replicator, and nothing compared',
      {
        mm2: at(499n, { by: 'somebody-else' }),
        range: undefined,
        evidence: { kind: 'not-compared', reason: 'no source' },
      },
      ['taken-over warns', 'unproven warns'],
    ],
    ['a value that MM2 ignores', { mm2: mm2({ kind: 'ignored', reason: 'it is no JSON' }) }, ['ignored-value blocks']],
    ['a value that MM2 dies of', { mm2: mm2({ kind: 'fatal', reason: 'a string' }) }, ['fatal-value blocks']],
    ['a key in two partitions', { mm2: at(389n, { ambiguity: 'different values' }) }, ['ambiguous-key blocks']],
    ['a key in an open transaction', { mm2: at(389n, { ambiguity: 'still open' }) }, ['ambiguous-key waits']],
    [
      "two keys of Replicator's that say the same",
      { replicator: replicator(390n, 'two keys', 390n) },
      ['ambiguous-key warns'],
    ],
    [
      "two keys of Replicator's that do not, and what it reads says less: MM2 would skip records",
      { replicator: replicator(390n, 'two keys', 380n), evidence: provenAt(380n) },
      ['ahead blocks', 'ambiguous-key blocks'],
    ],
    [
      "two keys of Replicator's that do not, and MM2 is right",
      { replicator: replicator(390n, 'two keys', 380n), mm2: at(379n), evidence: provenAt(380n) },
      ['ambiguous-key blocks'],
    ],
    [
      "two keys of Replicator's, and none of them its own",
      { replicator: replicator(390n, 'two keys') },
      ['ambiguous-key blocks'],
    ],
    ['an offset beyond the end', { mm2: at(1_200n) }, ['out-of-range blocks']],
    [
      'an offset that has expired',
      { mm2: at(389n), range: { start: 395n, end: 1_200n }, evidence: provenAt(395n) },
      ['out-of-range blocks'],
    ],
    [
      'uncovered',
      { mm2: undefined, replicator: undefined, evidence: { kind: 'not-compared', reason: 'nothing stored' } },
      ['uncovered waits', 'unproven warns'],
    ],
    [
      'uncovered, and the target holds records of it',
      {
        mm2: undefined,
        replicator: undefined,
        copied: { start: 0n, end: 4n },
        evidence: { kind: 'not-compared', reason: 'nothing stored' },
      },
      ['uncovered blocks', 'unproven warns'],
    ],
    [
      'uncovered, and Replicator is to flush',
      {
        mm2: undefined,
        replicator: undefined,
        copied: { start: 0n, end: 4n },
        willFlush: true,
        evidence: { kind: 'not-compared', reason: 'nothing stored' },
      },
      ['uncovered waits', 'unproven warns'],
    ],
    [
      'never copied, and nothing stored',
      { mm2: undefined, replicator: undefined, copied: { start: 0n, end: 0n }, evidence: provenAt(0n) },
      [],
    ],
    [
      'copied and expired as a whole',
      { replicator: replicator(390n), mm2: at(389n), range: { start: 391n, end: 391n }, evidence: provenAt(390n) },
      ['out-of-range notes'],
    ],
    [
      'beyond the end of an empty topic, which may grow up to there',
      { replicator: replicator(390n), mm2: at(389n), range: { start: 0n, end: 0n }, evidence: provenAt(390n) },
      ['out-of-range blocks'],
    ],
    [
      'empty, and nothing stored',
      { mm2: undefined, replicator: undefined, range: { start: 0n, end: 0n }, evidence: provenAt(0n) },
      [],
    ],
    ['stale', { evidence: provenAt(395n) }, ['stale blocks']],
    ['stale, and Replicator is at work', { evidence: provenAt(395n), willFlush: true }, ['stale waits']],
    [
      'stale, and MM2 set right by a person',
      { mm2: at(394n, { by: 'somebody-else' }), evidence: provenAt(395n) },
      ['taken-over notes'],
    ],
    ['a gap', { evidence: provenAt(390n, [{ from: 5n, to: 6n, records: 2 }]) }, ['gap blocks']],
    [
      'ambiguous records',
      {
        evidence: {
          kind: 'compared',
          proof: { kind: 'unproven', cause: 'ambiguous', reason: 'several', compared: 3, gaps: [] },
        },
      },
      ['unproven warns'],
    ],
  ])('%s', (_name, more, expected) => {
    expect(codes(more)).toEqual(expected);
  });
});
