import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIGURATION_VARIABLE, type ConfigurationOptions } from '../../functions/configuration/configuration.ts';
import { FUNCTION_ENVIRONMENT } from '../../infra/bundling.ts';
import { startEventSource } from '../world/event-source/event-source.ts';
import type { KafkaCluster } from '../world/kafka/cluster.ts';
import { bundleFunction } from '../world/lambda/bundle.ts';
import { type FunctionInstance, startFunctionInstance } from '../world/lambda/function-instance.ts';
import { type MirrorMaker, startMirrorMaker } from '../world/mirror-maker/mirror-maker.ts';
import { startReplicator } from '../world/replicator/replicator.ts';
import { comparePartition, type PartitionComparison } from './comparison.ts';
import { endOffsets, topicContent } from './topic-content.ts';
import { startTraffic, type TrafficTopic } from './traffic.ts';
import { unorderedKeys } from './unordered-keys.ts';

/** How the migration goes: as it should, or as one of the controls that must duplicate. */
export type Sync = 'function' | 'none' | 'unordered-keys';

export interface MigrationOptions {
  readonly source: KafkaCluster;
  readonly target: KafkaCluster;
  /** MM2's alias of the source cluster. Migrations that share clusters need different ones. */
  readonly sourceAlias: string;
  readonly topics: readonly TrafficTopic[];
  readonly recordsPerSecond: number;
  readonly sync: Sync;
  /** How the function reaches the target cluster. @default plaintext, without authentication */
  readonly access?: FunctionAccess;
  /** How long Replicator copies, and MM2 after it, in milliseconds. */
  readonly copyForMs: number;
  /**
   * Whether all of Replicator's offsets are delivered once more after the cutover, and MM2 killed and started again:
   * what a changed consumer group would do to an unguarded sync.
   */
  readonly replay: boolean;
  readonly onProgress: (message: string) => void;
}

/** How the function reaches the target cluster: its authentication, and what its environment needs for it. */
export interface FunctionAccess {
  readonly authentication: 'none' | 'scram';
  readonly configuration: Pick<ConfigurationOptions, 'authentication' | 'brokers'>;
  readonly environment: Readonly<Record<string, string>>;
}

/** What became of one source partition. */
export interface PartitionResult extends PartitionComparison {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the last record that Replicator copied; none from an empty partition. */
  readonly replicatorLast: bigint | undefined;
}

/** What became of Replicator's offsets when all of them were delivered again after the cutover. */
export interface ReplayResult {
  readonly records: number;
  readonly written: number;
}

export interface MigrationResult {
  readonly partitions: readonly PartitionResult[];
  readonly records: number;
  readonly duplicated: number;
  readonly lost: number;
  readonly replay: ReplayResult | undefined;
}

/** Milliseconds in which nothing may arrive for the copying to count as at rest. */
const REST_MS = 3_000;
const REST_TIMEOUT_MS = 60_000;
const FIRST_COPY_TIMEOUT_MS = 60_000;
const FUNCTION_TIMEOUT_MS = 60_000;

const NO_AUTHENTICATION: FunctionAccess = { authentication: 'none', configuration: {}, environment: {} };

const total = (offsets: ReadonlyMap<string, bigint>): bigint =>
  [...offsets.values()].reduce((sum, end) => sum + end, 0n);

/** What a batch summary in the function's log says was written. */
const writtenIn = (logs: readonly string[]): number =>
  logs
    .filter((line) => line.includes('"Batch done"'))
    .reduce((sum, line) => sum + (JSON.parse(line) as { readonly written: number }).written, 0);

/**
 * Migrates topics from Replicator's stand-in to a real MM2, with traffic all the while: Replicator copies, the
 * function keeps MM2's offsets in step, Replicator is stopped, MM2 is started. Then compares every partition with its
 * copy by contents.
 *
 * The function runs as the bundle that the stack deploys.
 *
 * @throws Error when MM2 or a stand-in gives up, or MM2 copies nothing within a minute
 */
export const migrate = async (options: MigrationOptions): Promise<MigrationResult> => {
  const { source, target, sourceAlias, recordsPerSecond, copyForMs, onProgress } = options;
  const topics = options.topics.map(({ topic }) => topic);
  const offsetsTopic = `connect-offsets-${sourceAlias}`;
  await using resources = new AsyncDisposableStack();

  onProgress('Traffic flows into the source topics, and Replicator copies them');
  const traffic = await startTraffic(source, options.topics, recordsPerSecond);
  resources.defer(() => traffic.stop());
  const replicator = await startReplicator({ source, target, topics, offsetsTopic });
  resources.defer(() => replicator.kill());

  const instance = await startSync(options, offsetsTopic, resources);
  const deliver = (consumerGroup: string, run: FunctionInstance) =>
    startEventSource({
      brokers: target.brokers,
      topic: offsetsTopic,
      consumerGroup,
      invoke: (event) => run.invoke(event),
    });
  const eventSource = instance && (await deliver(`sync-${sourceAlias}`, instance));
  resources.defer(async () => eventSource?.stop());
  if (eventSource) {
    onProgress("The function keeps MirrorMaker 2's offsets in step");
  }
  await sleep(copyForMs);

  onProgress('Replicator is stopped in mid-traffic');
  await replicator.stop();
  const replicatorLast = replicator.copied();
  const cutover = await endOffsets(target, topics);
  await eventSource?.idle();
  await eventSource?.stop();

  onProgress('MirrorMaker 2 is started, and traffic goes on');
  const startMm2 = async () => {
    const mirrorMaker = await startMirrorMaker({ source, target, sourceAlias, topics });
    resources.defer(() => mirrorMaker.kill());
    return mirrorMaker;
  };
  const mirrorMaker = await startMm2();
  await untilCopying(mirrorMaker, target, topics, onProgress);
  await sleep(copyForMs);
  const untilAllIsCopied = async () => {
    onProgress('Traffic pauses, until everything has come to rest');
    await traffic.pause();
    await untilRest(options, topics);
  };
  await untilAllIsCopied();

  const replayAndRestart = async (run: FunctionInstance): Promise<ReplayResult> => {
    onProgress('All of connect-offsets is delivered once more');
    const before = writtenIn(run.logs);
    const again = await deliver(`replay-${sourceAlias}`, run);
    resources.defer(() => again.stop());
    await again.idle();
    await again.stop();
    onProgress('MirrorMaker 2 is killed and started again, and traffic goes on');
    await mirrorMaker.kill();
    const restarted = await startMm2();
    traffic.resume();
    await untilCopying(restarted, target, topics, onProgress);
    await untilAllIsCopied();
    return { records: again.records, written: writtenIn(run.logs) - before };
  };
  const replay = options.replay && instance ? await replayAndRestart(instance) : undefined;

  onProgress('The contents of every partition are compared');
  return { ...(await compare(options, topics, cutover, replicatorLast)), replay };
};

