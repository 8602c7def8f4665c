import { CommanderError } from 'commander';
import { ConfigurationError, messageOf } from '../functions/errors.ts';
import { EXIT } from './exit-codes.ts';

/** What ended a command, in one sentence, and its exit code. */
export interface Trouble {
  readonly message: string;
  readonly exitCode: number;
}

/** What an error means to the person at the terminal. */
export const troubleOf = (error: unknown): Trouble => {
  if (error instanceof CommanderError) {
    // commander has said it already, and ends --help and --version so, too.
    return { message: '', exitCode: error.exitCode === 0 ? EXIT.ready : EXIT.usage };
  }
  const isUsage = error instanceof ConfigurationError;
  return { message: messageOf(error), exitCode: isUsage ? EXIT.usage : EXIT.unavailable };
};
