import yoctoSpinner from 'yocto-spinner';
import type { Terminal } from './terminal.ts';

/**
 * Shows on an interactive terminal what is being done, and leaves nothing of it there.
 *
 * @param work Is handed what changes the text.
 */
export const withProgress = async <T>(
  terminal: Terminal,
  text: string,
  work: (say: (text: string) => void) => Promise<T>,
): Promise<T> => {
  const spinner = yoctoSpinner({ text, handleSignals: false });
  if (terminal.isInteractive) {
    spinner.start();
  }
  try {
    return await work((next) => {
      // It draws whenever its text changes, started or not.
      if (spinner.isSpinning) {
        spinner.text = next;
      }
    });
  } finally {
    spinner.stop();
  }
};
