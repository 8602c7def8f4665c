import type { Terminal } from '../../cli/terminal.ts';

/** A terminal that keeps what is written to it. */
export interface KeptTerminal extends Terminal {
  readonly written: () => string;
  readonly errors: () => string;
}

/** @param answers What is answered to the questions, in turn; nobody answers the others. */
export const aTerminal = (rows?: number, answers: readonly string[] = []): KeptTerminal => {
  const left = [...answers];
  let [written, errors] = ['', ''];
  return {
    out: (text) => {
      written += text;
    },
    err: (text) => {
      errors += text;
    },
    rows,
    isInteractive: false,
    ask: async (question) => {
      errors += question;
      return left.shift();
    },
    written: () => written,
    errors: () => errors,
  };
};
