import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { createLookout, type DetailedLook } from '../../../cli/cutover/lookout.ts';
import type { Inputs } from '../../../cli/inputs.ts';
import { parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import { placeHeader } from '../../../functions/offsets/provenance.ts';
import { useKafka } from '../../kafka-fixture.ts';

const kafka = useKafka();
let admin: Admin;
beforeAll(async () => {
  admin = kafka().kafka.admin();
  await admin.connect();
});
afterAll(() => admin?.disconnect());

const PLACE = { eventSource: 'arn', topic: 'connect-offsets', partition: 0, offset: 0n, timestamp: 0 };
const TIMEOUT_MS = 20_000;

/** Topics of their own on the one broker, which is both clusters. */
const createWorld = async () => {
  const topic = await kafka().createTopic();
  const replicatorOffsetsTopic = await kafka().createTopic({ 'cleanup.policy': 'compact' });
  const offsetsTopic = await kafka().createTopic({ 'cleanup.policy': 'compact' });
  const group = `sync-${randomUUID()}`;
  const configuration = parseConfiguration('the test', {
    replicatorOffsetsTopic,
    flows: [{ mm2: { runsAs: 'dedicated', offsetsTopic } }],
  });
  const createWith = (connectors: readonly string[], uncopiedForMs = 0) => {
    const flows = connectors.map((replicatorConnector) => ({
      replicatorConnector,
      mm2: { runsAs: 'dedicated', offsetsTopic },
      ...(replicatorConnector !== 'replicator' && { name: replicatorConnector, sourceAlias: replicatorConnector }),
    }));
    const of = parseConfiguration('the test', { replicatorOffsetsTopic, flows });
    return createLookout({ ...inputs, configuration: of, flows: of.flows }, { uncopiedForMs });
  };
  const connect = (name: 'source' | 'target') => async () => ({
    name,
    brokers: kafka().cluster.brokers,
    security: {},
    credentials: 'none',
  });
  const inputs: Inputs = {
    configuration,
    flows: configuration.flows,
    replicatorOffsetsTopic,
    group,
    eventSource: undefined,
    mm2: undefined,
    replicator: undefined,
    findings: [],
    source: connect('source'),
    target: connect('target'),
  };
  const lookout = createLookout(inputs, { uncopiedForMs: 0 });
  const key = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition: 0 });
  return {
    topic,
    replicatorOffsetsTopic,
    offsetsTopic,
    group,
    key,
    lookWith: (connectors: readonly string[], uncopiedForMs?: number) => {
      const other = createWith(connectors, uncopiedForMs);
      return (): Promise<DetailedLook> => other.look(TIMEOUT_MS);
    },
    look: (): Promise<DetailedLook> => lookout.look(TIMEOUT_MS),
    flush: (offset: bigint, connector = 'replicator') =>
      kafka().produce(replicatorOffsetsTopic, [
        { key: JSON.stringify([connector, { topic, partition: 0 }]), value: `{"offset":${offset}}` },
      ]),
    sync: (offset: bigint) =>
      kafka().produce(offsetsTopic, [{ key, value: mm2Value(offset), headers: { ...placeHeader(PLACE) } }]),
  };
};

