import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { KafkaError } from '../../../functions/errors.ts';
import { PROVENANCE_HEADER } from '../../../functions/offsets/provenance.ts';
import { type Outgoing, sendAll } from '../../../functions/writing/lost-races.ts';
import { useKafka } from '../../kafka-fixture.ts';
import { createWrittenTopic, keyOf } from './written-topic.ts';

jest.setTimeout(60_000);

const kafka = useKafka();
let written: Awaited<ReturnType<typeof createWrittenTopic>>;
beforeAll(async () => {
  written = await createWrittenTopic(kafka(), 3);
});
afterAll(() => written.close());

/** Sends, and has somebody meddle right before the first send, the second and so on. */
const sendAmid = async (outgoing: readonly Outgoing[], ...meddling: readonly (() => Promise<void>)[]) => {
  await written.topic.catchUp();
  let sends = 0;
  try {
    const standing = await written.transactions.run((send) =>
      sendAll(async (records) => {
        await meddling[sends]?.();
        sends += 1;
        return await send(records);
      }, outgoing),
    );
    written.topic.committed();
    return { standing, sends };
  } catch (error) {
    written.topic.failed();
    throw error;
  }
};

const somebodyWrites =
  (source: string, value: string | null, fields: { readonly partition?: number; readonly headers?: object } = {}) =>
  async () => {
    await kafka().produce(written.name, [{ key: keyOf(source), value, ...fields, headers: { ...fields.headers } }]);
  };

const valuesOf = async (source: string) => (await written.recordsOf(source)).map(({ value }) => value);

describe('a send', () => {
  test('that nobody comes before is the only one', async () => {
    const one = written.outgoing('alone');

    const { standing, sends } = await sendAmid([one]);

    expect(sends).toBe(1);
    expect(standing.get(one)).toBe(one.record);
  });

  test('puts back what somebody else wrote before it, as often as somebody does', async () => {
    const [one, other] = [written.outgoing('busy'), written.outgoing('calm')];

    const { standing, sends } = await sendAmid(
      [one, other],
      somebodyWrites('busy', '{"offset":20}'),
      somebodyWrites('busy', '{"offset":30}'),
      somebodyWrites('busy', null),
    );

    expect(sends).toBe(4);
    expect(await valuesOf('busy')).toEqual([
      ...['{"offset":20}', '{"offset":7}', '{"offset":30}', '{"offset":20}'],
      ...[null, '{"offset":30}', null],
    ]);
    expect(standing.get(one)).toMatchObject({ kind: 'theirs', value: null });
    expect(await valuesOf('calm')).toEqual(['{"offset":7}']);
    expect(standing.get(other)).toBe(other.record);
  });

  test('puts it back in every partition that it was written to', async () => {
    const [home = 0] = written.topic.partitionsFor(keyOf('moved'));
    const partitions = [home, (home + 1) % 3];
    const one = written.outgoing('moved', { partitions });

    await sendAmid([one], somebodyWrites('moved', '{"offset":20}', { partition: home }));

    const last = new Map((await written.recordsOf('moved')).map(({ partition, value }) => [partition, value]));
    expect(last).toEqual(new Map(partitions.map((partition) => [partition, '{"offset":20}'])));
  });

  test('notices what came before it in a partition to which it sent another key', async () => {
    const [home = 0] = written.topic.partitionsFor(keyOf('elsewhere'));
    const neighbour = written.outgoing('neighbour', { partitions: [(home + 1) % 3] });
    const one = written.outgoing('elsewhere');

    await sendAmid([one, neighbour], somebodyWrites('elsewhere', '{"offset":20}', { partition: (home + 1) % 3 }));

    expect((await valuesOf('elsewhere')).at(-1)).toBe('{"offset":20}');
    expect(written.topic.lastRecords.get(keyOf('elsewhere'))).toMatchObject({ kind: 'theirs' });
  });

  test("wins over a hand-over that comes before it: the key is the sync's to write", async () => {
    const one = written.outgoing('handed');
    await somebodyWrites('handed', '{"offset":20}')();
    const handingBack = somebodyWrites('handed', null, { headers: { [PROVENANCE_HEADER]: 'handed-back' } });

    const { standing } = await sendAmid([one], handingBack);

    expect((await valuesOf('handed')).at(-1)).toBe('{"offset":7}');
    expect(standing.get(one)).toBe(one.record);
  });

  test("gives up where the key is handed back while somebody else's value is being put back: the batch is repeated", async () => {
    const one = written.outgoing('given-back');
    const handingBack = somebodyWrites('given-back', null, { headers: { [PROVENANCE_HEADER]: 'handed-back' } });

    const sent = sendAmid([one], somebodyWrites('given-back', '{"offset":20}'), handingBack);

    await expect(sent).rejects.toThrow(KafkaError);
    await expect(sent).rejects.toThrow('was handed back this moment');
    expect((await written.recordsOf('given-back')).filter(({ outcome }) => outcome === 'committed')).toHaveLength(2);
  });

  test('gives up where the key is in a transaction that is open', async () => {
    const one = written.outgoing('open');
    const opened: { abort(): Promise<void> }[] = [];

    const sent = sendAmid([one], async () => {
      opened.push(await kafka().openTransaction(written.name, [{ key: keyOf('open'), value: '{"offset":500}' }]));
    });

    await expect(sent).rejects.toThrow(`A transaction is open in "${written.name}" with a record for ${keyOf('open')}`);
    await opened[0]?.abort();
  });
});
