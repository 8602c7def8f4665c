import { setTimeout as sleep } from 'node:timers/promises';
import type { SourcePartition } from '../../functions/offsets/replicator-record.ts';
import { targetTopicBy } from '../../functions/readiness/configurations/target-topic.ts';
import { partitionName } from '../../functions/readiness/replicator-progress.ts';
import { type Movement, markRest, movementSince, type RestMark } from '../../functions/verify/at-rest.ts';
import type { ReadState } from '../../functions/verify/reading.ts';
import type { Inputs } from '../inputs.ts';
import { readOnce } from '../look.ts';
import { withClusters } from '../open-clusters.ts';
import type { Attempt, Change, Plan, Way } from './way.ts';

/** What became of a change in the end. */
export type Outcome =
  /** Nothing was written: it was a dry run, or nobody said yes. */
  | 'planned'
  /** It was written, and read back. */
  | 'verified'
  /** It stood there already when it was to be written, or something from a later place did. */
  | 'left'
  /** Somebody else wrote the key after it had been planned. */
  | 'taken-over'
  /** It was reported as written, and something else was read back. */
  | 'not-verified'
  /** Something moved after it had been proven: it was not written. */
  | 'moved'
  /** It was written, and something was copied after it had been proven: the proof is none any more. */
  | 'written-but-moved'
  /** An error ended the writing or the reading back: it may stand. */
  | 'perhaps-written';

/** An error that ended the writing or the reading back, its `cause`, with what may stand. */
export class InterruptedWrite<C extends Change> extends Error {
  override readonly name = 'InterruptedWrite';
  readonly outcomes: Outcomes<C>;

  constructor(outcomes: Outcomes<C>, cause: unknown) {
    super('an error ended the writing', { cause });
    this.outcomes = outcomes;
  }
}

/** A plan, and what it was made from. */
export interface Prepared<C extends Change> {
  readonly at: Date;
  /** How long it was watched that nothing moved, in milliseconds. */
  readonly watchedMs: number;
  readonly plan: Plan<C>;
  /** How everything stood when the watching began. */
  readonly mark: RestMark;
}

/** What became of a plan. */
export type Outcomes<C extends Change> = ReadonlyMap<C, Outcome>;

/** How a plan is made. */
export interface PrepareOptions {
  readonly records: number | 'all';
  /** Longer than Replicator's flush interval, in milliseconds. */
  readonly watchMs: number;
}

/** Told what is done at the moment. */
type Say = (text: string) => void;

const quiet = () => undefined;
const readOffsets = (inputs: Inputs): Promise<ReadState> =>
  readOnce(inputs, { records: 0, timeoutMs: undefined, onProgress: quiet });

const moved = (inputs: Inputs, mark: RestMark): Promise<Movement> =>
  withClusters(inputs, undefined, ({ target }) => movementSince(target, mark));

/** The topics on the target that hold the copies of everything that was read. */
const copiesOf = ({ flows, replicator }: Inputs, { states }: ReadState): ReadonlySet<string> => {
  const targetTopic = targetTopicBy(replicator, flows);
  const byName = new Map(flows.map((flow) => [flow.name, flow]));
  return new Set(
    states.flatMap(({ flow: name, source: { topic } }) => {
      const flow = byName.get(name);
      return flow ? [targetTopic(flow, topic)] : [];
    }),
  );
};

/**
 * Watches whether anything moves, compares the records, and plans. Reads only.
 *
 * @throws ConfigurationError, CredentialsError, ClusterError
 */
export const prepare = async <C extends Change>(
  inputs: Inputs,
  way: Way<C>,
  { records, watchMs }: PrepareOptions,
  say: Say,
): Promise<Prepared<C>> => {
  const { flows, replicatorOffsetsTopic } = inputs;
  say('reading offsets');
  const targetTopics = copiesOf(inputs, await readOffsets(inputs));
  const { watchesMm2 } = way;
  const mark = await withClusters(inputs, undefined, ({ target }) =>
    markRest(target, { flows, replicatorOffsetsTopic, targetTopics, watchesMm2 }),
  );
  say(`watching for ${Math.ceil(watchMs / 1_000)} seconds that nothing moves`);
  await sleep(watchMs);
  const read = await readOnce(inputs, {
    records,
    timeoutMs: undefined,
    boundary: way.boundary,
    onProgress: ({ done, partitions }) => say(`compared ${done} of ${partitions} partitions`),
  });
  const movement = await moved(inputs, mark);
  return { at: new Date(read.at), watchedMs: movement.watchedMs, plan: await way.plan(read, movement), mark };
};

