import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mm2Key } from '../../../functions/offsets/mm2-record.ts';
import { markRest, movementSince, type Watched } from '../../../functions/verify/at-rest.ts';
import { openReadingCluster, type ReadingCluster } from '../../../functions/verify/reading-cluster.ts';
import { type TestRecord, useKafka } from '../../kafka-fixture.ts';
import { aFlow } from '../a-flow.ts';

jest.setTimeout(60_000);

const kafka = useKafka();
let cluster: ReadingCluster;
beforeAll(async () => {
  cluster = await openReadingCluster(kafka().kafka);
}, 30_000);
afterAll(async () => {
  await cluster?.close();
});

const FLOW = aFlow();
const OTHER_FLOW = aFlow({ name: 'other', replicatorConnector: 'other-replicator', mm2Connector: 'other-mm2' });
const RECORD: TestRecord = { key: 'k', value: 'v' };

const flushOf = (connector: string): TestRecord => ({
  key: `["${connector}",{"topic":"orders","partition":0}]`,
  value: '{"offset":7}',
});

/** What somebody does between the mark and the second look. */
type Act = (topics: {
  readonly copy: string;
  readonly other: string;
  readonly offsets: string;
  readonly mm2: string;
}) => Promise<unknown>;

/** What moved of two flows and two copies while somebody did something. */
const movementWhile = async (act: Act, watchesMm2 = false) => {
  const offsets = await kafka().createTopic({ 'cleanup.policy': 'compact' }, 3);
  const mm2 = await kafka().createTopic({ 'cleanup.policy': 'compact' }, 3);
  const [copy, other] = [await kafka().createTopic({}, 2), `other-${randomUUID()}`];
  await kafka().produce(offsets, [flushOf('replicator')]);
  await kafka().produce(copy, [RECORD]);
  const watched: Watched = {
    flows: [FLOW, OTHER_FLOW].map((flow) => ({ ...flow, offsetsTopic: mm2 })),
    watchesMm2,
    replicatorOffsetsTopic: offsets,
    targetTopics: new Set([copy, other]),
  };

  const mark = await markRest(cluster, watched);
  await act({ copy, other, offsets, mm2 });
  const movement = await movementSince(cluster, mark);

  const [flow = FLOW, otherFlow = OTHER_FLOW] = watched.flows;
  return { movement, copy, other, offsets, mm2, flow, otherFlow };
};

const withAdmin = async (work: (admin: ReturnType<ReturnType<typeof kafka>['kafka']['admin']>) => Promise<unknown>) => {
  const admin = kafka().kafka.admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
};

describe('a boundary', () => {
  test('is at rest where nothing was appended, whatever else happens on the cluster', async () => {
    const { movement, copy, other } = await movementWhile(async ({ offsets }) => {
      await kafka().produce(await kafka().createTopic(), [RECORD]);
      await kafka().produce(offsets, [flushOf('a-sink'), { key: 'no key', value: null }]);
    });

    expect(movement.moved).toEqual([]);
    expect(movement.of(FLOW, copy, 0)).toBeUndefined();
    expect(movement.of(FLOW, other, 0)).toBeUndefined();
    expect(movement.of(FLOW, 'a-new-topic', 0)).toBe('"a-new-topic" was not watched');
  });

  test("moves for all of a flow's partitions where its connector flushes, and for no other flow", async () => {
    const { movement, copy, offsets } = await movementWhile(({ offsets: topic }) =>
      kafka().produce(topic, [flushOf('replicator'), flushOf('replicator')]),
    );

    const moved = `the connector "replicator" has flushed 2 offsets to "${offsets}" while it was watched: it is not stopped`;
    expect(movement.moved).toEqual([moved]);
    expect(movement.of(FLOW, copy, 1)).toBe(moved);
    expect(movement.of(OTHER_FLOW, copy, 1)).toBeUndefined();
  });

  test('moves for the partition to which something was appended, and for no other one', async () => {
    const { movement, copy } = await movementWhile(({ copy: topic }) =>
      kafka().produce(topic, [
        { ...RECORD, partition: 1 },
        { ...RECORD, partition: 1 },
      ]),
    );

    const moved = `partition 1 of "${copy}" has got 2 more offsets while it was watched`;
    expect(movement.moved).toEqual([moved]);
    expect(movement.of(FLOW, copy, 0)).toBeUndefined();
    expect(movement.of(OTHER_FLOW, copy, 1)).toBe(moved);
  });

  test.each([true, false])('moves where MM2 writes to its offsets topic, if that is watched: %s', async (isWatched) => {
    const key = mm2Key({ connector: FLOW.mm2Connector, sourceAlias: FLOW.sourceAlias, topic: 'orders', partition: 0 });
    const { movement, copy, mm2, flow, otherFlow } = await movementWhile(async ({ mm2: topic }) => {
      await kafka().produce(topic, [
        { key, value: '{"offset":7}' },
        { key: 'another', value: '{}' },
      ]);
    }, isWatched);

    const moved = `MM2, or the sync, has written to "${mm2}" while it was watched: it is not stopped`;
    expect(movement.moved).toEqual(isWatched ? [moved] : []);
    expect(movement.of(flow, copy, 0)).toBe(isWatched ? moved : undefined);
    expect(movement.of(otherFlow, copy, 0)).toBeUndefined();
  });

  test.each<[string, Act, string]>([
    ['is created', ({ other }) => kafka().createTopic({}, 1, other), 'other-'],
    [
      'is created anew',
      async ({ copy }) => {
        await withAdmin((admin) => admin.deleteTopics({ topics: [copy] }));
        await kafka().createTopic({}, 2, copy);
      },
      'topic-',
    ],
    [
      'gets another partition',
      ({ copy }) => withAdmin((admin) => admin.createPartitions({ topicPartitions: [{ topic: copy, count: 3 }] })),
      'topic-',
    ],
  ])('moves where the topic of the copies %s', async (_what, act, prefix) => {
    const { movement } = await movementWhile(act);

    expect(movement.moved).toEqual([expect.stringContaining(`"${prefix}`)]);
  });

  test("moves for every flow where Replicator's offsets topic is created anew", async () => {
    const { movement, copy, offsets } = await movementWhile(async ({ offsets: topic }) => {
      await withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
      await kafka().createTopic({ 'cleanup.policy': 'compact' }, 3, topic);
    });

    expect(movement.moved).toEqual([`"${offsets}" was deleted and created anew`]);
    expect(movement.of(OTHER_FLOW, copy, 0)).toBe(movement.moved[0]);
  });

  // kafkajs's producers refuse everything while one of their topics is gone, so this comes last.
  test('moves where the topic of the copies is deleted', async () => {
    const { movement, copy } = await movementWhile(({ copy: topic }) =>
      withAdmin((admin) => admin.deleteTopics({ topics: [topic] })),
    );

    expect(movement.moved).toEqual([`"${copy}" was deleted`]);
    expect(movement.of(FLOW, copy, 0)).toBe(movement.moved[0]);
  });
});
