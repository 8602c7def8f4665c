import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CutoverReport } from '../../cli/cutover/report.ts';
import { compareTopics } from '../../local/demo/compare-topics.ts';
import { untilAtRest, untilCopying } from '../../local/demo/copying.ts';
import { startSyncedFunction } from '../../local/demo/synced-function.ts';
import { endOffsets } from '../../local/demo/topic-content.ts';
import { startTraffic } from '../../local/demo/traffic.ts';
import { startEventSource } from '../../local/world/event-source/event-source.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';
import { startMirrorMaker } from '../../local/world/mirror-maker/mirror-maker.ts';
import { startReplicator } from '../../local/world/replicator/replicator.ts';

jest.setTimeout(180_000);

const PROGRAM = join(import.meta.dirname, '../../bin/mm2-migration.js');

let source: KafkaCluster;
let target: KafkaCluster;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-'));
  [source, target] = await Promise.all([startCluster({ name: 'source' }), startCluster({ name: 'target' })]);
});
afterAll(async () => {
  await Promise.all([source?.close(), target?.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** One line of `--json`. */
interface Line {
  readonly event: string;
  readonly state?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly ending?: string;
}

/** The command as a process of its own, which can be killed. */
const startCommand = (words: readonly string[]) => {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', PROGRAM, 'cutover', '--json', ...words],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const lines: Line[] = [];
  let [rest, errors] = ['', ''];
  let waiting: (() => void)[] = [];
  child.stdout?.on('data', (bytes: Buffer) => {
    const parts = (rest + bytes.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((part) => JSON.parse(part) as Line));
    for (const wake of waiting.splice(0)) {
      wake();
    }
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const exited = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      resolve(code);
      for (const wake of waiting.splice(0)) {
        wake();
      }
    });
  });
  return {
    lines,
    exited,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    errors: () => errors,
    /** Waits for a line. @throws Error when the command ends before it */
    until: async (is: (line: Line) => boolean): Promise<void> => {
      while (!lines.some(is)) {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`the command ended before: ${errors || JSON.stringify(lines.at(-1))}`);
        }
        await new Promise<void>((resolve) => {
          waiting = [...waiting, resolve];
        });
      }
    },
  };
};

const reaches =
  (state: string) =>
  (line: Line): boolean =>
    line.event === 'state' && line.state === state && line.status === 'ok';

/** A migration of its own on the clusters that all share. */
const createMigration = async (alias: string, flushIntervalMs: number) => {
  const resources = new AsyncDisposableStack();
  const topics = [
    { topic: `${alias}-orders`, partitions: 2 },
    { topic: `${alias}-audit`, partitions: 2, empty: [1] },
  ];
  const names = topics.map(({ topic }) => topic);
  const offsetsTopic = `connect-offsets-${alias}`;
  const group = `sync-${alias}`;
  const traffic = await startTraffic(source, topics, 200);
  resources.defer(() => traffic.stop());
  const startOne = async () => {
    const replicator = await startReplicator({ source, target, topics: names, offsetsTopic, flushIntervalMs });
    resources.defer(() => replicator.kill());
    return replicator;
  };
  const instance = await startSyncedFunction(
    { variant: 'function', target, sourceAlias: alias, replicatorOffsetsTopic: offsetsTopic },
    resources,
  );
  const startEvents = (consumerGroup = group) => {
    const events = startEventSource({
      brokers: target.brokers,
      topic: offsetsTopic,
      consumerGroup,
      invoke: (event) => instance.invoke(event),
    });
    return events;
  };
  const config = join(folder, `${alias}.json`);
  await writeFile(
    config,
    JSON.stringify({
      name: `sync-${alias}`,
      brokers: target.brokers,
      replicatorOffsetsTopic: offsetsTopic,
      flows: [{ sourceAlias: alias }],
      source: { brokers: source.brokers },
    }),
  );
  return {
    topics,
    names,
    traffic,
    group,
    startReplicator: startOne,
    startEvents,
    words: ['--config', config, '--group', group, '--flush-interval', String(Math.ceil(flushIntervalMs / 1_000))],
    startMm2: async () => {
      const mirrorMaker = await startMirrorMaker({ source, target, sourceAlias: alias, topics: names });
      resources.defer(() => mirrorMaker.kill());
      return mirrorMaker;
    },
    outcome: async () => {
      await traffic.pause();
      await untilAtRest({ source, target, topics: names, mm2OffsetsTopic: `mm2-offsets.${alias}.internal` });
      const cutover = await endOffsets(target, names);
      return await compareTopics({ source, target, topics, cutover, replicatorLast: new Map() });
    },
    close: () => resources.disposeAsync(),
  };
};

/** Under load from the beginning: its first flush comes after 10 seconds, while the other tests run. */
const startLoaded = async () => {
  const migration = await createMigration('killed', 10_000);
  const replicator = await migration.startReplicator();
  return { migration, replicator, events: await migration.startEvents() };
};
let loaded: Awaited<ReturnType<typeof startLoaded>>;
beforeAll(async () => {
  loaded = await startLoaded();
});

