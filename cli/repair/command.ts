import { commandWithInputs, ensureSource, INPUTS_HELP, type Inputs, readInputs } from '../inputs.ts';
import {
  DEFAULT_FLUSH_SECONDS,
  DEFAULT_RECORDS,
  parseEventSource,
  parseRecords,
  parseSeconds,
} from '../option-values.ts';
import { withProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { exitCodeOf, jsonOf, outcomeText, planText } from './answer.ts';
import { wayBackToReplicator } from './back.ts';
import { repairOfMm2 } from './forward.ts';
import { carryOut, InterruptedWrite, type Outcomes, prepare } from './run.ts';
import type { Change, Way } from './way.ts';

// A paragraph is a line: it is broken where the screen ends.
const DESCRIPTION = [
  "Writes the true offset where MM2's is wrong, as far as the records prove it.",
  'Replicator that was killed leaves an offset that is too old, and MM2 would copy again what came after it. repair ' +
    'watches for longer than a flush that Replicator is stopped, compares the records on both clusters as verify does, and ' +
    'says what it would write and what it refuses, and why. Without --yes, or a yes at the prompt, it writes nothing.',
].join('\n\n');

const MORE = `
It writes only what it has just proven, only where nothing was appended to Replicator's offsets and to the copies while it
watched, and never over what MM2 or a person wrote. It writes as the function does: fenced, in a transaction, and what
somebody else writes meanwhile is put back. A function that delivers the same offsets once more leaves it; Replicator's
next flush replaces it. What was written is read back.

--way-back is for after MM2 has copied, with Replicator, MM2 and the event source stopped: it proves in the same way how far
the copies reach, and writes that under Replicator's own keys; what stands under keys of another form is removed.

Exit codes:
  0   every offset is right, or was written and read back
  1   there is something to write, and nobody said yes; or something moved: stop it, and run repair again
  2   something is refused that has to be fixed: see what is marked "refused"
  3   nothing is known to be wrong, but it cannot be told everywhere
  64 is wrong usage or a wrong configuration, 69 a cluster that cannot be reached or refuses.

${INPUTS_HELP}

Examples:
  $ npx mm2-migration repair
        says what it would write to MM2's offsets, and asks
  $ npx mm2-migration repair --yes --flush-interval 10
        writes it; Replicator's workers have offset.flush.interval.ms=10000
  $ npx mm2-migration repair --config offset-sync.json --json | jq '.refused'
        only looks, and picks what is refused
  $ npx mm2-migration repair --event-source arn:aws:kafka:eu-west-1:123456789012:cluster/target/…
        where the sync has not written anything yet, and the configuration is no cdk.json
  $ npx mm2-migration repair --way-back --replicator-config replicator.json
        says what it would write to Replicator's offsets, and asks; with offset.start=consumer to its group as well`;

/** Milliseconds to watch for a flush interval of so many seconds: a flush takes its time as well. */
const watchMsOf = (flushSeconds: number): number => flushSeconds * 1_200;

interface Answering {
  readonly records: number | 'all';
  readonly flushInterval: number;
  readonly yes: boolean;
  readonly json: boolean;
}

const NOTHING = new Map<never, never>();

/** What became of a plan, and what ended the writing of it, if anything did. */
const untilInterrupted = async <C extends Change>(
  writing: Promise<Outcomes<C>>,
): Promise<{ readonly outcomes: Outcomes<C>; readonly error: unknown }> => {
  try {
    return { outcomes: await writing, error: undefined };
  } catch (error) {
    if (error instanceof InterruptedWrite) {
      return { outcomes: error.outcomes, error: error.cause };
    }
    throw error;
  }
};

/** Runs one of the two ways, and answers. @returns the exit code */
const answer = async <C extends Change>(
  terminal: Terminal,
  inputs: Inputs,
  way: Way<C>,
  { records, flushInterval, yes, json }: Answering,
): Promise<number> => {
  const prepared = await withProgress(terminal, 'reading offsets', (say) =>
    prepare(inputs, way, { records, watchMs: watchMsOf(flushInterval) }, say),
  );
  const { plan } = prepared;
  if (!json) {
    terminal.out(`${planText(prepared, way.whose)}\n`);
  }
  const confirm = async (): Promise<boolean> => {
    if (yes || json) {
      return yes;
    }
    const text = await terminal.ask('Write them? [y/N] ', new AbortController().signal);
    return /^y(es)?$/i.test(text?.trim() ?? '');
  };
  const isConfirmed = plan.changes.length > 0 && (await confirm());
  const { outcomes, error } = isConfirmed
    ? await untilInterrupted(withProgress(terminal, 'writing', (say) => carryOut(inputs, way, prepared, say)))
    : { outcomes: NOTHING, error: undefined };
  if (json) {
    terminal.out(`${JSON.stringify(jsonOf(prepared, outcomes, way.whose, error), null, 2)}\n`);
  } else if (isConfirmed) {
    terminal.out(`${outcomeText(outcomes)}\n`);
  } else if (plan.changes.length > 0) {
    terminal.out('Nothing was written: --yes writes it\n');
  }
  if (error !== undefined) {
    throw error;
  }
  return exitCodeOf(plan, outcomes);
};

/**
 * The command `repair`.
 *
 * @param finish Takes the exit code.
 */
export const repairCommand = (terminal: Terminal, finish: (exitCode: number) => void) =>
  commandWithInputs('repair')
    .summary("write the true offset where the records prove that MM2's is wrong")
    .description(DESCRIPTION)
    .option('-y, --yes', 'write; without it repair asks, or only says what it would write')
    .option('-j, --json', 'answer with JSON (docs/repair.md); nothing is asked then')
    .option(
      '-f, --flush-interval <seconds>',
      "offset.flush.interval.ms of Replicator's workers, in seconds: repair watches for longer that nothing moves",
      parseSeconds,
      DEFAULT_FLUSH_SECONDS,
    )
    .option(
      '-r, --records <number|all>',
      'how many source records before the boundary are compared, those after it always are',
      parseRecords,
      DEFAULT_RECORDS,
    )
    .option(
      '-e, --event-source <arn>',
      "the cluster's ARN as the function knows it, where neither the sync's records nor the configuration tell it",
      parseEventSource,
    )
    .option(
      '-b, --way-back',
      "after MM2 has copied: write Replicator's offsets instead, so that it goes on where MM2 has stopped",
    )
    .option(
      '--source-group <name>',
      'with --way-back: set this consumer group on the source as well, for Replicator with offset.start=consumer; --replicator-config tells it by itself',
    )
    .addHelpText('after', MORE)
    .action(async ({ yes, json, flushInterval, records, eventSource, wayBack, sourceGroup, ...files }) => {
      const inputs = await readInputs(files);
      ensureSource(inputs);
      const answering = { records, flushInterval, yes: yes === true, json: json === true };
      finish(
        wayBack
          ? await answer(terminal, inputs, wayBackToReplicator(inputs, sourceGroup), answering)
          : await answer(terminal, inputs, repairOfMm2(inputs, eventSource), answering),
      );
    });
