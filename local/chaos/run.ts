import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { openStage, type PlayedRound, runChaos, wentWell, withoutItsGuard } from './chaos.ts';
import { planRound } from './plan-round.ts';
import { describeStep, faultsOf, summaryOf } from './round-plan.ts';

const HELP = `npm run chaos -- [options]

Plays random rounds against the function as it is deployed, on a real Kafka broker: Replicator's offsets are flushed and
delivered, late, repeatedly and in pieces, while instances and the broker are killed, connections fail, and somebody
else takes keys over. After each round MM2's offsets topics must hold exactly what the whole history comes to, and
whatever somebody else wrote must be left alone. A round takes some 10 seconds, and never more than two minutes.

  --rounds N         how many rounds, numbered from 1 (default 10)
  --seed S           a whole number; the same seed plans the same rounds (default: a random one)
  --round R          this round alone
  --plan             print the steps of the rounds, and play none
  --without-guard    leave the guard out of the function: a control that has to fail
  --help             this text

Exit code 0 only if every promise was kept. KAFKA_VERSION=3.9.2 chooses another Kafka.`;

interface RunOptions {
  readonly seed: number;
  readonly rounds: readonly number[];
  readonly withoutGuard: boolean;
  readonly planOnly: boolean;
}

const wholeNumber = (name: string, text: string, lowest: number): number => {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < lowest) {
    throw new Error(`--${name} is "${text}"; give a whole number from ${lowest} on`);
  }
  return number;
};

const parseOptions = (args: readonly string[]): RunOptions | 'help' => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '10' },
      seed: { type: 'string' },
      round: { type: 'string' },
      plan: { type: 'boolean', default: false },
      'without-guard': { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    return 'help';
  }
  const count = wholeNumber('rounds', values.rounds, 1);
  return {
    seed: values.seed === undefined ? randomInt(1_000_000) : wholeNumber('seed', values.seed, 0),
    rounds:
      values.round === undefined
        ? Array.from({ length: count }, (_, index) => index + 1)
        : [wholeNumber('round', values.round, 1)],
    withoutGuard: values['without-guard'],
    planOnly: values.plan,
  };
};

const style = { head: [], border: [], compact: true };

const printPlan = ({ round, plan }: Pick<PlayedRound, 'round' | 'plan'>) => {
  const flows = plan.flows.map(({ name, offsetsTopic, tombstones }) => `${name} (${offsetsTopic}, ${tombstones})`);
  console.log(`Round ${round}, flows ${flows.join(', ')}; records are numbered in the order of the flushes`);
  for (const [index, step] of plan.steps.entries()) {
    console.log(`  ${index + 1}. ${describeStep(step)}`);
  }
};

const printRound = (played: PlayedRound, total: number) => {
  const { round, plan, result, milliseconds } = played;
  const failed = result instanceof Error ? '' : `, ${result.failures.length} failed invocations`;
  console.log(
    `round ${`${round}`.padStart(`${total}`.length)} of ${total}: ${summaryOf(plan)}${failed}, ` +
      `${(milliseconds / 1_000).toFixed(1)} s: ${wentWell(played) ? 'every promise kept' : 'FAILED'}`,
  );
};

const printFailure = (seed: number, played: PlayedRound) => {
  const { round, result } = played;
  console.log('');
  printPlan(played);
  if (result instanceof Error) {
    console.log(`\n${result.message}`);
  } else {
    const table = new Table({ head: ['promise', 'key', 'expected', 'actual'], style });
    for (const { rule, key, expected, actual } of result.discrepancies) {
      table.push([rule, key, expected, actual]);
    }
    console.log(table.toString());
  }
  console.log(`\nTo play it again: npm run chaos -- --seed ${seed} --round ${round}`);
};

const count = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

const printFaults = (played: readonly PlayedRound[]) => {
  const results = played.flatMap(({ result }) => (result instanceof Error ? [] : [result]));
  const struck = results.flatMap((result) => result.struck);
  const midst = count(struck.filter(({ inTheMidst }) => inTheMidst).map(({ fault }) => fault));
  const timed = count(struck.map(({ fault }) => fault));
  const table = new Table({
    head: ['fault', 'times', 'in the midst of an invocation'],
    colAligns: ['left', 'right', 'right'],
    style,
  });
  for (const [fault, times] of [...count(played.flatMap(({ plan }) => faultsOf(plan)))].sort()) {
    table.push([fault, times, timed.has(fault) ? `${midst.get(fault) ?? 0} of ${timed.get(fault)}` : '–']);
  }
  console.log(table.toString());
  const failures = [...count(results.flatMap((result) => result.failures))].map(([type, times]) => `${times} ${type}`);
  console.log(`Invocations that failed and were repeated: ${failures.join(', ') || 'none'}`);
};

const run = async ({ seed, rounds, withoutGuard }: RunOptions): Promise<boolean> => {
  console.log(`seed ${seed}${withoutGuard ? ', without the guard' : ''}`);
  const last = rounds.at(-1) ?? 0;
  await using stage = await openStage();
  await using control = withoutGuard ? await withoutItsGuard(stage) : undefined;
  const played = await runChaos(control ?? stage, {
    seed,
    rounds,
    onRound: (one) => {
      printRound(one, last);
      return wentWell(one);
    },
  });
  printFaults(played);
  const failed = played.find((one) => !wentWell(one));
  if (failed) {
    printFailure(seed, failed);
  }
  return failed === undefined;
};

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(HELP);
  } else if (options.planOnly) {
    const { seed, rounds } = options;
    console.log(`seed ${seed}`);
    for (const round of rounds) {
      printPlan({ round, plan: planRound(seed, round) });
    }
  } else {
    process.exitCode = (await run(options)) ? 0 : 1;
  }
} catch (error) {
  // One sentence for whoever runs it; DEBUG=1 shows where it comes from.
  console.error(process.env.DEBUG || !(error instanceof Error) ? error : error.message);
  process.exitCode = 1;
}
