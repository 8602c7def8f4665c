import { InvalidArgumentError } from '@commander-js/extra-typings';
import { restOf } from '../../functions/cutover/judge.ts';
import type { Question } from '../../functions/cutover/run.ts';
import { CUTOVER_STATES, type CutoverState } from '../../functions/cutover/states.ts';
import { commandWithInputs, ensureSource, INPUTS_HELP, readInputs } from '../inputs.ts';
import {
  DEFAULT_FLUSH_SECONDS,
  DEFAULT_RECORDS,
  parseEventSource,
  parseRecords,
  parseSeconds,
} from '../option-values.ts';
import { withProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { edgesOf } from './edges.ts';
import { withInterruption } from './interruption.ts';
import { detailsText, textOf } from './messages.ts';
import { runCutover } from './procedure.ts';
import type { Asked, Stage } from './stage.ts';

// A paragraph is a line: it is broken where the screen ends.
const DESCRIPTION = [
  'Guides through the cutover from Replicator to MirrorMaker 2, one state after the other.',
  'It looks at the clusters again and again, says in which state the cutover is and why, waits for what comes by itself, ' +
    'and asks before it changes anything, and what the clusters do not tell. It keeps no state of its own: interrupted at any moment and started again, it ' +
    'goes on from what the clusters say. A proof expires when anything moves, and at every start.',
].join('\n\n');

const MORE = `
States, each of which holds only while those before it do:
  checked             verify has nothing that blocks
  replicator-stopped  nothing was flushed and nothing copied for longer than a flush interval, though every connector has
                      records left to copy; where one has none, a person has to say that it is stopped
  drained             MM2's offsets have reached Replicator's; where the function is late or absent, they are translated here
  closed              nobody is in the event source's consumer group, and the mapping of --disable-mapping is
                      "Disabled"; where neither can be seen, a person has to say that it is off
  proven              records were compared; offsets that are wrong are repaired after a question
  point-of-no-return  start MM2 now; before it everything can be undone
  taken-over          MM2 has stored offsets of its own, and its first copy in every partition is the true next record
  done                reported: "0 duplicated, 0 lost of N records compared"

Exit codes:
  0    the wanted state is reached
  1    not yet: the time is up, or nobody said yes
  2    something has to be fixed
  3    it cannot be told
  64   wrong usage or a wrong configuration
  69   a cluster cannot be reached or refuses
  130  interrupted by Ctrl-C, which is safe at any moment

${INPUTS_HELP}

Examples:
  $ npx mm2-migration cutover
        guides through the cutover of what ./cdk.json describes, and asks before it changes anything
  $ npx mm2-migration cutover --until proven
        stops right before the point of no return
  $ npx mm2-migration cutover --yes --disable-mapping 7e6ad2b4-… --report cutover.html --report cutover.json
        switches the event source off itself, agrees to every change, and leaves a report
  $ npx mm2-migration cutover --postpone-file wait
        keeps the proof fresh and does not announce MM2's start as long as the file "wait" exists
  $ npx mm2-migration cutover --json --yes --confirm-stopped --timeout 3600
        for a script that has stopped Replicator, also an idle one: one JSON object for each event (docs/cutover.md), and an end after an hour`;

const DEFAULT_RETRY_SECONDS = 300;
/** Milliseconds between two looks, at most and at least. */
const LOOK_EVERY_MS = { most: 2_000, least: 250 } as const;

const isState = (text: string): text is CutoverState => (CUTOVER_STATES as readonly string[]).includes(text);

const parseState = (text: string): CutoverState => {
  if (!isState(text)) {
    throw new InvalidArgumentError(`Give one of ${CUTOVER_STATES.join(', ')}.`);
  }
  return text;
};

const parseReport = (file: string, others: readonly string[]): readonly string[] => {
  if (!/\.(html|json)$/.test(file)) {
    throw new InvalidArgumentError('Name a file that ends in .html or .json.');
  }
  return [...others, file];
};

const parseUuid = (text: string): string => {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw new InvalidArgumentError("Give the event source mapping's UUID; the stack's output CutoverSwitch has it.");
  }
  return text;
};

const NO_FILES: readonly string[] = [];

/** What the options answer. */
interface Answers {
  /** To changes. */
  readonly yes: boolean;
  /** What a person says of facts, once each: when something has moved since, it has to be said anew. */
  readonly confirmed: Set<Question>;
}

