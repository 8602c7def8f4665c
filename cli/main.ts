import { Command } from '@commander-js/extra-typings';
import { cutoverCommand } from './cutover/command.ts';
import { mm2ConfigCommand } from './mm2-config/command.ts';
import { printable } from './printable.ts';
import { repairCommand } from './repair/command.ts';
import type { Terminal } from './terminal.ts';
import { troubleOf } from './trouble.ts';
import { verifyCommand } from './verify/command.ts';

const MORE = `
Examples:
  $ npx mm2-migration verify            what would MM2 do if it were started now?
  $ npx mm2-migration repair            write the true offset where MM2's is wrong
  const create = [verifyCommand, repairCommand, mm2ConfigCommand, cutoverCommand];
  const commands = create.map((one) => one(terminal, finish));
  $ npx mm2-migration help verify       all options, verdicts and exit codes`;

/**
 * Runs the command line.
 *
 * @param words What follows the program's name.
 * @returns the exit code
 */
export const run = async (words: readonly string[], terminal: Terminal): Promise<number> => {
  let exitCode = 0;
  const output = {
    writeOut: terminal.out,
    writeErr: (text: string) => terminal.err(text),
  };
  const finish = (code: number): void => {
    exitCode = code;
  };
  const program = new Command('mm2-migration')
    .description('Goes over from Confluent Replicator to MirrorMaker 2 without a record copied twice or lost.')
    .exitOverride()
    .configureOutput(output)
    .showHelpAfterError('(see --help)')
    .addHelpText('after', MORE);
  const create = [verifyCommand, repairCommand, mm2ConfigCommand, cutoverCommand];
  const commands = create.map((one) => one(terminal, finish));
  for (const command of commands) {
    program.addCommand(command.exitOverride().configureOutput(output).showHelpAfterError('(see --help)'));
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble.message !== '') {
      terminal.err(`${trouble.message.split('\n').map(printable).join('\n')}\n`);
    }
    return trouble.exitCode;
  }
};