describe('npx mm2-migration cutover', () => {
  test('goes on where MM2 was started before anything was proven, and finds it right by contents', async () => {
    const migration = await createMigration('early', 1_000);
    const replicator = await migration.startReplicator();
    const events = await migration.startEvents();
    await sleep(2_000);
    await replicator.stop();
    await events.idle();
    await events.stop();

    const mirrorMaker = await migration.startMm2();
    await untilCopying(mirrorMaker, target, migration.names);
    const cutover = startCommand([...migration.words, '--yes', '--records', 'all']);
    const exitCode = await cutover.exited;
    const outcome = await migration.outcome();
    await migration.close();

    expect([exitCode, cutover.lines.at(-1)]).toEqual([0, expect.objectContaining({ ending: 'reached' })]);
    expect(cutover.lines.some(({ event }) => event === 'point-of-no-return')).toBe(false);
    expect(outcome).toMatchObject({ duplicated: 0, lost: 0 });
  });

  test('says what was copied twice where MM2 was started before the repair, and claims no success', async () => {
    const migration = await createMigration('hasty', 2_000);
    const replicator = await migration.startReplicator();
    const events = await migration.startEvents();
    await sleep(3_500);
    await replicator.kill();
    await events.idle();
    await events.stop();

    const cutover = startCommand([...migration.words, '--until', 'closed', '--yes']);
    expect(await cutover.exited).toBe(0);
    // Only then: before it copies, the command would ask whether to repair.
    await untilCopying(await migration.startMm2(), target, migration.names);
    const hasty = startCommand([...migration.words, '--records', 'all']);
    const exitCode = await hasty.exited;
    const outcome = await migration.outcome();
    await migration.close();

    expect(outcome.duplicated).toBeGreaterThan(0);
    expect(outcome.lost).toBe(0);
    expect([2, 3]).toContain(exitCode);
    expect(hasty.lines.at(-1)?.ending).not.toBe('reached');
  });

  test('copies nothing twice and loses nothing where Replicator was killed under load', async () => {
    const { migration, replicator, events } = loaded;
    const report = join(folder, 'killed-report.json');
    const cutover = startCommand([...migration.words, '--yes', '--records', 'all', '--report', report]);
    await cutover.until(({ state, status }) => state === 'replicator-stopped' && status === 'waiting');
    await replicator.kill();
    await cutover.until((line) => line.event === 'state' && line.state === 'closed');
    await events.stop();
    await cutover.until((line) => line.event === 'point-of-no-return');
    await migration.startMm2();
    const exitCode = await cutover.exited;
    const outcome = await migration.outcome();
    await migration.close();

    expect(cutover.errors()).toBe('');
    expect([exitCode, cutover.lines.at(-1)?.ending]).toEqual([0, 'reached']);
    expect(outcome).toMatchObject({ duplicated: 0, lost: 0 });
    const kept = JSON.parse(await readFile(report, 'utf8')) as CutoverReport;
    expect(kept).toMatchObject({ duplicated: 0, lost: 0 });
    expect(kept.changed.join()).toMatch(/MM2's next offset was set right: .* from \d+ to \d+/);
  });

  test('copies nothing twice and loses nothing whatever goes wrong on the way', async () => {
    const migration = await createMigration('troubled', 2_000);
    const first = await migration.startReplicator();
    const events = await migration.startEvents();
    await sleep(4_000);
    // The function is down from here on.
    await events.stop();
    await sleep(2_500);
    // Who stops Replicator knows that it is stopped; the clusters tell it only while there is something to copy.
    const words = [...migration.words, '--yes', '--confirm-stopped', '--records', 'all'];
    const killAt = async (is: (line: Line) => boolean, more: readonly string[] = []) => {
      const command = startCommand([...words, ...more]);
      await command.until(is);
      command.kill('SIGKILL');
      await command.exited;
      return command.lines;
    };

    await killAt(reaches('checked'));
    await first.stop();
    await killAt(reaches('replicator-stopped'));
    // Replicator is started again between two steps, and killed.
    const second = await migration.startReplicator();
    const moving = startCommand(words);
    await moving.until(({ status, reason }) => status === 'waiting' && reason?.startsWith('it flushes') === true);
    await second.kill();
    await moving.until(({ event, state }) => event === 'changed' && state === 'drained');
    moving.kill('SIGKILL');
    await killAt(({ event, state }) => event === 'question' && state === 'proven');
    const flag = join(folder, 'wait');
    await writeFile(flag, '');
    const postponed = startCommand([...words, '--postpone-file', flag]);
    await postponed.until(({ state, status }) => state === 'replicator-stopped' && status === 'waiting');
    await target.restart();
    await postponed.until(({ state, status }) => state === 'point-of-no-return' && status === 'waiting');
    // All of Replicator's offsets are delivered once more, after the repair.
    const again = await migration.startEvents(`${migration.group}-again`);
    await again.idle();
    await again.stop();
    await source.restart();
    await rm(flag);
    await postponed.until(({ event }) => event === 'point-of-no-return');
    postponed.kill('SIGINT');
    const interrupted = await postponed.exited;
    await migration.startMm2();
    const watching = startCommand(words);
    await watching.until(reaches('taken-over'));
    watching.kill('SIGKILL');
    await watching.exited;
    const last = startCommand(words);
    const exitCode = await last.exited;
    const outcome = await migration.outcome();
    await migration.close();

    expect([interrupted, postponed.lines.at(-1)]).toEqual([130, expect.objectContaining({ ending: 'interrupted' })]);
    expect([exitCode, last.lines.at(-1)]).toEqual([0, expect.objectContaining({ ending: 'reached' })]);
    expect(outcome).toMatchObject({ duplicated: 0, lost: 0 });
  });
});