/** How often it is read back, and milliseconds between: a transaction that is committed may get its markers a moment later. */
const READ_BACK = { attempts: 10, everyMs: 500 } as const;

const nameOf = (flow: string, source: SourcePartition): string => `${flow} ${partitionName(source)}`;

/** Reads back what was written. @returns what stands */
const readBack = async <C extends Change>(
  inputs: Inputs,
  way: Way<C>,
  written: readonly C[],
): Promise<ReadonlySet<C>> => {
  for (let attempt = 1; ; attempt += 1) {
    const { states } = await readOffsets(inputs);
    const byName = new Map(states.map((state) => [nameOf(state.flow, state.source), state]));
    const standing = written.filter((change) =>
      way.stands(change, byName.get(nameOf(change.flow.name, change.source))),
    );
    if (standing.length === written.length || attempt === READ_BACK.attempts) {
      return new Set(standing);
    }
    await sleep(READ_BACK.everyMs);
  }
};

/** What is known of a change in the end. */
export interface Aftermath {
  /** `undefined` where nothing was tried, for something had moved before. */
  readonly attempt: Attempt | undefined;
  /** Whether something was copied since the watching began. */
  readonly copied: boolean;
  /** Whether it was read back. */
  readonly stands: boolean;
}

/** What became of a change. */
export const outcomeOf = ({ attempt, copied, stands }: Aftermath): Outcome => {
  if (attempt === undefined) {
    return 'moved';
  }
  if (attempt !== 'written') {
    return copied ? 'moved' : attempt;
  }
  if (copied) {
    return 'written-but-moved';
  }
  return stands ? 'verified' : 'not-verified';
};

/**
 * Writes a plan, as far as nothing has moved since the watching began, and reads back what was written.
 *
 * @throws InterruptedWrite once the writing has begun; before, ConfigurationError, CredentialsError, ClusterError. It can be
 *   run again
 */
export const carryOut = async <C extends Change>(
  inputs: Inputs,
  way: Way<C>,
  { plan: { changes }, mark }: Prepared<C>,
  say: Say,
): Promise<Outcomes<C>> => {
  const targetTopic = targetTopicBy(inputs.replicator, inputs.flows);
  say('writing');
  // An answer may have taken its time: a proof ends when anything moves.
  const before = await moved(inputs, mark);
  const still = changes.filter(
    ({ flow, source: { topic, partition } }) => before.of(flow, targetTopic(flow, topic), partition) === undefined,
  );
  if (still.length > 0) {
    await way.ensureWritable?.(still);
  }
  const finish = async (): Promise<Outcomes<C>> => {
    const attempts: ReadonlyMap<C, Attempt> = still.length > 0 ? await way.write(still) : new Map();
    say('reading back');
    const standing = await readBack(
      inputs,
      way,
      still.filter((change) => attempts.get(change) === 'written'),
    );
    const now = await moved(inputs, mark);
    const aftermathOf = (change: C): Aftermath => {
      const { flow, source } = change;
      // What was flushed meanwhile may be our own; what was copied is not.
      const copied = now.ofCopy(targetTopic(flow, source.topic), source.partition) !== undefined;
      return { attempt: attempts.get(change), copied, stands: standing.has(change) };
    };
    return new Map(changes.map((change) => [change, outcomeOf(aftermathOf(change))]));
  };
  try {
    return await finish();
  } catch (error) {
    const tried = new Set(still);
    throw new InterruptedWrite(
      new Map(changes.map((change) => [change, tried.has(change) ? 'perhaps-written' : 'moved'])),
      error,
    );
  }
};
