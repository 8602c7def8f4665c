import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { sendInTransactions } from '../../../functions/writing/bounded-transactions.ts';
import type { FencedTransactions } from '../../../functions/writing/fencing.ts';
import { useKafka } from '../../kafka-fixture.ts';
import { createWrittenTopic, keyOf } from './written-topic.ts';

jest.setTimeout(60_000);

const kafka = useKafka();
let written: Awaited<ReturnType<typeof createWrittenTopic>>;
beforeAll(async () => {
  written = await createWrittenTopic(kafka(), 3);
});
afterAll(() => written.close());

/** Transactions that tell how many records each of their sends has, and fail at the n-th send. */
const counted = (failAt = Number.POSITIVE_INFINITY) => {
  const sends: number[][] = [];
  let count = 0;
  const transactions: FencedTransactions = {
    ...written.transactions,
    run: (work) => {
      const ofTransaction: number[] = [];
      sends.push(ofTransaction);
      return written.transactions.run((send) =>
        work(async (records) => {
          count += 1;
          if (count === failAt) {
            throw new Error('the brokers are gone');
          }
          ofTransaction.push(records.length);
          return await send(records);
        }),
      );
    },
  };
  return { transactions, sends };
};

const outgoing = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => written.outgoing(`${prefix}-${n}`));

describe('a batch', () => {
  test('is one send in one transaction where it is small, and tells what stands for each record', async () => {
    const { transactions, sends } = counted();
    const batch = outgoing('small', 10);

    const standing = await sendInTransactions(transactions, [written.topic], batch);

    expect(sends).toEqual([[10]]);
    expect([...standing]).toEqual(batch.map((one) => [one, one.record]));
    expect(written.topic.lastRecords.get(keyOf('small-9'))).toEqual(batch[9]?.record);
  });

  test('is no transaction at all where there is nothing to write', async () => {
    const { transactions, sends } = counted();

    await sendInTransactions(transactions, [written.topic], []);

    expect(sends).toEqual([]);
  });

  test('is several sends where it is large, in one transaction as long as that is short', async () => {
    const { transactions, sends } = counted();

    await sendInTransactions(transactions, [written.topic], outgoing('large', 10), {
      sendBytes: 1_000,
      workMs: 60_000,
    });

    expect(sends).toHaveLength(1);
    expect(sends.flat().length).toBeGreaterThan(2);
    expect(sends.flat().reduce((sum, records) => sum + records, 0)).toBe(10);
  });

  test('is sent one by one where every record is larger than a send', async () => {
    const { transactions, sends } = counted();

    await sendInTransactions(transactions, [written.topic], outgoing('huge', 3), { sendBytes: 1, workMs: 60_000 });

    expect(sends).toEqual([[1, 1, 1]]);
  });

  test('keeps what it has got through in time when the rest fails, and the rest is not taken for written', async () => {
    const { transactions } = counted(3);
    const batch = outgoing('slow', 5);

    const sent = sendInTransactions(transactions, [written.topic], batch, { sendBytes: 1, workMs: 0 });
    await expect(sent).rejects.toThrow('the brokers are gone');

    const known = batch.map(({ key }) => written.topic.lastRecords.get(key)?.kind);
    expect(known).toEqual(['ours', 'ours', undefined, undefined, undefined]);
    expect((await written.recordsOf('slow-1')).map(({ outcome }) => outcome)).toEqual(['committed']);
    expect(await written.recordsOf('slow-2')).toEqual([]);
  });

  test('that failed within a transaction leaves nothing that counts, and gets through when it is repeated', async () => {
    const failing = counted(2);
    const batch = outgoing('again', 3);
    const bounds = { sendBytes: 1, workMs: 60_000 };
    const sent = sendInTransactions(failing.transactions, [written.topic], batch, bounds);
    await expect(sent).rejects.toThrow('the brokers are gone');
    expect(written.topic.lastRecords.get(keyOf('again-0'))).toBeUndefined();

    await written.topic.catchUp();
    await sendInTransactions(counted().transactions, [written.topic], batch, bounds);

    expect((await written.recordsOf('again-0')).map(({ outcome }) => outcome)).toEqual(['aborted', 'committed']);
  });
});
