import { expect, jest, test } from '@jest/globals';
import { endOffsets, topicContent } from '../../../local/demo/topic-content.ts';
import { startTraffic } from '../../../local/demo/traffic.ts';
import { useKafka } from '../../kafka-fixture.ts';
import { eventually } from '../world/process/processes.ts';

jest.setTimeout(30_000);

const kafka = useKafka();

const total = (ends: ReadonlyMap<string, bigint>) => [...ends.values()].reduce((sum, end) => sum + end, 0n);

test('traffic fills all partitions but the empty ones, no record like another, and stops when it is told', async () => {
  const { cluster } = kafka();
  const traffic = await startTraffic(
    cluster,
    [
      { topic: 'a', partitions: 2 },
      { topic: 'b.c', partitions: 2, empty: [1] },
    ],
    200,
  );
  await eventually('traffic flows', () => traffic.records > 0);
  await traffic.pause();
  const paused = traffic.records;
  const endsOfPause = await endOffsets(cluster, ['a', 'b.c']);
  expect(traffic.records).toBe(paused);
  traffic.resume();
  await eventually('traffic flows again', () => traffic.records > paused);
  await traffic.stop();

  const ends = await endOffsets(cluster, ['a', 'b.c']);
  const content = await topicContent(cluster, ['a', 'b.c']);

  expect(total(endsOfPause)).toBe(BigInt(paused));
  expect(ends.get('b.c-1')).toBe(0n);
  expect(total(ends)).toBe(BigInt(traffic.records));
  const all = [...content.values()].flat();
  expect(all).toHaveLength(traffic.records);
  expect(new Set(all.map((record) => record.content)).size).toBe(all.length);
});
