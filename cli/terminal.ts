import { createInterface } from 'node:readline/promises';

/** Where a command writes, and what it may know of the screen. */
export interface Terminal {
  /** Answers. */
  readonly out: (text: string) => void;
  /** What is said beside them: progress, errors. */
  readonly err: (text: string) => void;
  /** Lines of the screen; `undefined` where nobody is looking. */
  readonly rows: number | undefined;
  /** Whether progress may be drawn. */
  readonly isInteractive: boolean;
  /** Asks for a line; `undefined` where nobody can answer, or nobody does before `signal` is aborted. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<string | undefined>;
}

const ask: Terminal['ask'] = async (question, signal) => {
  if (!process.stdin.isTTY || signal.aborted) {
    return undefined;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // It takes Ctrl-C for itself while it reads a line.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await lines.question(question, { signal });
  } catch (error) {
    if (signal.aborted) {
      return undefined;
    }
    throw error;
  } finally {
    lines.close();
  }
};

/** The terminal of this process. */
export const processTerminal: Terminal = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  get rows() {
    return process.stdout.isTTY ? process.stdout.rows : undefined;
  },
  get isInteractive() {
    return process.stderr.isTTY === true;
  },
  ask,
};
