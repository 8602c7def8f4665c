import type { Terminal } from '../../cli/terminal.ts';

/** A terminal that keeps what is written to it. */
export interface KeptTerminal extends Terminal {
  readonly written: () => string;
  readonly errors: () => string;
}

export const aTerminal = (rows?: number): KeptTerminal => {
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
    written: () => written,
    errors: () => errors,
  };
};
