import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createPartitioner } from '../../../functions/kafka/partitioner.ts';
import type { LogRecord } from '../../../functions/kafka/topic-log.ts';
import type { PartitionState } from '../../../functions/readiness/partition-state.ts';
import { replicatorKey } from '../../../functions/readiness/replicator-key.ts';
import { createReplicatorProgress, partitionName } from '../../../functions/readiness/replicator-progress.ts';
import { planWayBack } from '../../../functions/readiness/way-back.ts';
import { openReadingCluster, type ReadingCluster } from '../../../functions/verify/reading-cluster.ts';
import { writeWayBack } from '../../../functions/writing/write-way-back.ts';
import { type ConnectWorker, startConnectWorker } from '../../../local/world/connect/connect-worker.ts';
import { positionsConfig, withPositionsConnector } from '../../../local/world/connect/positions-connector.ts';
import { useKafka } from '../../kafka-fixture.ts';
import { aFlow } from '../a-flow.ts';

jest.setTimeout(90_000);

const kafka = useKafka();
let cluster: ReadingCluster;
let worker: ConnectWorker;
beforeAll(async () => {
  const { name, bootstrapServers, nodes, folder, distribution: plain } = kafka().cluster;
  cluster = await openReadingCluster(kafka().kafka);
  const distribution = await withPositionsConnector(plain, folder);
  worker = await startConnectWorker({ cluster: { name, bootstrapServers, nodes, folder, distribution } });
}, 90_000);
afterAll(async () => {
  await worker?.kill();
  await cluster?.close();
});

const CONNECT_OFFSETS = 'connect-offsets';
const FLOW = aFlow();
const PARTITIONS = [0, 1, 2];
const source = (partition: number) => ({ topic: 'orders', partition });
const keyOf = (partition: number) => replicatorKey(FLOW.replicatorConnector, source(partition));

const readAll = async (topic: string): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = [];
  const { starts, ends } = await cluster.log.extent(topic);
  await cluster.log.read(topic, starts, ends, (record) => records.push(record));
  return records;
};
/** Waits until a topic has so many records. */
const untilRead = async (topic: string, count: number): Promise<readonly LogRecord[]> => {
  for (;;) {
    const records = (await cluster.topics()).has(topic) ? await readAll(topic) : [];
    if (records.length >= count) {
      return records;
    }
    await sleep(100);
  }
};
const textsOf = (records: readonly LogRecord[]) => records.map(({ value }) => String(value)).sort();

/** Each partition's state, of which it is proven how far it has been copied. */
const statesOf = async (nexts: readonly bigint[]): Promise<readonly PartitionState[]> => {
  const progress = createReplicatorProgress(new Map([[FLOW.replicatorConnector, FLOW.tombstones]]));
  for (const record of await readAll(CONNECT_OFFSETS)) {
    progress.read(record);
  }
  const { keys } = progress.of(FLOW.replicatorConnector);
  return nexts.map((next, partition) => ({
    flow: FLOW.name,
    source: source(partition),
    replicator: undefined,
    replicatorKeys: keys.get(partitionName(source(partition))) ?? [],
    mm2: undefined,
    unreachable: [],
    range: { start: 0n, end: 1_000n },
    evidence: { kind: 'compared', proof: { kind: 'proven', next, compared: 1, gaps: [] } },
  }));
};

test("a connector with keys of Replicator's form goes on where it is told, on a real Connect worker", async () => {
  const config = positionsConfig({ topic: 'orders', partitions: 2, firstOffset: 9, foundTopic: 'found' });
  await kafka().createTopic({}, 1, 'found');
  await worker.createConnector('replicator', config);
  const atFirst = textsOf(await untilRead('found', 2));
  await worker.stopConnector('replicator');
  const stored = await readAll(CONNECT_OFFSETS);
  // Connect's REST interface writes another key, which no task ever reads.
  await worker.ask('PATCH', '/connectors/replicator/offsets', {
    offsets: [{ partition: source(0), offset: { offset: 500 } }],
  });
  const { ends } = await cluster.log.extent(CONNECT_OFFSETS);

  // Act
  const plan = planWayBack(await statesOf([42n, 10n, 77n]), {
    flows: [FLOW],
    movementOf: () => undefined,
    partitionOf: createPartitioner(ends.size),
    groupOf: () => undefined,
    committed: () => undefined,
  });
  const target = { kafka: kafka().kafka, transactionalId: 'way-back', replicatorOffsetsTopic: CONNECT_OFFSETS };
  await writeWayBack(target, plan.restorations);
  await worker.ask('PUT', '/connectors/replicator/config', { ...config, 'source.partitions': '3' });
  await worker.resumeConnector('replicator');
  const found = textsOf((await untilRead('found', 5)).slice(2));

  // Assess
  expect(atFirst).toEqual(['orders-0: nothing', 'orders-1: nothing']);
  expect(stored.map(({ key }) => String(key)).sort()).toEqual([keyOf(0), keyOf(1)]);
  expect(plan).toMatchObject({
    restorations: [
      { source: source(0), cause: 'ambiguous-key', records: [{ value: '{"offset":41}' }, { value: null }] },
      { source: source(2), cause: 'missing', records: [{ value: '{"offset":76}' }] },
    ],
    right: [{ source: source(1), next: 10n }],
  });
  expect(found).toEqual(['orders-0: 41', 'orders-1: 9', 'orders-2: 76']);
  // One key, in one partition, for each source partition: where the worker wrote it, or would have.
  const last = new Map((await readAll(CONNECT_OFFSETS)).map((one) => [`${one.partition} ${one.key}`, one]));
  const standing = [...last.values()].filter(({ value }) => value !== null).map(({ key }) => String(key));
  expect(standing.sort()).toEqual(PARTITIONS.map(keyOf));
});
