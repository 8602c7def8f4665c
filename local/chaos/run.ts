import { plansOf, runChaos } from './chaos.ts';
import { HELP, parseOptions, type RunOptions } from './options.ts';
import { printFailure, printFaults, printPlan, printRound } from './print.ts';
import { openStage, withoutItsGuard } from './stage.ts';

/** Milliseconds for which smaller rounds are looked for. */
const SHRINK_FOR_MS = 10 * 60_000;

/** The command that plays a round again; kinds that were left out or not belong to what the seed means. */
const replayOf = ({ seed, brokers, without, withoutGuard }: RunOptions, path: string): string => {
  const kinds = without.filter((one) => !(brokers === 1 && one === 'leaders-moved')).map((one) => ` --without ${one}`);
  return `npm run chaos -- --brokers ${brokers} --seed ${seed} --path ${path}${kinds.join('')}${withoutGuard ? ' --without-guard' : ''}`;
};

/** @returns whether every promise was kept */
const run = async (options: RunOptions): Promise<boolean> => {
  const { seed, rounds, path, without, shrink, withoutGuard } = options;
  console.log(`seed ${seed}${withoutGuard ? ', without the guard' : ''}`);
  await using stage = await openStage(options.brokers);
  await using control = withoutGuard ? await withoutItsGuard(stage) : undefined;
  let number = 0;
  const { played, failed } = await runChaos(control ?? stage, {
    seed,
    rounds,
    path,
    without,
    shrinkForMs: shrink ? SHRINK_FOR_MS : 0,
    onRound: (round) => {
      number += 1;
      printRound(`${number}`, round);
    },
  });
  printFaults(played);
  if (failed) {
    printFailure(failed, replayOf(options, failed.path));
  }
  return failed === undefined;
};

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(HELP);
  } else if (options.planOnly) {
    console.log(`seed ${options.seed}`);
    for (const [index, plan] of plansOf(options).entries()) {
      printPlan(`${index + 1}`, plan);
    }
  } else {
    process.exitCode = (await run(options)) ? 0 : 1;
  }
} catch (error) {
  // One sentence for whoever runs it; DEBUG=1 shows where it comes from.
  console.error(process.env.DEBUG || !(error instanceof Error) ? error : error.message);
  process.exitCode = 1;
}