const startSync = async (
  { sync, target, sourceAlias, access = NO_AUTHENTICATION }: MigrationOptions,
  replicatorOffsetsTopic: string,
  resources: AsyncDisposableStack,
): Promise<FunctionInstance | undefined> => {
  if (sync === 'none') {
    return undefined;
  }
  const bundle = await bundleFunction(access.authentication, sync === 'unordered-keys' ? [unorderedKeys] : []);
  resources.defer(() => rm(dirname(bundle), { recursive: true, force: true }));
  const configuration: ConfigurationOptions = {
    name: `sync-${sourceAlias}`,
    brokers: target.brokers,
    replicatorOffsetsTopic,
    flows: [{ sourceAlias }],
    ...access.configuration,
  };
  const instance = await startFunctionInstance({
    bundle,
    environment: {
      ...FUNCTION_ENVIRONMENT,
      ...access.environment,
      [CONFIGURATION_VARIABLE]: JSON.stringify(configuration),
    },
    timeoutMs: FUNCTION_TIMEOUT_MS,
  });
  resources.defer(() => instance.stop());
  return instance;
};

/** Waits until MM2 has copied a record. */
const untilCopying = async (
  mirrorMaker: MirrorMaker,
  target: KafkaCluster,
  topics: readonly string[],
  onProgress: (message: string) => void,
): Promise<void> => {
  const before = total(await endOffsets(target, topics));
  const startedAt = performance.now();
  let failure: Error | undefined;
  void mirrorMaker.exited.then((error) => {
    failure = error;
  });
  while (total(await endOffsets(target, topics)) === before) {
    if (failure) {
      throw failure;
    }
    if (performance.now() - startedAt > FIRST_COPY_TIMEOUT_MS) {
      throw new Error(
        `MirrorMaker 2 has copied nothing within ${FIRST_COPY_TIMEOUT_MS} ms: see ${mirrorMaker.logFile}`,
      );
    }
    await sleep(200);
  }
  onProgress(`MirrorMaker 2 copies, ${((performance.now() - startedAt) / 1000).toFixed(0)} s after its start`);
};

/**
 * Waits until the target has at least as many records as the source, no more come, and MM2 writes no offsets any more,
 * or until a minute has passed.
 */
const untilRest = async ({ source, target, sourceAlias }: MigrationOptions, topics: readonly string[]) => {
  const wanted = await endOffsets(source, topics);
  const startedAt = performance.now();
  let last = -1n;
  let since = performance.now();
  while (performance.now() - startedAt < REST_TIMEOUT_MS) {
    const ends = await endOffsets(target, [...topics, `mm2-offsets.${sourceAlias}.internal`]);
    if (total(ends) !== last) {
      since = performance.now();
    }
    last = total(ends);
    const complete = [...wanted].every(([partition, end]) => (ends.get(partition) ?? 0n) >= end);
    if (complete && performance.now() - since > REST_MS) {
      return;
    }
    await sleep(250);
  }
};

const compare = async (
  { source, target, topics }: MigrationOptions,
  names: readonly string[],
  cutover: ReadonlyMap<string, bigint>,
  replicatorLast: ReadonlyMap<string, bigint>,
): Promise<Omit<MigrationResult, 'replay'>> => {
  const [inSource, inTarget] = await Promise.all([topicContent(source, names), topicContent(target, names)]);
  const partitions = topics.flatMap(({ topic, partitions: count }) =>
    Array.from({ length: count }, (_, partition) => {
      const name = `${topic}-${partition}`;
      const comparison = comparePartition(inSource.get(name) ?? [], inTarget.get(name) ?? [], cutover.get(name) ?? 0n);
      return { topic, partition, replicatorLast: replicatorLast.get(name), ...comparison };
    }),
  );
  const sum = (of: (partition: PartitionResult) => number) => partitions.reduce((all, one) => all + of(one), 0);
  return {
    partitions,
    records: sum(({ sourceRecords }) => sourceRecords),
    duplicated: sum(({ duplicated }) => duplicated),
    lost: sum(({ lost }) => lost),
  };
};
