import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from '@commander-js/extra-typings';
import { TimeLimitError } from '../../functions/errors.ts';
import { printableJson } from '../../functions/printable.ts';
import type { Report } from '../../functions/readiness/report.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { openPageFile } from '../html/page-file.ts';
import { reportPage } from '../html/report-page.ts';
import { commandWithInputs, INPUTS_HELP, type Inputs, readInputs } from '../inputs.ts';
import { look } from '../look.ts';
import { DEFAULT_RECORDS, parseRecords, parseSeconds } from '../option-values.ts';
import { withProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { askFunction, type InvokeFunction, invokeInAws } from './function.ts';
import { tableOf, verdictLine } from './table.ts';

// A paragraph is a line: it is broken where the screen ends.
const DESCRIPTION = [
  'Tells what MirrorMaker 2 would do if it were started now, and proves it from the records.',
  "For every source partition it compares Replicator's offset, MM2's offset and the records on both clusters, and says " +
    'how many records MM2 would copy a second time and how many it would skip. It reads only: it writes no record, ' +
    'creates no topic and joins no consumer group.',
].join('\n\n');

const MORE = `
Verdicts, in the last line and as the exit code:
  READY        0  MM2 started now goes on at exactly the next record of every partition, and that is proven
  NOT YET      1  something is missing that comes by itself: wait for what is marked "waits"
  BLOCKED      2  something has to be fixed: see what is marked "blocks"
  CANNOT TELL  3  nothing is known to be wrong, but it is not proven; without the source it never is
  64 is wrong usage or a wrong configuration, 69 a cluster that cannot be reached or refuses.

${INPUTS_HELP}

Examples:
  $ npx mm2-migration verify
        looks at what ./cdk.json describes
  $ npx mm2-migration verify --config offset-sync.json --records 10000
        compares 10,000 records before the boundary of every partition, and all after it
  $ npx mm2-migration verify --records all
        compares everything that both clusters still hold: "0 duplicated, 0 lost of N records compared"
  $ npx mm2-migration verify --mm2-config mm2.properties --replicator-config replicator.json
        checks both configurations as well, and says which line to change; reads the source as MM2 does
  $ npx mm2-migration verify --source-properties source.properties --target-properties target.properties
        connects with the properties of Kafka's own tools
  $ npx mm2-migration verify --html report.html
        writes the report as a page as well, to keep or to send
  $ npx mm2-migration verify --watch --timeout 1800
        looks again and again until it is READY, for half an hour at most
  $ npx mm2-migration verify --function OffsetSync-mm2-migration-VerifyFunction-1A2B3C
        has the stack's function look, which reaches brokers that this machine does not
  $ npx mm2-migration verify --json | jq '.partitions[] | select(.proven | not)'
        picks the partitions that are not proven`;

/** Seconds between two looks of `--watch`. */
const DEFAULT_INTERVAL_SECONDS = 10;
/** A screenful where nobody looks at a screen. */
const DEFAULT_ROWS = 40;
/** Lines that belong to the findings and the verdict. */
const OTHER_ROWS = 8;

const screenful = ({ rows }: Terminal): number => Math.max(10, (rows ?? DEFAULT_ROWS) - OTHER_ROWS);

/**
 * The command `verify`.
 *
 * @param finish Takes the exit code.
 * @param invoke Invokes the stack's function, for `--function`.
 */
export const verifyCommand = (
  terminal: Terminal,
  finish: (exitCode: number) => void,
  invoke: InvokeFunction = invokeInAws,
) =>
  commandWithInputs('verify')
    .summary('tell what MM2 would do if it were started now, and prove it from the records')
    .description(DESCRIPTION)
    .addOption(
      new Option(
        '-f, --function <name>',
        "have the stack's function look (the output VerifyFunctionName), instead of connecting from here",
      ).conflicts([
        'config',
        'mm2Config',
        'replicatorConfig',
        'sourceProperties',
        'targetProperties',
        'targetSecret',
        'group',
      ]),
    )
    .option(
      '-r, --records <number|all>',
      'how many source records before the boundary are compared, those after it always are; "all" compares and counts everything that both clusters hold, 0 nothing',
      parseRecords,
      DEFAULT_RECORDS,
    )
    .option(
      '-j, --json',
      'answer with JSON (functions/readiness/report.schema.json), with --watch one line for each look',
    )
    .option(
      '--html <file>',
      'write the report as a page as well, one file that stands alone; with --watch at each look',
    )
    .option('-w, --watch', 'look again until the verdict is READY')
    .option(
      '-i, --interval <seconds>',
      'wait so long between two looks of --watch',
      parseSeconds,
      DEFAULT_INTERVAL_SECONDS,
    )
    .option('-t, --timeout <seconds>', 'give up after so long; with --watch the last verdict counts', parseSeconds)
    .addHelpText('after', MORE)
    .action(async ({ records, json, html, watch, interval, timeout, function: name, ...files }) => {
      const page = html === undefined ? undefined : await openPageFile('--html', html);
      const end = timeout === undefined ? undefined : performance.now() + timeout * 1_000;
      const left = () => (end === undefined ? undefined : Math.max(1, end - performance.now()));

      const ask = (functionName: string) => (timeoutMs: number | undefined) =>
        withProgress(terminal, 'waiting for the function', () =>
          askFunction(functionName, { records, timeoutMs, invoke }),
        );
      const lookHere = (inputs: Inputs) => (timeoutMs: number | undefined) =>
        withProgress(terminal, 'reading offsets', (say) =>
          look(inputs, {
            records,
            timeoutMs,
            onProgress: ({ done, partitions }) => say(`compared ${done} of ${partitions} partitions`),
          }),
        );
      const lookOnce = name === undefined ? lookHere(await readInputs(files)) : ask(name);
      const show = async (report: Report, isLast: boolean): Promise<void> => {
        if (json) {
          terminal.out(`${printableJson(report, watch ? 0 : 2)}\n`);
        } else {
          terminal.out(`${isLast ? tableOf(report, screenful(terminal)) : verdictLine(report)}\n`);
        }
        await page?.write(reportPage(report));
      };

      let report = await lookOnce(left());
      while (watch && report.verdict !== 'READY' && (left() ?? Number.POSITIVE_INFINITY) > interval * 1_000) {
        await show(report, false);
        await sleep(interval * 1_000);
        const next = await lookOnce(left()).catch((error) => {
          // The time is up in the middle of a look: the last verdict counts.
          if (error instanceof TimeLimitError) {
            return undefined;
          }
          throw error;
        });
        if (next === undefined) {
          break;
        }
        report = next;
      }
      await show(report, true);
      finish(exitCodeOf(report.verdict));
    });