describe('looking again and again', () => {
  test('changes a mark with what it is of, and with nothing else', async () => {
    const { look, flush, sync, topic, offsetsTopic } = await createWorld();
    await flush(1n);
    const first = await look();
    const second = await look();
    await flush(7n, 'another connector');
    await kafka().produce(offsetsTopic, [{ key: '["another",{"cluster":"primary"}]', value: '{"offset":1}' }]);
    const third = await look();
    await flush(1n);
    const flushed = await look();
    await sync(1n);
    const synced = await look();
    await kafka().produce(topic, [{ key: null, value: 'a copy' }]);
    const copied = await look();

    expect([second.marks, third.marks]).toEqual([first.marks, first.marks]);
    const changedIn = (one: DetailedLook, other: DetailedLook) =>
      (['replicator', 'target', 'mm2'] as const).filter((name) => one.marks[name] !== other.marks[name]);
    expect([changedIn(third, flushed), changedIn(flushed, synced), changedIn(synced, copied)]).toEqual([
      ['replicator'],
      ['mm2'],
      ['target'],
    ]);
  });

  test('changes the source’s mark where retention passes what MM2 has to go on at, and with a topic created anew', async () => {
    const { look, flush, topic } = await createWorld();
    await kafka().produce(
      topic,
      ['a', 'b', 'c'].map((value) => ({ key: null, value })),
    );
    await flush(0n);
    const removeBefore = (offset: string) =>
      admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
    await admin.fetchTopicOffsets(topic);
    const before = await look();
    await removeBefore('1');
    const upToIt = await look();
    await removeBefore('2');
    const past = await look();
    await admin.deleteTopics({ topics: [topic] });
    while ((await admin.listTopics()).includes(topic)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await kafka().createTopic({}, 1, topic);
    const anew = await look();

    expect(upToIt.marks.source).toBe(before.marks.source);
    expect(new Set([before, past, anew].map(({ marks }) => marks.source)).size).toBe(3);
  });

  test('tells what the sync has still to write, and what somebody else has written', async () => {
    const { look, flush, sync, topic, key, offsetsTopic } = await createWorld();
    await flush(1n);
    const before = await look();
    await sync(1n);
    const after = await look();
    await kafka().produce(offsetsTopic, [{ key, value: mm2Value(5n) }]);
    const takenOver = await look();

    expect([before.behind, after.behind, takenOver.behind]).toEqual([[`${topic}-0`], [], []]);
    expect([after.takenOver, takenOver.takenOver]).toEqual([[], [`${topic}-0`]]);
    expect(takenOver.places).toEqual([expect.objectContaining({ replicatorNext: 2n, syncedNext: 2n, targetEnd: 0n })]);
  });

  test('reads a transaction that was open once more', async () => {
    const { look, flush, key, topic, offsetsTopic } = await createWorld();
    await flush(1n);
    const transaction = await kafka().openTransaction(offsetsTopic, [
      { key, value: mm2Value(1n), headers: { ...placeHeader(PLACE) } },
    ]);
    const open = await look();
    await transaction.commit();
    // The marker comes after the answer.
    let committed = await look();
    while (committed.marks.mm2 === open.marks.mm2) {
      committed = await look();
    }

    expect([committed.behind, committed.places[0]?.syncedNext]).toEqual([[], 2n]);
    expect(topic).not.toBe('');
  });

  test('reads a topic that was created anew from its beginning', async () => {
    const { look, flush, replicatorOffsetsTopic, topic } = await createWorld();
    await flush(1n);
    await flush(2n);
    const before = await look();
    await admin.deleteTopics({ topics: [replicatorOffsetsTopic] });
    while ((await admin.listTopics()).includes(replicatorOffsetsTopic)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const gone = await look();
    await kafka().createTopic({ 'cleanup.policy': 'compact' }, 1, replicatorOffsetsTopic);
    await flush(0n);
    const anew = await look();

    expect(before.places[0]?.replicatorNext).toBe(3n);
    expect(gone.places).toEqual([]);
    expect(anew.places[0]?.replicatorNext).toBe(1n);
    expect(new Set([before, gone, anew].map(({ marks }) => marks.replicator)).size).toBe(3);
    expect(topic).not.toBe('');
  });

  test('sees who is in the event source’s group, and what is left to deliver', async () => {
    const { look, flush, group, replicatorOffsetsTopic } = await createWorld();
    await flush(1n);
    const absent = await look();
    const consumer = kafka().kafka.consumer({ groupId: group });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.connect();
    await consumer.subscribe({ topics: [replicatorOffsetsTopic], fromBeginning: true });
    await consumer.run({ eachMessage: async () => undefined });
    await joined;
    const present = await look();
    await consumer.commitOffsets([{ topic: replicatorOffsetsTopic, partition: 0, offset: '1' }]);
    await consumer.disconnect();
    await flush(2n);
    const left = await look();

    expect([absent.eventGroup, absent.undelivered]).toEqual([{ kind: 'absent', group }, undefined]);
    expect(present.eventGroup).toEqual({ kind: 'members', group, members: 1 });
    expect([left.eventGroup, left.undelivered]).toEqual([{ kind: 'empty', group }, 1n]);
  });

  test('takes neither a marker nor an aborted record for something that is left to copy', async () => {
    const { look, flush, topic } = await createWorld();
    const first = await kafka().openTransaction(topic, [{ key: null, value: 'copied' }]);
    await first.commit();
    await flush(0n);
    const idle = await look();
    const aborted = await kafka().openTransaction(topic, [{ key: null, value: 'never' }]);
    await aborted.abort();
    const stillIdle = await look();
    await kafka().produce(topic, [{ key: null, value: 'uncopied' }]);
    const left = await look();
    const again = await look();
    await flush(4n);
    const copied = await look();

    expect([idle, stillIdle, left, again, copied].map(({ hasUncopied }) => hasUncopied)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  test('does not take what one connector has left for a sign of another', async () => {
    const { lookWith, flush, topic } = await createWorld();
    await kafka().produce(topic, [
      { key: null, value: 'a' },
      { key: null, value: 'b' },
    ]);
    const look = lookWith(['replicator', 'other']);
    await flush(0n);
    const unseen = await look();
    await flush(1n, 'other');
    const idle = await look();
    await flush(0n, 'other');
    const both = await look();

    expect([unseen, idle, both].map(({ hasUncopied }) => hasUncopied)).toEqual([false, false, true]);
  });

  test('does not take a record that has just come for one that is left alone', async () => {
    const { lookWith, flush, topic } = await createWorld();
    await kafka().produce(topic, [
      { key: null, value: 'a' },
      { key: null, value: 'b' },
    ]);
    await flush(0n);
    const look = lookWith(['replicator'], 300);
    const fresh = await look();
    let later = await look();
    while (!later.hasUncopied) {
      later = await look();
    }

    expect(fresh.hasUncopied).toBe(false);
  });
});
