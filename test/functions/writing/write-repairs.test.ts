import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { deadlineIn } from '../../../functions/deadline.ts';
import { createKafka } from '../../../functions/kafka/client.ts';
import type { Flow } from '../../../functions/offsets/flow.ts';
import { mm2Key } from '../../../functions/offsets/mm2-record.ts';
import type { Translation } from '../../../functions/offsets/translate.ts';
import { planRepairs, type Repair } from '../../../functions/readiness/repairs.ts';
import { readState } from '../../../functions/verify/reading.ts';
import { openReadingCluster, type ReadingCluster } from '../../../functions/verify/reading-cluster.ts';
import { type Connection, connect } from '../../../functions/writing/connection.ts';
import { writeRepairs } from '../../../functions/writing/write-repairs.ts';
import { type TestRecord, useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(60_000);

const kafka = useKafka();
const closers: (() => Promise<void>)[] = [];
let cluster: ReadingCluster;
beforeAll(async () => {
  cluster = await openReadingCluster(kafka().kafka);
}, 30_000);
afterAll(async () => {
  await cluster?.close();
  await Promise.allSettled(closers.map((close) => close()));
});

const log = { debug: () => undefined, warn: () => undefined };
const EVENT_SOURCE = 'arn:aws:kafka:eu-west-1:123456789012:cluster/target/1';
const recordsOf = (count: number): readonly TestRecord[] =>
  Array.from({ length: count }, (_, n) => ({ key: null, value: `record ${n}`, timestamp: 1_700_000_000_000 + n }));

/**
 * A Replicator that has copied 18 of 20 records and was killed: its stored offset is 9, and the function has written that
 * to MM2's topic. One broker is both clusters, where the copy has another name.
 */
const afterKill = async () => {
  const topic = await kafka().createTopic();
  const copy = await kafka().createTopic({}, 1, `${topic}.copy`);
  const connectOffsets = await kafka().createTopic({ 'cleanup.policy': 'compact' });
  const offsetsTopic = await kafka().createTopic({ 'cleanup.policy': 'compact' }, 3);
  const name = `repair-${randomUUID()}`;
  const configuration = parseConfiguration('test', {
    name,
    flows: [{ mm2: { runsAs: 'dedicated', offsetsTopic } }],
    replicatorOffsetsTopic: connectOffsets,
  });
  const [flow] = configuration.flows as [Flow];
  const key = mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, topic, partition: 0 });
  await kafka().produce(topic, recordsOf(20));
  await kafka().produce(copy, recordsOf(18));
  const flushedAt = Date.now();
  const flush = (offset: bigint, at: number) =>
    kafka().produce(connectOffsets, [
      { key: `["replicator",{"topic":"${topic}","partition":0}]`, value: `{"offset":${offset}}`, timestamp: at },
    ]);
  await flush(9n, flushedAt);

  const open = async (): Promise<Connection> => {
    const connection = await connect({
      kafka: createKafka(name, kafka().cluster.brokers, {}, log),
      configuration,
      deadline: deadlineIn(30_000),
      log,
      known: new Map(),
    });
    closers.push(() => connection.close());
    return connection;
  };
  /** What the event source's record comes to: the n-th flush. */
  const translation = (place: number, offset: bigint): Translation => ({
    flow,
    key,
    value: `{"offset":${offset}}`,
    place: {
      eventSource: EVENT_SOURCE,
      topic: connectOffsets,
      partition: 0,
      offset: BigInt(place),
      timestamp: flushedAt + place,
    },
  });
  const firstFlush = translation(0, 9n);
  const read = () =>
    readState({
      target: cluster,
      source: cluster,
      flows: configuration.flows,
      replicatorOffsetsTopic: connectOffsets,
      records: 1_000,
      targetTopic: (_flow, source) => `${source}.copy`,
    });
  /** MM2's stored offset, and its writer, as verify sees them once the last transaction has its markers. */
  const stored = async () => {
    for (;;) {
      const mm2 = (await read()).states[0]?.mm2;
      if (!mm2?.ambiguity?.includes('still open')) {
        return mm2;
      }
      await sleep(50);
    }
  };
  const plan = async (): Promise<readonly Repair[]> => {
    await stored();
    const { states, eventSources } = await read();
    const [eventSource] = eventSources;
    return planRepairs(states, {
      flows: configuration.flows,
      replicatorOffsetsTopic: connectOffsets,
      eventSource,
      movementOf: () => undefined,
    }).repairs;
  };
  const deployed = await open();
  await deployed.writer.write([firstFlush]);
  return {
    plan,
    open,
    flush,
    firstFlush,
    secondFlush: translation(1, 19n),
    stored,
    /** An instance of the function that was fenced long ago and is invoked with the very same records. */
    deliverAgain: async (...translations: readonly Translation[]) => {
      const { writer } = await open();
      return await writer.write(translations);
    },
    somebodyWrites: (value: string) => kafka().produce(offsetsTopic, [{ key, value }]),
  };
};

describe('a repair', () => {
  test('writes the true offset, which stays when everything is delivered once more, until Replicator flushes', async () => {
    const world = await afterKill();
    const repairs = await world.plan();
    const { writer } = await world.open();

    // Act
    const repaired = await writeRepairs(writer, repairs);
    const again = await writeRepairs(writer, repairs);

    // Assess
    expect(repairs).toMatchObject([{ cause: 'stale', next: 18n, place: { eventSource: EVENT_SOURCE, isProof: true } }]);
    expect(repaired).toEqual([{ repair: repairs[0], kind: 'written' }]);
    expect(again).toEqual([{ repair: repairs[0], kind: 'left' }]);
    expect(await world.stored()).toEqual({
      stored: { kind: 'usable', offset: 17n },
      by: 'the-sync',
      ambiguity: undefined,
    });
    expect(await world.plan()).toEqual([]);

    // A repeat leaves it, and a later flush does not.
    expect(await world.deliverAgain(world.firstFlush)).toMatchObject({ repeated: [world.firstFlush], stale: [] });
    expect(await world.stored()).toMatchObject({ stored: { offset: 17n } });
    expect(await world.deliverAgain(world.firstFlush, world.secondFlush)).toMatchObject({
      written: [world.secondFlush],
    });
    expect(await world.stored()).toMatchObject({ stored: { offset: 19n } });
  });

  test('takes the transactional id back from a function that was invoked meanwhile', async () => {
    const world = await afterKill();
    const repairs = await world.plan();
    const { writer } = await world.open();
    await world.deliverAgain(world.firstFlush);

    const repaired = await writeRepairs(writer, repairs);

    expect(repaired).toMatchObject([{ kind: 'written' }]);
    expect(await world.stored()).toMatchObject({ stored: { offset: 17n } });
  });

  test('leaves what somebody else has written since it was planned', async () => {
    const world = await afterKill();
    const repairs = await world.plan();
    await world.somebodyWrites('{"offset":12}');
    const { writer } = await world.open();

    const repaired = await writeRepairs(writer, repairs);

    expect(repaired).toMatchObject([{ kind: 'taken-over' }]);
    expect(await world.stored()).toMatchObject({ stored: { offset: 12n }, by: 'somebody-else' });
  });

  test('leaves what Replicator has flushed and the function has written since it was planned', async () => {
    const world = await afterKill();
    const repairs = await world.plan();
    await world.deliverAgain(world.secondFlush);
    const { writer } = await world.open();

    const repaired = await writeRepairs(writer, repairs);

    expect(repaired).toMatchObject([{ kind: 'left' }]);
    expect(await world.stored()).toMatchObject({ stored: { offset: 19n } });
  });
});
