import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openStage, type PlayedRound, runChaos, withoutItsGuard } from '../../../local/chaos/chaos.ts';
import { planRound } from '../../../local/chaos/plan-round.ts';
import { faultsOf } from '../../../local/chaos/round-plan.ts';

jest.setTimeout(120_000);

/** Three rounds with every kind of fault, and the broker killed once. */
const SEED = 30;
const ROUNDS = [1, 2, 3];

/** A round with replays, old batches and take-overs, and nothing that takes long. */
const CONTROL = { seed: 7, round: 1 };

let stage: Awaited<ReturnType<typeof openStage>>;
beforeAll(async () => {
  stage = await openStage();
}, 120_000);
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

const discrepanciesOf = ({ result }: PlayedRound) => {
  if (result instanceof Error) {
    throw result;
  }
  return result.discrepancies;
};

test('random rounds on real Kafka keep every promise', async () => {
  const kinds = ROUNDS.flatMap((round) => faultsOf(planRound(SEED, round)));
  expect(kinds.filter((kind) => kind === 'broker killed')).toHaveLength(1);
  expect(new Set(kinds).size).toBe(16);

  const played = await runChaos(stage, { seed: SEED, rounds: ROUNDS, onRound: () => true });

  expect(played.map(discrepanciesOf)).toEqual(ROUNDS.map(() => []));
});

test('a function without its guard breaks promises, and is caught in a round', async () => {
  await using control = await withoutItsGuard(stage);
  const [played] = await runChaos(control, { seed: CONTROL.seed, rounds: [CONTROL.round] });

  const broken = new Set(played && discrepanciesOf(played).map(({ rule }) => rule));
  expect(broken).toContain('last value');
  expect(broken).toContain('left alone once taken over');
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

  test('refuses what is no number, and says what to give', () => {
    const { status, stderr } = run('--rounds', 'ten');

    expect(status).toBe(1);
    expect(stderr).toBe('--rounds is "ten"; give a whole number from 1 on\n');
  });
});
