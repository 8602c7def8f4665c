import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { type CutoverMessage, detailsText, textOf } from '../../cli/cutover/messages.ts';
import type { CutoverReport } from '../../cli/cutover/report.ts';
import { temporaryFolder } from '../world/process/temporary-folder.ts';
import { type CommandOptions, callCommand, configurationWords } from './command-line.ts';

/** What a person does while the command guides through the cutover. */
export interface Operator {
  /** When it waits for that. */
  stopReplicator(): Promise<void>;
  closeEventSource(): Promise<void>;
  startMm2(): Promise<void>;
}

export interface CutoverOptions extends CommandOptions {
  /** The event source's consumer group. */
  readonly group: string;
  readonly flushIntervalSeconds: number;
  /** What the command says, as it says it to people. */
  readonly onSaid: (text: string) => void;
}

/** What the person at the terminal is to do, upon what the command says. */
const taskOf = (message: CutoverMessage): keyof Operator | undefined => {
  if (message.event === 'point-of-no-return') {
    return 'startMm2';
  }
  if (message.event !== 'state' || message.status !== 'waiting') {
    return undefined;
  }
  return message.state === 'replicator-stopped'
    ? 'stopReplicator'
    : message.state === 'closed'
      ? 'closeEventSource'
      : undefined;
};

const shown = (message: CutoverMessage): string =>
  message.event === 'question'
    ? `${message.question} ${message.answer}\n${detailsText(message.details)}`
    : textOf(message);

/**
 * Calls the command `cutover` as a user does who agrees to every change, and does what it asks for.
 *
 * @throws Error when it does not come to its end, or the operator fails
 */
export const cutOver = async (options: CutoverOptions, operator: Operator): Promise<CutoverReport> => {
  const { group, flushIntervalSeconds, onSaid } = options;
  const folder = await temporaryFolder('cutover');
  try {
    const report = join(folder.path, 'cutover.json');
    const words = await configurationWords(folder.path, options);
    const child = callCommand([
      ...['cutover', ...words, '--group', group, '--flush-interval', String(flushIntervalSeconds)],
      ...['--records', 'all', '--yes', '--json', '--report', report],
    ]);
    const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
    const errors = child.stderr ? text(child.stderr) : Promise.resolve('');
    const tasks = new Map<keyof Operator, Promise<void>>();
    if (child.stdout) {
      for await (const line of createInterface({ input: child.stdout })) {
        const message = JSON.parse(line) as CutoverMessage;
        onSaid(shown(message));
        const task = taskOf(message);
        if (task !== undefined && !tasks.has(task)) {
          const work = operator[task]();
          tasks.set(task, work);
          // Nothing comes of it any more.
          work.catch(() => child.kill());
        }
      }
    }
    const exitCode = await exited;
    await Promise.all(tasks.values());
    if (exitCode !== 0) {
      throw new Error(`"mm2-migration cutover" ended with exit code ${exitCode}: ${await errors}`);
    }
    return JSON.parse(await readFile(report, 'utf8')) as CutoverReport;
  } finally {
    await folder.remove();
  }
};
