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
}

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
};
