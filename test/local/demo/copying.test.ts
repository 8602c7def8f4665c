import { expect, jest, test } from '@jest/globals';
import { unrestOf, untilAtRest } from '../../../local/demo/copying.ts';
import { useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(30_000);

const kafka = useKafka();

/** What is copied from a topic to itself: it has come as soon as it is there. */
const copiedToItself = async () => {
  const { cluster, createTopic } = kafka();
  const [topic, mm2OffsetsTopic] = [await createTopic(), await createTopic()];
  return { source: cluster, target: cluster, topics: [topic], mm2OffsetsTopic, topic };
};

test('what has been copied is at rest', async () => {
  const { topic, ...copied } = await copiedToItself();
  await kafka().produce(topic, [{ key: 'k', value: 'v' }]);

  await expect(untilAtRest(copied)).resolves.toBeUndefined();
});

test("what does not come to rest in its time is an error, which says how MM2's offsets topic still grows", async () => {
  const { topic: _topic, ...copied } = await copiedToItself();
  let isWriting = true;
  const writing = (async () => {
    while (isWriting) {
      await kafka().produce(copied.mm2OffsetsTopic, [{ key: 'k', value: 'v' }]);
    }
  })();

  const resting = untilAtRest(copied, 1_000);

  await expect(resting).rejects.toThrow(
    new RegExp(
      `^the copying has not come to rest within 1000 ms: ${copied.mm2OffsetsTopic}-0 has just grown by \\d+ records$`,
    ),
  );
  isWriting = false;
  await writing;
});

test('every partition that lacks records or grows is named, with how many', () => {
  const wanted = new Map([
    ['orders-0', 12n],
    ['orders-1', 5n],
    ['orders-2', 3n],
  ]);
  const ends = new Map([
    ['orders-0', 7n],
    ['orders-1', 9n],
    ['mm2-offsets.primary.internal-4', 100n],
  ]);
  const arrived = new Map([['orders-1', 4n]]);

  expect(unrestOf({ wanted, ends, arrived })).toBe(
    'orders-0 lacks 5 of 12 records, orders-2 lacks 3 of 3 records, orders-1 has just grown by 4 records',
  );
});
