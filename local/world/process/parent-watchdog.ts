import { spawn } from 'node:child_process';

// The read ends when this process does, however it ends, for then the kernel closes the other end of the pipe.
const WATCHDOG = 'read -r line; kill -s KILL "$1"';

/**
 * Kills a process when this one ends, SIGKILL included. The process may be frozen: it takes no part in it. A shell
 * of its own watches; Linux and macOS.
 *
 * @returns calls the watchdog off, which is due once the process has ended: its id may soon be somebody else's
 */
export const killWithThisProcess = (pid: number): (() => void) => {
  // Detached, for Ctrl-C in a terminal would end the watchdog with this process.
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'sh', `${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  return () => watchdog.kill('SIGKILL');
};
