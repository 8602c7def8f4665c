import { expect, jest, test } from '@jest/globals';
import { endOffsets, topicContent } from '../../../local/demo/topic-content.ts';
import { useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(30_000);

const kafka = useKafka();

test('the content of a topic tells records apart by key and value, null and empty included', async () => {
  const topic = await kafka().createTopic({}, 2);
  const pairs = [
    ['a', 'b'],
    ['ab', ''],
    ['ab', null],
    [null, 'ab'],
  ] as const;
  await kafka().produce(
    topic,
    pairs.map(([key, value]) => ({ key, value, partition: 0 })),
  );

  const content = await topicContent(kafka().cluster, [topic]);

  expect(await endOffsets(kafka().cluster, [topic])).toEqual(
    new Map([
      [`${topic}-0`, 4n],
      [`${topic}-1`, 0n],
    ]),
  );
  expect(content.get(`${topic}-0`)?.map(({ offset }) => offset)).toEqual([0n, 1n, 2n, 3n]);
  expect(new Set(content.get(`${topic}-0`)?.map((record) => record.content)).size).toBe(4);
  expect(content.get(`${topic}-1`)).toEqual([]);
});