const isAnsweredBy = ({ yes, confirmed }: Answers, about: Asked['about']): boolean =>
  about === 'change' ? yes : confirmed.delete(about);

const stageOn = (terminal: Terminal, json: boolean, answers: Answers, interrupted: AbortSignal): Stage => ({
  interrupted,
  say: (message) => terminal.out(json ? `${JSON.stringify(message)}\n` : textOf(message)),
  ask: async ({ question, details, about, signal }) => {
    if (!json) {
      terminal.out(detailsText(details));
    }
    if (isAnsweredBy(answers, about)) {
      return 'yes';
    }
    const answer = await terminal.ask(`${question} [y/N] `, signal);
    if (answer === undefined) {
      return 'nobody';
    }
    return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no';
  },
  during: (text, work) => withProgress(terminal, text, work),
});

/**
 * The command `cutover`.
 *
 * @param finish Takes the exit code.
 */
export const cutoverCommand = (terminal: Terminal, finish: (exitCode: number) => void) =>
  commandWithInputs('cutover')
    .summary('guide through the cutover, state by state, until MM2 has taken over')
    .description(DESCRIPTION)
    .option('-u, --until <state>', 'end as soon as this state is reached', parseState, 'done' as CutoverState)
    .option('-y, --yes', 'agree to every change: write what is to be written')
    .option(
      '--confirm-stopped',
      'say that Replicator is stopped, where the clusters do not tell: an idle one looks the same',
    )
    .option(
      '--confirm-closed',
      'say that the event source is off, where the clusters do not tell: its group is unknown, or is not there',
    )
    .option('-j, --json', 'say everything as JSON, one object a line (docs/cutover.md)')
    .option(
      '-f, --flush-interval <seconds>',
      "offset.flush.interval.ms of Replicator's workers, in seconds: it counts as stopped when it did nothing for longer",
      parseSeconds,
      DEFAULT_FLUSH_SECONDS,
    )
    .option(
      '-r, --records <number|all>',
      'how many source records before the boundary are compared; "all" counts everything that both clusters hold in the end',
      parseRecords,
      DEFAULT_RECORDS,
    )
    .option('--postpone-file <file>', "do not announce MM2's start as long as this file exists")
    .option(
      '--disable-mapping <uuid>',
      'switch this event source mapping off, after a question, and wait until AWS says that it is "Disabled"',
      parseUuid,
    )
    .option(
      '--event-source <arn>',
      "the cluster's ARN as the function knows it, where neither the sync's records nor the configuration tell it",
      parseEventSource,
    )
    .option('--report <file>', 'write the report to a file, .html or .json; may be given twice', parseReport, NO_FILES)
    .option('-t, --timeout <seconds>', 'end after so long, with exit code 1, also while it asks', parseSeconds)
    .option(
      '--retry-for <seconds>',
      'try again for so long what fails, a look or a step, once the clusters have answered',
      parseSeconds,
      DEFAULT_RETRY_SECONDS,
    )
    .addHelpText('after', MORE)
    .action(async (options) => {
      const { until, yes, json, flushInterval, records, timeout, retryFor, report, ...files } = options;
      const confirmed = new Set<Question>([
        ...(files.confirmStopped ? (['is-stopped'] as const) : []),
        ...(files.confirmClosed ? (['is-closed'] as const) : []),
      ]);
      const inputs = await readInputs(files);
      ensureSource(inputs);
      const { config, eventSource, disableMapping: mapping, postponeFile } = files;
      const flushIntervalMs = flushInterval * 1_000;
      const ports = await edgesOf(inputs, {
        config,
        restMs: restOf(flushIntervalMs),
        records,
        eventSource,
        mapping,
        postponeFile,
        reportFiles: report,
      });
      const exitCode = await withInterruption((interrupted) =>
        runCutover(ports, stageOn(terminal, json === true, { yes: yes === true, confirmed }, interrupted), {
          flushIntervalMs,
          lookEveryMs: Math.min(LOOK_EVERY_MS.most, Math.max(LOOK_EVERY_MS.least, flushIntervalMs / 8)),
          until,
          timeoutMs: timeout === undefined ? undefined : timeout * 1_000,
          retryForMs: retryFor * 1_000,
        }),
      );
      finish(exitCode);
    });
