import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { run } from '../../cli/main.ts';
import { compareTopics } from '../../local/demo/compare-topics.ts';
import { untilAtRest, untilCopying } from '../../local/demo/copying.ts';
import { startSyncedFunction, writtenIn } from '../../local/demo/synced-function.ts';
import { endOffsets } from '../../local/demo/topic-content.ts';
import { startTraffic } from '../../local/demo/traffic.ts';
import { startEventSource } from '../../local/world/event-source/event-source.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { startMirrorMaker } from '../../local/world/mirror-maker/mirror-maker.ts';
import { startReplicator } from '../../local/world/replicator/replicator.ts';
import { aTerminal } from '../cli/a-terminal.ts';

jest.setTimeout(180_000);

let source: KafkaCluster;
let target: KafkaCluster;
beforeAll(async () => {
  [source, target] = await Promise.all([startCluster({ name: 'source' }), startCluster({ name: 'target' })]);
}, 120_000);
afterAll(() => Promise.all([source?.close(), target?.close()]));

const FLUSH_SECONDS = 4;
const ALIAS = 'primary';
const TOPICS = [
  { topic: 'orders', partitions: 3 },
  { topic: 'payments.v1', partitions: 2, empty: [1] },
];
const NAMES = TOPICS.map(({ topic }) => topic);
const CONNECT_OFFSETS = 'connect-offsets';
const MM2_OFFSETS = `mm2-offsets.${ALIAS}.internal`;

/** Calls the command as a person does who has read what it would write. */
const repair = async (...words: readonly string[]) => {
  const config = join(target.folder, 'offset-sync.json');
  const configuration = {
    name: `sync-${ALIAS}`,
    brokers: target.brokers,
    replicatorOffsetsTopic: CONNECT_OFFSETS,
    flows: [{ sourceAlias: ALIAS }],
    source: { brokers: source.brokers },
  };
  await writeFile(config, JSON.stringify(configuration));
  const terminal = aTerminal();
  const fixed = ['repair', '--config', config, '--flush-interval', `${FLUSH_SECONDS}`, '--yes', '--json'];
  const exitCode = await run([...fixed, ...words], terminal);
  const answer = JSON.parse(terminal.written()) as {
    readonly changes: readonly { readonly next: { readonly now: string; readonly true: string } }[];
  };
  const offsets = answer.changes.reduce((sum, { next }) => sum + Number(next.true) - Number(next.now), 0);
  return { exitCode, offsets, answer, errors: terminal.errors() };
};

test('after a killed Replicator, MM2 goes on at the true next record; after a killed MM2, Replicator does', async () => {
  await using resources = new AsyncDisposableStack();
  const traffic = await startTraffic(source, TOPICS, 200);
  resources.defer(() => traffic.stop());
  const startCopying = async () => {
    const replicator = await startReplicator({
      source,
      target,
      topics: NAMES,
      offsetsTopic: CONNECT_OFFSETS,
      flushIntervalMs: FLUSH_SECONDS * 1_000,
    });
    resources.defer(() => replicator.kill());
    return replicator;
  };
  const instance = await startSyncedFunction(
    { variant: 'function', target, sourceAlias: ALIAS, replicatorOffsetsTopic: CONNECT_OFFSETS },
    resources,
  );
  const deliver = async (consumerGroup: string) => {
    const eventSource = await startEventSource({
      brokers: target.brokers,
      topic: CONNECT_OFFSETS,
      consumerGroup,
      invoke: (event) => instance.invoke(event),
    });
    resources.defer(() => eventSource.stop());
    return eventSource;
  };
  const compare = async () => {
    const compared = { source, target, topics: TOPICS, cutover: new Map(), replicatorLast: new Map() };
    const { duplicated, lost, records } = await compareTopics(compared);
    return { duplicated, lost, records };
  };
  const untilAllIsCopied = async () => {
    await traffic.pause();
    await untilAtRest({ source, target, topics: NAMES, mm2OffsetsTopic: MM2_OFFSETS });
  };

  // Replicator is killed between two flushes, and the function has done all that it can.
  const replicator = await startCopying();
  const eventSource = await deliver('sync');
  await sleep(FLUSH_SECONDS * 1_750);
  await replicator.kill();
  await eventSource.idle();
  await eventSource.stop();

  // Act
  const repaired = await repair();
  const before = writtenIn(instance.logs);
  const again = await deliver('sync-again');
  await again.idle();
  await again.stop();
  const mirrorMaker = await startMirrorMaker({ source, target, sourceAlias: ALIAS, topics: NAMES });
  resources.defer(() => mirrorMaker.kill());
  await untilCopying(mirrorMaker, target, NAMES);
  await untilAllIsCopied();
  const afterCutover = await compare();

  // Assess
  expect(repaired).toMatchObject({ exitCode: 0, errors: '', answer: { refused: [] } });
  expect(repaired.offsets).toBeGreaterThan(100);
  expect([again.records > 0, writtenIn(instance.logs) - before]).toEqual([true, 0]);
  expect(afterCutover).toMatchObject({ duplicated: 0, lost: 0 });
  expect(afterCutover.records).toBeGreaterThan(500);

  // The way back, in mid-traffic.
  traffic.resume();
  await untilCopying(mirrorMaker, target, NAMES);
  await mirrorMaker.kill();
  const restored = await repair('--way-back');
  const ends = await endOffsets(target, NAMES);
  await startCopying();
  await sleep(1_000);
  await untilAllIsCopied();
  const afterReturn = await compare();

  expect(restored).toMatchObject({ exitCode: 0, errors: '', answer: { whose: 'Replicator', refused: [] } });
  expect(restored.offsets).toBeGreaterThan(100);
  expect(await endOffsets(target, NAMES)).not.toEqual(ends);
  expect(afterReturn).toMatchObject({ duplicated: 0, lost: 0 });
  expect(afterReturn.records).toBeGreaterThan(afterCutover.records);
});
