import type { Question } from '../../functions/cutover/run.ts';
import type { CutoverMessage } from './messages.ts';

/** What a person is asked. */
export interface Asked {
  readonly question: string;
  readonly details: readonly string[];
  /** A change that is to be made, or a fact that the clusters do not tell. */
  readonly about: 'change' | Question;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What the procedure is played on: whom it talks to, the clock, and what ends it. */
export interface Stage {
  readonly say: (message: CutoverMessage) => void;
  /** Asks a person. `--yes` agrees to changes; a fact is confirmed by a person alone, or by an option that says so. */
  readonly ask: (asked: Asked) => Promise<'yes' | 'no' | 'nobody'>;
  /** Shows on an interactive terminal what is being done meanwhile. */
  readonly during: <T>(text: string, work: (say: (text: string) => void) => Promise<T>) => Promise<T>;
  /** Aborted by Ctrl-C, and when the process is to end. */
  readonly interrupted: AbortSignal;
}

/** Somebody has pressed Ctrl-C. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** Waits for work unless somebody interrupts; what is being read is left to itself then. Never for what writes. */
export const interruptible = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  work.catch(() => undefined);
  const { promise, reject } = Promise.withResolvers<never>();
  const interrupt = () => reject(new InterruptedError('interrupted'));
  if (signal.aborted) {
    interrupt();
  }
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await Promise.race([promise, work]);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
};

/**
 * Does work with a signal that is aborted by another one, and when the time is up.
 *
 * @param limitMs Milliseconds; `undefined` for as long as it takes.
 */
export const withTimeLimit = async <T>(
  signal: AbortSignal,
  limitMs: number | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const late = new AbortController();
  const timer = limitMs === undefined ? undefined : setTimeout(() => late.abort(), limitMs);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
};
