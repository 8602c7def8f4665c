import { setTimeout as sleep } from 'node:timers/promises';
import { FunctionError, type FunctionInstance } from '../world/lambda/function-instance.ts';
import type { Entry, Placed } from '../world/sync/replicator-history.ts';
import type { SyncWorld } from '../world/sync/sync-world.ts';
import { RIVAL_SLOT } from './round-plan.ts';

/** Who delivers in a round: what was flushed, in batches, each to an instance until it is taken. */
export interface EventSource {
  /** Everything that was flushed, in the order of the plan: records are called by their number here. */
  readonly flushed: readonly Placed[];
  /** Types of the errors with which invocations failed, each as often as it came. */
  readonly failures: readonly string[];
  /** Those that no fault explains: the function did not understand what it saw. */
  readonly mistakes: readonly string[];
  /** What the last invocation that failed said. */
  lastFailure(): string;
  flush(entries: readonly Entry[], clock: number): Promise<void>;
  /** Delivers a batch until it is taken. */
  untilTaken(slot: number, numbers: readonly number[]): Promise<void>;
  /** Kills the instance in a slot; the next one there starts cold. */
  replace(slot: number): Promise<void>;
  /** Delivers nothing again from now on. */
  stop(): void;
}

/** Milliseconds between two deliveries of a batch that the function did not take. */
const RETRY_DELAY_MS = 150;

/** After so many, the function will not get any further. */
const MOST_MISTAKES = 5;

const isMistake = ({ errorType }: FunctionError): boolean =>
  /^(Type|Range|Reference|Syntax|Event|Configuration|OffsetsTopic|Credentials)Error$/.test(errorType);

/** Starts the instances of a round one by one, when they are needed. */
export const createEventSource = (world: SyncWorld): EventSource => {
  const instances = new Map<number, FunctionInstance>();
  const flushed: Placed[] = [];
  const failures: string[] = [];
  const mistakes: string[] = [];
  let lastFailure = 'no invocation failed';
  let isOver = false;

  const start = (slot: number): FunctionInstance => {
    const instance =
      slot === RIVAL_SLOT ? world.startInstance(undefined, `rival-${world.connectOffsets}`) : world.startInstance();
    instances.set(slot, instance);
    return instance;
  };

  const recordsOf = (numbers: readonly number[]): readonly Placed[] =>
    numbers.map((number) => {
      const record = flushed[number];
      if (record === undefined) {
        throw new Error(`the plan delivers record ${number} before it is flushed`);
      }
      return record;
    });

  return {
    flushed,
    failures,
    mistakes,
    lastFailure: () => lastFailure,
    flush: async (entries, clock) => {
      const placed = new Map((await world.flush(entries, clock)).map((one) => [one.entry, one]));
      flushed.push(...entries.flatMap((entry) => placed.get(entry) ?? []));
    },
    untilTaken: async (slot, numbers) => {
      const records = recordsOf(numbers);
      while (!isOver) {
        try {
          return await world.deliver(instances.get(slot) ?? start(slot), records);
        } catch (error) {
          if (!(error instanceof FunctionError)) {
            throw error;
          }
          failures.push(error.errorType);
          lastFailure = `the last invocation that failed: ${error.errorType}: ${error.errorMessage}`;
          if (isMistake(error)) {
            mistakes.push(lastFailure);
          }
          if (mistakes.length === MOST_MISTAKES) {
            throw new Error(`the function does not get past this; ${lastFailure}`);
          }
          await sleep(RETRY_DELAY_MS);
        }
      }
    },
    replace: async (slot) => {
      const instance = instances.get(slot);
      start(slot);
      await instance?.stop();
    },
    stop: () => {
      isOver = true;
    },
  };
};
