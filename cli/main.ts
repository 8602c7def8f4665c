import { Command } from '@commander-js/extra-typings';
import { printable } from '../functions/printable.ts';
import { cutoverCommand } from './cutover/command.ts';
import { mm2ConfigCommand } from './mm2-config/command.ts';
import { repairCommand } from './repair/command.ts';
import type { Terminal } from './terminal.ts';
import { troubleOf } from './trouble.ts';
import { verifyCommand } from './verify/command.ts';
import { type InvokeFunction, invokeInAws } from './verify/function.ts';

const MORE = `
Examples:
  $ npx mm2-migration verify            what would MM2 do if it were started now?
  $ npx mm2-migration repair            write the true offset where MM2's is wrong
  $ npx mm2-migration mm2-config -p replicator.json
                                        MM2's configuration, from Replicator's
  $ npx mm2-migration cutover           guides through the cutover, until MM2 has taken over
  $ npx mm2-migration help verify       all options, verdicts and exit codes`;

/**
 * Runs the command line.
 *
 * @param words What follows the program's name.
 * @param invoke Invokes a Lambda function.
 * @returns the exit code
 */
export const run = async (
  words: readonly string[],
  terminal: Terminal,
  invoke: InvokeFunction = invokeInAws,
): Promise<number> => {
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
  const commands = [
    verifyCommand(terminal, finish, invoke),
    repairCommand(terminal, finish),
    mm2ConfigCommand(terminal, finish),
    cutoverCommand(terminal, finish),
  ];
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
