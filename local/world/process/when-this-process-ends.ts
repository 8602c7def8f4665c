import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Has something done when this process ends, whichever way it ends: `process.exit`, an uncaught exception, any signal,
 * SIGKILL included. A small shell waits for the end of a pipe whose other end this process holds, and which the kernel
 * closes with it. It needs no signal handlers, so it leaves those of the program and of the test runner alone, and does
 * not keep this process alive. Linux and macOS.
 *
 * @param command Of a shell; `$1` stands for `argument`.
 * @returns calls it off
 */
export const whenThisProcessEnds = (command: string, argument: string): (() => void) => {
  const shell = spawn('/bin/sh', ['-c', `read -r line; ${command}`, 'sh', argument], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A session of its own: Ctrl-C in a terminal would end it together with this process.
    detached: true,
  });
  shell.unref();
  if (shell.stdin instanceof Socket) {
    shell.stdin.unref();
  }
  return () => shell.kill('SIGKILL');
};
