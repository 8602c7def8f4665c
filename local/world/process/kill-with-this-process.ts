import type { ChildProcess } from 'node:child_process';
import { whenThisProcessEnds } from './when-this-process-ends.ts';

/**
 * Kills a child process when this one ends, whichever way it ends. The child may be frozen: it takes no part in it.
 *
 * Ctrl-C in a terminal is to reach this process alone: start the child `detached`.
 */
export const killWithThisProcess = (child: ChildProcess): void => {
  // One that could not be started has no process id.
  if (child.pid !== undefined) {
    const callOff = whenThisProcessEnds('kill -s KILL "$1"', String(child.pid));
    // Its process id may soon be somebody else's.
    child.once('exit', callOff);
  }
};
