import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether a process runs: one that has ended and that nobody has asked about yet (a zombie) does not. */
export const isRunning = (pid: number): boolean => {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .startsWith('Z');
  } catch {
    return false;
  }
};

/** Waits until a condition holds. @throws Error when it does not within `seconds` */
export const eventually = async (what: string, condition: () => boolean | Promise<boolean>, seconds = 10) => {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`after ${seconds} s it still does not hold that ${what}`);
    }
    await delay(100);
  }
};
