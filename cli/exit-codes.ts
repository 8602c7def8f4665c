import type { Verdict } from '../functions/readiness/verdict.ts';

/** The exit codes of every command: those of a verdict, two of sysexits.h, and a shell's own for Ctrl-C. */
export const EXIT = {
  ready: 0,
  notYet: 1,
  blocked: 2,
  cannotTell: 3,
  usage: 64,
  unavailable: 69,
  interrupted: 130,
} as const;

const OF_VERDICT: Readonly<Record<Verdict, number>> = {
  READY: EXIT.ready,
  'NOT YET': EXIT.notYet,
  BLOCKED: EXIT.blocked,
  'CANNOT TELL': EXIT.cannotTell,
};

/** The exit code that tells a verdict. */
export const exitCodeOf = (verdict: Verdict): number => OF_VERDICT[verdict];
