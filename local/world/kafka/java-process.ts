import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { killWithThisProcess } from '../process/kill-with-this-process.ts';
import type { KafkaDistribution } from './distribution.ts';

const LOG_SETTINGS = new URL('log4j.properties', import.meta.url);

/** What to run, and where its log goes. */
export interface JavaProgram {
  /** How error messages call it, e.g. `broker 'primary'`. */
  readonly name: string;
  readonly mainClass: string;
  readonly args: readonly string[];
  /** Standard output and standard error are appended here. */
  readonly logFile: string;
  /** @default 384 */
  readonly heapMegabytes?: number;
}

/** A running JVM. */
export interface JavaProcess {
  readonly pid: number;
  readonly logFile: string;
  /** What it has written to its log since it was started. */
  logged(): Promise<string>;
  /**
   * Resolves when the JVM has gone: to undefined after `stop()` or `kill()`, and otherwise to an error that gives
   * the exit code or signal and the end of the log. Never rejects.
   */
  readonly exited: Promise<Error | undefined>;
  /** Asks it to shut down (SIGTERM), and kills it when it has not done so after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** Kills it at once (SIGKILL), as a lost node would be. */
  kill(): Promise<void>;
}

/**
 * Starts a JVM that lives no longer than this process.
 *
 * @throws Error when the process cannot be started at all
 */
export const startJava = async (distribution: KafkaDistribution, program: JavaProgram): Promise<JavaProcess> => {
  const { child, pid, ended, logStart } = await launch(distribution, program);
  let asked = false;
  const exited = ended.then((how) => (asked ? undefined : endOf(program, how)));
  return {
    pid,
    logFile: program.logFile,
    logged: async () => (await readFile(program.logFile)).subarray(logStart).toString(),
    exited,
    async stop(graceMs = 15_000) {
      asked = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
    async kill() {
      asked = true;
      child.kill('SIGKILL');
      await ended;
    },
  };
};

/**
 * Runs a JVM to its end.
 *
 * @throws Error with the end of its log when it does not end with exit code 0
 */
export const runJava = async (distribution: KafkaDistribution, program: JavaProgram): Promise<void> => {
  const { ended } = await launch(distribution, program);
  const how = await ended;
  if (how !== 'with exit code 0') {
    throw await endOf(program, how);
  }
};

interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  /** How it ended: `with exit code 1`, `by SIGKILL`. */
  readonly ended: Promise<string>;
  /** Bytes that stood in its log before. */
  readonly logStart: number;
}

const launch = async (distribution: KafkaDistribution, program: JavaProgram): Promise<Launched> => {
  const log = openSync(program.logFile, 'a');
  const { size: logStart } = fstatSync(log);
  const child = spawn(
    distribution.java,
    [
      `-Xmx${program.heapMegabytes ?? 384}m`,
      // The collector and the compiler that start fastest: everything here is short-lived.
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Dlog4j.configuration=${LOG_SETTINGS}`,
      '-cp',
      distribution.classpath,
      program.mainClass,
      ...program.args,
    ],
    { stdio: ['ignore', log, log], detached: true },
  );
  killWithThisProcess(child);
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `with exit code ${code}` : `by ${signal}`));
  });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) {
    throw new Error(`${program.name} was started and has no process id`);
  }
  return { child, pid, ended, logStart };
};

const endOf = async (program: JavaProgram, how: string): Promise<Error> => {
  return new Error(`${program.name} ended ${how}. From its log:\n${await logTail(program.logFile)}`);
};

/** What a log says last, for an error message: its last errors, which shutting down may have left far behind, and its last lines. */
export const logTail = async (logFile: string): Promise<string> => {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n');
  const end = lines.slice(-15);
  const errors = lines.slice(0, -15).filter((line) => / (ERROR|FATAL) |Exception:|Caused by:/.test(line));
  return [...errors.slice(-10), ...(errors.length > 0 ? ['...'] : []), ...end].join('\n');
};
