import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { killWithThisProcess } from '../process/kill-with-this-process.ts';
import type { Invocation, RuntimeAnswer } from './runtime-messages.ts';

const RUNTIME = fileURLToPath(new URL('./runtime.ts', import.meta.url));

/** A process that has loaded a bundle, or is about to. */
export interface RuntimeProcess {
  readonly hasEnded: boolean;
  /**
   * Waits for what the process says next. Its end and the end of the time are failures too; when the time is up, the
   * process is killed.
   */
  answer(requestId: string, timeoutMs: number): Promise<RuntimeAnswer>;
  send(invocation: Invocation): void;
  /** Stops it (SIGSTOP) until `thaw()`: no timer and no socket goes on meanwhile. */
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
}

/**
 * Starts a process that runs runtime.ts and sees no environment variables but those given. It ends with this process,
 * whichever way that ends.
 *
 * @param onLine told each line of its standard output and standard error
 */
export const startRuntimeProcess = (
  bundle: string,
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): RuntimeProcess => {
  const child = fork(RUNTIME, [bundle], {
    // Not this process's own: a test runner has flags that are not the function's.
    execArgv: [],
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C in a terminal is for this process alone.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) {
      createInterface({ input: stream }).on('line', onLine);
    }
  }
  killWithThisProcess(child);
  let hasEnded = false;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exit status ${code}` : `signal: ${signal}`));
    child.once('error', (error) => resolve(error.message));
  }).then((how) => {
    hasEnded = true;
    return how;
  });

  return {
    get hasEnded() {
      return hasEnded;
    },
    async answer(requestId, timeoutMs) {
      const answered = Promise.withResolvers<RuntimeAnswer>();
      let isTimeUp = false;
      const timer = setTimeout(() => {
        isTimeUp = true;
        child.kill('SIGKILL');
      }, timeoutMs);
      void ended.then((how) => {
        const failure = isTimeUp
          ? { errorType: 'Sandbox.Timedout', why: `Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds` }
          : { errorType: 'Runtime.ExitError', why: `Runtime exited with error: ${how}` };
        const errorMessage = `RequestId: ${requestId} Error: ${failure.why}`;
        answered.resolve({ kind: 'failure', failure: { errorType: failure.errorType, errorMessage, trace: [] } });
      });
      child.once('message', answered.resolve);
      const answer = await answered.promise;
      clearTimeout(timer);
      child.off('message', answered.resolve);
      return answer;
    },
    send(invocation) {
      // That it could not be sent shows in the process's end.
      child.send(invocation, () => {});
    },
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
