import { setTimeout as sleep } from 'node:timers/promises';
import type { CutoverReport } from '../../cli/cutover/report.ts';
import { startEventSource } from '../world/event-source/event-source.ts';
import type { KafkaCluster } from '../world/kafka/cluster.ts';
import type { FunctionInstance } from '../world/lambda/function-instance.ts';
import { type MirrorMaker, startMirrorMaker } from '../world/mirror-maker/mirror-maker.ts';
import { startReplicator } from '../world/replicator/replicator.ts';
import { compareTopics, type TopicsComparison } from './compare-topics.ts';
import { untilAtRest, untilCopying } from './copying.ts';
import { type CutoverOptions, cutOver } from './cutover.ts';
import { type FunctionAccess, type SyncVariant, startSyncedFunction, writtenIn } from './synced-function.ts';
import { endOffsets } from './topic-content.ts';
import { startTraffic, type TrafficTopic } from './traffic.ts';
import { type Verification, verify } from './verification.ts';

export interface MigrationOptions {
  readonly source: KafkaCluster;
  readonly target: KafkaCluster;
  /** MM2's alias of the source cluster. Migrations that share clusters need different ones. */
  readonly sourceAlias: string;
  readonly topics: readonly TrafficTopic[];
  readonly recordsPerSecond: number;
  /** What keeps MM2's offsets in step: the function, or one of the controls that must duplicate. */
  readonly sync: SyncVariant;
  /** How the function reaches the target cluster. @default plaintext, without authentication */
  readonly access?: FunctionAccess;
  /** How long Replicator copies, and MM2 after it, in milliseconds. */
  readonly copyForMs: number;
  /**
   * Whether all of Replicator's offsets are delivered once more after the cutover, and MM2 killed and started again:
   * what a changed consumer group would do to an unguarded sync.
   */
  readonly replay: boolean;
  /**
   * How Replicator ends, where the function keeps the offsets in step: killed, it does not flush what it copied last.
   *
   * @default stopped
   */
  readonly killReplicator?: boolean;
  /** Milliseconds between two flushes of Replicator's. @default 1,000 */
  readonly flushIntervalMs?: number;
  /** Takes what the command `cutover` says. @default nobody */
  readonly onSaid?: CutoverOptions['onSaid'];
  /** Takes what the command `verify` says: at the end, or in the controls before MM2 is started. @default it is not called */
  readonly onVerified?: (verification: Verification) => void;
  readonly onProgress: (message: string) => void;
}

/** What became of Replicator's offsets when all of them were delivered again after the cutover. */
export interface ReplayResult {
  readonly records: number;
  readonly written: number;
}

/** What became of the topics. */
export interface MigrationResult extends TopicsComparison {
  /** What the command `cutover` has reported; nothing in the controls, which do without it. */
  readonly report: CutoverReport | undefined;
  readonly replay: ReplayResult | undefined;
}

/**
 * Migrates topics from Replicator's stand-in to a real MM2, with traffic all the while: Replicator copies, the
 * function keeps MM2's offsets in step, and the command `cutover` guides to MM2's start; the controls, which it would put
 * right, do without it. Then compares every partition with its copy by contents.
 *
 * The function runs as the bundle that the stack deploys.
 *
 * @throws Error when MM2 or a stand-in gives up, MM2 copies nothing within a minute, or the copying does not come to rest
 */
export const migrate = async (options: MigrationOptions): Promise<MigrationResult> => {
  const { source, target, sourceAlias, recordsPerSecond, copyForMs, onVerified, onProgress } = options;
  const { killReplicator = false, flushIntervalMs = 1_000, onSaid = () => undefined } = options;
  const topics = options.topics.map(({ topic }) => topic);
  const offsetsTopic = `connect-offsets-${sourceAlias}`;
  await using resources = new AsyncDisposableStack();

  onProgress('Traffic flows into the source topics, and Replicator copies them');
  const traffic = await startTraffic(source, options.topics, recordsPerSecond);
  resources.defer(() => traffic.stop());
  const replicator = await startReplicator({ source, target, topics, offsetsTopic, flushIntervalMs });
  resources.defer(() => replicator.kill());

  const { sync, access } = options;
  const instance =
    sync === 'none'
      ? undefined
      : await startSyncedFunction(
          { variant: sync, target, sourceAlias, replicatorOffsetsTopic: offsetsTopic, access },
          resources,
        );
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

  let mirrorMaker: MirrorMaker | undefined;
  let cutover: ReadonlyMap<string, bigint> = new Map();
  const startMm2 = async (): Promise<MirrorMaker> => {
    const started = await startMirrorMaker({ source, target, sourceAlias, topics });
    resources.defer(() => started.kill());
    return started;
  };
  const untilMm2Copies = async (started: MirrorMaker) => {
    const tookMs = await untilCopying(started, target, topics);
    onProgress(`MirrorMaker 2 copies, ${(tookMs / 1000).toFixed(0)} s after its start`);
  };
  const stopReplicator = async () => {
    onProgress(`Replicator is ${killReplicator ? 'killed' : 'stopped'} in mid-traffic`);
    await (killReplicator ? replicator.kill() : replicator.stop());
  };
  const takeOver = async () => {
    cutover = await endOffsets(target, topics);
    onProgress('MirrorMaker 2 is started, and traffic goes on');
    mirrorMaker = await startMm2();
  };
  const called = {
    source,
    target,
    name: `sync-${sourceAlias}`,
    sourceAlias,
    topics,
    replicatorOffsetsTopic: offsetsTopic,
  };
  const verifyNow = async () => {
    if (onVerified) {
      onProgress('"mm2-migration verify" looks at both clusters');
      onVerified(await verify(called));
    }
  };
  const guided = async (): Promise<CutoverReport> => {
    onProgress('"mm2-migration cutover" is called');
    const flushIntervalSeconds = Math.ceil(flushIntervalMs / 1_000);
    const group = `sync-${sourceAlias}`;
    return await cutOver(
      { ...called, group, flushIntervalSeconds, onSaid },
      { stopReplicator, closeEventSource: async () => eventSource?.stop(), startMm2: takeOver },
    );
  };
  const unguided = async (): Promise<undefined> => {
    await stopReplicator();
    await eventSource?.idle();
    await eventSource?.stop();
    await verifyNow();
    await takeOver();
  };
  const report = sync === 'function' ? await guided() : await unguided();
  const replicatorLast = replicator.copied();
  if (report === undefined && mirrorMaker) {
    await untilMm2Copies(mirrorMaker);
  }
  await sleep(copyForMs);
  const untilAllIsCopied = async () => {
    onProgress('Traffic pauses, until everything has come to rest');
    await traffic.pause();
    await untilAtRest({ source, target, topics, mm2OffsetsTopic: `mm2-offsets.${sourceAlias}.internal` });
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
    await mirrorMaker?.kill();
    const restarted = await startMm2();
    traffic.resume();
    await untilMm2Copies(restarted);
    await untilAllIsCopied();
    return { records: again.records, written: writtenIn(run.logs) - before };
  };
  const replay = options.replay && instance ? await replayAndRestart(instance) : undefined;

  if (sync === 'function') {
    await verifyNow();
  }
  onProgress('The contents of every partition are compared');
  return {
    ...(await compareTopics({ source, target, topics: options.topics, cutover, replicatorLast })),
    replay,
    report,
  };
};
