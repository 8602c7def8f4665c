import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type PlayedRound, plansOf, playOne, runChaos } from '../../../local/chaos/chaos.ts';
import { faultsOf } from '../../../local/chaos/describe-plan.ts';
import { openStage, withoutItsGuard } from '../../../local/chaos/stage.ts';
import { EVERY_FAULT, FAULTS, HOSTILE, UNGUARDED } from './directed-plan.ts';

// More than a round may take, which says by itself what it waited for.
jest.setTimeout(330_000);

/** Three rounds with most of what a single broker can suffer, and nothing that takes long. */
const RANDOM = { seed: 33, rounds: 3, without: ['leaders-moved'] } as const;
let stage: Awaited<ReturnType<typeof openStage>>;
beforeAll(async () => {
  stage = await openStage();
}, 200_000);
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

const resultOf = ({ result }: PlayedRound) => {
  if (result instanceof Error) {
    throw result;
  }
  return result;
};

test('every kind of fault strikes in the midst of an invocation, and every promise is kept', async () => {
  const { discrepancies, struck } = resultOf(await playOne(EVERY_FAULT, stage));

  expect(struck).toEqual(FAULTS.map(({ kind }) => ({ fault: kind, inTheMidst: true })));
  expect(discrepancies).toEqual([]);
});

describe('every promise is kept under', () => {
  for (const [name, plan] of Object.entries(HOSTILE)) {
    test(name, async () => {
      const { discrepancies, struck } = resultOf(await playOne(plan, stage));

      expect(discrepancies).toEqual([]);
      expect(struck.filter(({ inTheMidst }) => !inTheMidst)).toEqual([]);
    });
  }
});

test('random rounds on real Kafka keep every promise', async () => {
  const { played } = await runChaos(stage, RANDOM);

  expect(played.map((round) => resultOf(round).discrepancies)).toEqual(Array(RANDOM.rounds).fill([]));
  expect(new Set(played.flatMap(({ plan }) => faultsOf(plan))).size).toBeGreaterThan(12);
});

test('a function without its guard breaks promises in the same rounds, and the one that it is caught in can be played again', async () => {
  await using control = await withoutItsGuard(stage);
  const { failed } = await runChaos(control, RANDOM);

  const [again] = plansOf({ ...RANDOM, rounds: 1, path: failed?.path ?? '' });
  expect(again).toEqual(failed?.round.plan);
  expect(failed && resultOf(failed.round).discrepancies.length).toBeGreaterThan(0);
});

test('a function without its guard goes back to old offsets, and overwrites what somebody else wrote', async () => {
  await using control = await withoutItsGuard(stage);
  const { discrepancies } = resultOf(await playOne(UNGUARDED, control));

  const broken = new Set(discrepancies.map(({ rule }) => rule));
  expect(broken).toContain('never back to an earlier record');
  expect(broken).toContain('left alone once taken over');
  expect(broken).toContain('last value');
});

describe('the command', () => {
  const RUN = fileURLToPath(new URL('../../../local/chaos/run.ts', import.meta.url));
  const run = (...args: readonly string[]) => spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8' });

  test('tells how it is used', () => {
    const { status, stdout } = run('--help');

    expect(status).toBe(0);
    expect(stdout).toContain('npm run chaos -- [options]');
  });

  test('prints its seed, and the steps of its rounds', () => {
    const { status, stdout } = run('--plan', '--rounds', '2', '--seed', '7');

    expect(status).toBe(0);
    expect(stdout).toMatch(/^seed 7\nRound 1, .*\n {2}1\. flush/);
    expect(stdout.match(/^Round \d/gm)).toEqual(['Round 1', 'Round 2']);
  });
});
