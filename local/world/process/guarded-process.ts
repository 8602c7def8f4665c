import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

// The shell becomes the command by `exec`, so both have one process id, and leaves a watchdog behind that
// reads from file descriptor 3, whose other end this process holds. The kernel closes that end however this
// process ends, SIGKILL included, and the watchdog then ends the command. A line on it calls the watchdog off.
const GUARD = '( read -r line <&3 || kill -9 $$ ) & exec 3<&-; exec "$@"';

/**
 * Starts a command that cannot outlive this process, whichever way this process ends: `process.exit`, an
 * uncaught exception, any signal, SIGKILL included. It needs no signal handlers, so it leaves those of the
 * program and of the test runner alone. Linux and macOS.
 *
 * The command has a session of its own: Ctrl-C in a terminal reaches this process only.
 *
 * @param output file descriptor that takes the command's standard output and standard error
 */
export const spawnGuarded = (command: string, args: readonly string[], output: number): ChildProcess => {
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', command, ...args], {
    stdio: ['ignore', output, output, 'pipe'],
    detached: true,
  });
  const watchdog = child.stdio[3];
  if (!(watchdog instanceof Socket)) {
    throw new Error(`no pipe to the watchdog of '${command}': stdio[3] was asked for as a pipe`);
  }
  // The watchdog reads one line and goes; a broken pipe only says that it has gone already.
  watchdog.on('error', () => {});
  // Called off once the command has gone: its process id may soon be somebody else's.
  child.once('exit', () => watchdog.end('exited\n'));
  return child;
};
