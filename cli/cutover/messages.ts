import type { Status } from '../../functions/cutover/judge.ts';
import { CUTOVER_STATES, type CutoverState } from '../../functions/cutover/states.ts';
import { printable } from '../../functions/printable.ts';
import type { Mm2Start } from './mm2-start.ts';
import type { CutoverReport } from './report.ts';

/** How a run ended. */
export type Ending =
  | 'reached'
  /** The time was up. */
  | 'waiting'
  /** Nobody said yes. */
  | 'declined'
  | 'blocked'
  | 'cannot-tell'
  | 'interrupted'
  /** A cluster did not answer for too long. */
  | 'lost'
  /** Something else that is not over by itself: a right that is missing, a file that cannot be written. */
  | 'failed';

/**
 * What the command says. With `--json` each is one line, and the form is a contract (`messages.schema.json`); `at` is in
 * ISO 8601.
 */
export type CutoverMessage =
  /** A state stands in another way than before, or for another reason. */
  | {
      readonly event: 'state';
      readonly at: string;
      readonly state: CutoverState;
      readonly status: Status;
      readonly reason: string;
      /** How to undo what has been done so far. */
      readonly wayBack: string;
    }
  /** Something is to be changed, or confirmed. */
  | {
      readonly event: 'question';
      readonly at: string;
      readonly state: CutoverState;
      readonly question: string;
      readonly details: readonly string[];
      readonly answer: 'yes' | 'no' | 'nobody';
    }
  /** Something was changed. */
  | { readonly event: 'changed'; readonly at: string; readonly state: CutoverState; readonly change: string }
  /** A cluster does not answer; it is asked again. */
  | { readonly event: 'lost'; readonly at: string; readonly reason: string }
  | { readonly event: 'found'; readonly at: string }
  /** The point of no return. */
  | {
      readonly event: 'point-of-no-return';
      readonly at: string;
      /** MM2's: the file that was checked, or the command that writes one; null where neither is known. */
      readonly configuration: Mm2Start | null;
      readonly doubts: readonly string[];
      readonly wayBack: string;
    }
  | {
      readonly event: 'report';
      readonly at: string;
      readonly files: readonly string[];
      readonly report: CutoverReport;
    }
  /** The last line. */
  | {
      readonly event: 'ended';
      readonly at: string;
      readonly ending: Ending;
      readonly reached: CutoverState | null;
      readonly changed: readonly string[];
      readonly goOn: string;
      readonly wayBack: string;
      readonly exitCode: number;
    };

const WIDTH = Math.max(...CUTOVER_STATES.map(({ length }) => length));
const STATUS_WIDTH = 'cannot-tell'.length;

const STATUS_TEXT: Readonly<Record<Status, string>> = {
  ok: 'ok',
  waiting: 'waiting',
  blocked: 'BLOCKED',
  'cannot-tell': 'CANNOT TELL',
  asks: 'asks',
};

const ENDING_TEXT: Readonly<Record<Ending, string>> = {
  reached: 'Reached',
  waiting: 'The time is up',
  declined: 'Stopped, since nobody said yes',
  blocked: 'Blocked',
  'cannot-tell': 'Stopped, since it cannot be told',
  interrupted: 'Interrupted',
  lost: 'Given up',
  failed: 'Failed',
};

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${printable(line)}\n`).join('');

/** Details that are written out; the JSON has all of them. */
const MOST_DETAILS = 20;

/** Some lines, and how many there are besides. */
export const detailsText = (lines: readonly string[]): string => {
  const left = lines.length - MOST_DETAILS;
  return indented(left > 0 ? [...lines.slice(0, MOST_DETAILS), `and ${left} more, which --json tells`] : lines);
};

const changedText = (changed: readonly string[]): string =>
  changed.length > 0 ? `Changed in this run:\n${detailsText(changed)}` : 'Nothing was changed in this run.\n';

const startText = (configuration: Mm2Start | null): string => {
  if (configuration === null) {
    return 'Its configuration was not checked: --mm2-config checks it, and npx mm2-migration mm2-config writes it.\n';
  }
  return 'file' in configuration
    ? `With the configuration that was checked, ${printable(configuration.file)}.\n`
    : `With the configuration that this writes: ${printable(configuration.command)}\n`;
};

/** Writes a message for people: one aligned line for a state, as `pg_upgrade` has it. */
export const textOf = (message: CutoverMessage): string => {
  switch (message.event) {
    case 'state':
      return `${message.state.padEnd(WIDTH)}  ${STATUS_TEXT[message.status].padEnd(STATUS_WIDTH)}  ${printable(message.reason)}\n`;
    case 'question':
      // It was shown when it was asked.
      return '';
    case 'changed':
      return `${''.padEnd(WIDTH)}  ${'changed'.padEnd(STATUS_WIDTH)}  ${printable(message.change)}\n`;
    case 'lost':
      return `${''.padEnd(WIDTH)}  ${'lost'.padEnd(STATUS_WIDTH)}  ${printable(message.reason)}. It is asked again\n`;
    case 'found':
      return `${''.padEnd(WIDTH)}  ${'found'.padEnd(STATUS_WIDTH)}  the clusters answer again\n`;
    case 'point-of-no-return': {
      const { configuration, doubts, wayBack } = message;
      return [
        '\n*** The point of no return: start MM2 now. ***\n',
        startText(configuration),
        doubts.length > 0 ? `Look at this before:\n${indented(doubts)}` : '',
        `Until you do, everything can be undone: ${wayBack}.\n`,
        'From its first record on, going back takes "npx mm2-migration repair --way-back".\n\n',
      ].join('');
    }
    case 'report': {
      const { report, files } = message;
      const left = report.partitions.filter(({ copy }) => copy !== 'right' && copy !== 'no-traffic').length;
      return (
        `\n${report.duplicated} duplicated, ${report.lost} lost of ${report.compared} records compared` +
        (left > 0 ? ` (${left} of ${report.partitions.length} partitions could not be counted)` : '') +
        (files.length > 0 ? `; the report is in ${files.map(printable).join(' and ')}` : '') +
        '\n'
      );
    }
    case 'ended': {
      const { ending, reached, changed, goOn, wayBack } = message;
      return [
        `\n${ENDING_TEXT[ending]}: ${reached === null ? 'nothing is reached yet' : `the last state reached is "${reached}"`}.\n`,
        // What has come to its end was said when it was done.
        ending === 'reached' ? '' : changedText(changed),
        goOn === '' ? '' : `To go on: ${printable(goOn)}.\n`,
        `To go back: ${wayBack}.\n`,
      ].join('');
    }
  }
};
