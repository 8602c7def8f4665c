import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { lambdaEnvironment } from './lambda-environment.ts';
import type { FunctionFailure } from './runtime-messages.ts';
import { type RuntimeProcess, startRuntimeProcess } from './runtime-process.ts';

export interface FunctionInstanceOptions {
  /** Path of the ESM file that would be deployed; it exports `handler`, or what `_HANDLER` says: `index.NAME`. */
  readonly bundle: string;
  /** The function's own environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long an invocation may take, and apart from it the loading of the bundle. @default 60,000 ms */
  readonly timeoutMs?: number;
  /** Whether the process is frozen between invocations, as on Lambda. @default true */
  readonly freeze?: boolean;
  /** Told each line that the function writes to standard output or standard error. @default nobody */
  readonly onLog?: (line: string) => void;
}

export interface FunctionInstance {
  /** How often a new process was started. */
  readonly coldStarts: number;
  /** The last 10,000 lines that the function wrote to standard output and standard error. */
  readonly logs: readonly string[];
  /** How long the last invocation that succeeded took, in milliseconds: Lambda's `Duration`. 0 before. */
  readonly durationMs: number;
  /**
   * Runs the function with an event, in a new process when there is none.
   *
   * @returns the JSON of the function's result; `null` for undefined
   * @throws FunctionError when the function fails, its process ends, or the time is up
   * @throws Error when it already runs: an instance takes one invocation at a time
   */
  invoke(eventJson: string): Promise<string>;
  /** Kills the process, and fails the invocation that runs. */
  stop(): Promise<void>;
}

/** The function failed: what Lambda answers as `{"errorType":…,"errorMessage":…,"trace":[…]}`. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];

  constructor({ errorType, errorMessage, trace }: FunctionFailure) {
    super(errorMessage);
    this.errorType = errorType;
    this.errorMessage = errorMessage;
    this.trace = trace;
  }
}

const OLDEST_NODE = 24;
const LOG_LINES = 10_000;

/**
 * Stands in for one of Lambda's execution environments, for the nodejs24.x runtime: a process of its own, which sees
 * only the environment variables that it is given and those that Lambda sets, and is frozen (SIGSTOP) from the end of
 * an invocation to the begin of the next
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html). The process starts with the first
 * invocation. It stays for the next one, also after the function failed, and is replaced when it ended, when the time
 * was up, or when the bundle could not be loaded.
 *
 * It ends with this process, whichever way that ends. It does not limit memory or CPU, nor the file system, and has no
 * credentials.
 *
 * @throws Error when this process runs an older Node than 24
 */
export const startFunctionInstance = (options: FunctionInstanceOptions): FunctionInstance => {
  const { environment, timeoutMs = 60_000, freeze = true, onLog } = options;
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new Error(
      `the function runs on Node ${OLDEST_NODE} in Lambda, and this is Node ${process.versions.node}: start this program ` +
        "with the project's own Node, by `npm run` or `npx`",
    );
  }
  const bundle = resolve(options.bundle);
  const logs: string[] = [];
  let coldStarts = 0;
  let durationMs = 0;
  let runtime: RuntimeProcess | undefined;
  let isBusy = false;
  let isStopped = false;

  const log = (line: string): void => {
    logs.push(line);
    if (logs.length > LOG_LINES) {
      logs.shift();
    }
    onLog?.(line);
  };

  const coldStart = async (requestId: string): Promise<RuntimeProcess> => {
    coldStarts += 1;
    const started = startRuntimeProcess(bundle, { ...lambdaEnvironment(bundle, randomUUID()), ...environment }, log);
    runtime = started;
    const loaded = await started.answer(requestId, timeoutMs);
    if (loaded.kind === 'failure') {
      await started.kill();
      throw new FunctionError(loaded.failure);
    }
    return started;
  };

  const run = async (eventJson: string): Promise<string> => {
    const requestId = randomUUID();
    const warm = runtime?.hasEnded === false ? runtime : await coldStart(requestId);
    warm.thaw();
    warm.send({ requestId, event: eventJson, deadline: Date.now() + timeoutMs });
    const answer = await warm.answer(requestId, timeoutMs);
    // The lines that the function wrote before its answer have arrived too, but need not be the first to be read.
    await nextTurn();
    if (freeze && !warm.hasEnded) {
      warm.freeze();
    }
    if (answer.kind === 'failure') {
      throw new FunctionError(answer.failure);
    }
    durationMs = answer.durationMs;
    return answer.json;
  };

  return {
    get coldStarts() {
      return coldStarts;
    },
    logs,
    get durationMs() {
      return durationMs;
    },
    async invoke(eventJson) {
      if (isStopped || isBusy) {
        const reason = isStopped ? 'was stopped: start another one' : 'takes one invocation at a time: await the last';
        throw new Error(`the function instance ${reason}`);
      }
      isBusy = true;
      try {
        return await run(eventJson);
      } finally {
        isBusy = false;
      }
    },
    async stop() {
      isStopped = true;
      await runtime?.kill();
    },
  };
};
