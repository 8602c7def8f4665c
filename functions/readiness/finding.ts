/**
 * What a finding means for the cutover: it forbids it, is over by itself after a while, may surprise, or is only worth
 * knowing.
 */
export type Severity = 'blocks' | 'waits' | 'warns' | 'notes';

/** The place in a configuration file that a finding is about, and what has to stand there. */
export interface ConfigurationLine {
  readonly file: string;
  /** The line where the setting stands now, counted from 1; absent where nothing is written and a default holds. */
  readonly number?: number;
  /** What to write, in the file's own form: `replication.factor=3`, `replication.factor: "3"`, `"replication.factor": "3"`. */
  readonly text: string;
}

/** Something to know, to wait for or to fix before the cutover. */
export interface Finding {
  /** In kebab-case, and stable: scripts may look for it. */
  readonly code: string;
  readonly severity: Severity;
  /** What is the case, with the value at fault; never a credential. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  /** The line of a configuration to change, where there is one. */
  readonly line?: ConfigurationLine;
}
