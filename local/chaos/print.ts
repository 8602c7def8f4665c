import Table from 'cli-table3';
import { type FailedRound, type PlayedRound, wentWell } from './chaos.ts';
import { describeStep, faultsOf, summaryOf } from './describe-plan.ts';
import type { RoundPlan } from './round-plan.ts';

const style = { head: [], border: [], compact: true };

export const printPlan = (name: string, { flows, steps }: RoundPlan): void => {
  const named = flows.map(({ name, offsetsTopic, tombstones }) => `${name} (${offsetsTopic}, ${tombstones})`);
  console.log(`Round ${name}, flows ${named.join(', ')}; records are numbered in the order of the flushes`);
  for (const [index, step] of steps.entries()) {
    console.log(`  ${index + 1}. ${describeStep(step)}`);
  }
};

export const printRound = (name: string, played: PlayedRound): void => {
  const { plan, result, milliseconds } = played;
  const failures = result instanceof Error ? '' : `, ${result.failures.length} failed invocations`;
  console.log(
    `round ${name}: ${summaryOf(plan)}${failures}, ${(milliseconds / 1_000).toFixed(1)} s: ` +
      `${wentWell(played) ? 'every promise kept' : 'FAILED'}`,
  );
};

export const printFailure = ({ path, round: { plan, result } }: FailedRound, replay: string): void => {
  console.log('');
  printPlan(path, plan);
  if (result instanceof Error) {
    console.log(`\n${result.message}`);
  } else {
    const table = new Table({ head: ['promise', 'key', 'expected', 'actual'], style });
    for (const { rule, key, expected, actual } of result.discrepancies) {
      table.push([rule, key, expected, actual]);
    }
    console.log(table.toString());
  }
  console.log(`\nTo play it again: ${replay}`);
};

const count = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

/** What was done to the function in the rounds, and how much of it struck in the midst of an invocation. */
export const printFaults = (played: readonly PlayedRound[]): void => {
  const results = played.flatMap(({ result }) => (result instanceof Error ? [] : [result]));
  const struck = results.flatMap((result) => result.struck);
  const midst = count(struck.filter(({ inTheMidst }) => inTheMidst).map(({ fault }) => fault));
  const moments = new Table({
    head: ['strikes', 'times', 'in the midst of an invocation'],
    colAligns: ['left', 'right', 'right'],
    style,
  });
  for (const [fault, times] of [...count(struck.map(({ fault }) => fault))].sort()) {
    moments.push([fault, times, midst.get(fault) ?? 0]);
  }
  const table = new Table({ head: ['planned', 'times'], colAligns: ['left', 'right'], style });
  for (const [fault, times] of [...count(played.flatMap(({ plan }) => faultsOf(plan)))].sort()) {
    table.push([fault, times]);
  }
  console.log(table.toString());
  console.log(moments.toString());
  const failures = [...count(results.flatMap((result) => result.failures))].map(([type, times]) => `${times} ${type}`);
  console.log(`Invocations that failed and were repeated: ${failures.join(', ') || 'none'}`);
};
