import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { method } from '../../../functions/authentication/none.ts';
import { type ConfigurationOptions, parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { deadlineIn } from '../../../functions/deadline.ts';
import { ConfigurationError, FencedError, messageOf } from '../../../functions/errors.ts';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import { type ConnectionKeeper, createConnectionKeeper } from '../../../functions/writing/connection-keeper.ts';
import { useKafka } from '../../kafka-fixture.ts';

const unauthenticated = method.authenticate({ type: 'none', tls: false });

jest.setTimeout(60_000);

const kafka = useKafka();
let brokers: readonly string[];
beforeAll(() => {
  brokers = kafka().cluster.brokers;
});

const keepers: ConnectionKeeper[] = [];
afterEach(() => Promise.all(keepers.splice(0).map((keeper) => keeper.close())));

const createKeeper = (options: Partial<ConfigurationOptions> = {}) => {
  const name = `keeper-${randomUUID()}`;
  const configuration = parseConfiguration('test', { name, flows: [{ sourceAlias: name }], ...options });
  const authenticator = { ...unauthenticated, security: jest.fn(unauthenticated.security) };
  const debug = jest.fn();
  const keeper = createConnectionKeeper(configuration, authenticator, { debug, warn: () => undefined });
  keepers.push(keeper);
  const [flow] = configuration.flows;
  if (flow === undefined) {
    throw new Error('there is a flow by default');
  }
  const translation = (offset: bigint, topic = 'foo') => ({
    flow,
    key: mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, topic, partition: 0 }),
    value: mm2Value(offset),
    place: { eventSource: 'arn', topic: 'connect-offsets', partition: 0, offset, timestamp: Date.now() },
  });
  return { keeper, flow, translation, authenticator, debug };
};

const write = (keeper: ConnectionKeeper, translations: Parameters<ConnectionKeeper['write']>[0]) =>
  keeper.write(translations, brokers, deadlineIn(20_000));

const withAdmin = async (work: (admin: Admin) => Promise<unknown>): Promise<void> => {
  const admin = kafka().kafka.admin();
  await admin.connect();
  await work(admin);
  await admin.disconnect();
};

/** Delivers a batch until the marker of somebody's transaction is there. */
const writeUntilTaken = async (...batch: Parameters<typeof write>): ReturnType<typeof write> => {
  for (;;) {
    try {
      return await write(...batch);
    } catch (error) {
      if (!messageOf(error).includes('A transaction is open')) {
        throw error;
      }
      await sleep(50);
    }
  }
};

describe('the connection keeper', () => {
  test('connects once for many batches, and asks for the credentials once', async () => {
    const { keeper, translation, authenticator } = createKeeper();

    const outcomes = [await write(keeper, [translation(1n)]), await write(keeper, [translation(2n)])];

    expect(outcomes.map(({ written }) => written.length)).toEqual([1, 1]);
    expect(authenticator.security).toHaveBeenCalledTimes(1);
    expect(authenticator.security).toHaveBeenCalledWith(false);
  });

  test("makes sure that MM2's offsets topic is there although there is nothing to write", async () => {
    const { keeper, flow } = createKeeper();

    await write(keeper, []);

    const admin = kafka().kafka.admin();
    await admin.connect();
    expect(await admin.listTopics()).toContain(flow.offsetsTopic);
    await admin.disconnect();
  });

  test('gives a connection up at an error, and repeats the batch once on a new one', async () => {
    const { keeper, translation, flow, authenticator, debug } = createKeeper();
    await write(keeper, [translation(1n)]);
    await withAdmin((admin) => admin.deleteTopics({ topics: [flow.offsetsTopic] }));

    const outcome = await write(keeper, [translation(2n)]);

    expect(outcome.written).toHaveLength(1);
    // It stood there, and stands there again, by this very batch.
    expect([...outcome.missing.values()].flatMap((keys) => [...keys])).toEqual([]);
    expect(authenticator.security).toHaveBeenCalledTimes(2);
    expect(debug).toHaveBeenCalledWith(expect.stringContaining('The kept connection failed'), expect.anything());
  });

  test('knows what is missing from a topic that was created anew, also when the first batch after that fails', async () => {
    const { keeper, translation, flow } = createKeeper();
    await write(keeper, [translation(1n, 'foo'), translation(1n, 'bar')]);
    const { offsetsTopic } = flow;
    await withAdmin((admin) => admin.deleteTopics({ topics: [offsetsTopic] }));
    await write(keeper, []);
    const [foo, bar] = [translation(2n, 'foo'), translation(2n, 'bar')];
    const transaction = await kafka().openTransaction(offsetsTopic, [{ key: foo.key, value: '{"offset":9}' }]);
    await expect(write(keeper, [foo])).rejects.toThrow('A transaction is open');
    await transaction.abort();

    const { missing } = await writeUntilTaken(keeper, [foo]);

    expect(missing.get(offsetsTopic)).toEqual(new Set([bar.key]));
    expect((await write(keeper, [bar])).missing.get(offsetsTopic)).toEqual(new Set());
  });

  test('misses no key for which somebody wrote a tombstone before the topic was read again', async () => {
    const { keeper, translation, flow } = createKeeper();
    const { offsetsTopic } = flow;
    await write(keeper, [translation(1n)]);
    await kafka().produce(offsetsTopic, [{ key: translation(1n).key, value: null }]);
    await withAdmin((admin) => admin.createPartitions({ topicPartitions: [{ topic: offsetsTopic, count: 26 }] }));

    // The broker may tell of its new partition only a moment later.
    let { missing } = await write(keeper, []);
    while (!missing.has(offsetsTopic)) {
      await sleep(50);
      ({ missing } = await write(keeper, []));
    }

    expect(missing.get(offsetsTopic)).toEqual(new Set());
  });

  test('does not repeat a batch on a new connection when a newer instance has taken over: the event source does', async () => {
    const older = createKeeper();
    const { flow } = older;
    await write(older.keeper, [older.translation(1n)]);
    const newer = createConnectionKeeper(
      parseConfiguration('test', { name: flow.sourceAlias, flows: [{ sourceAlias: flow.sourceAlias }] }),
      unauthenticated,
      { debug: () => undefined, warn: () => undefined },
    );
    keepers.push(newer);
    await write(newer, []);

    await expect(write(older.keeper, [older.translation(2n)])).rejects.toThrow(FencedError);

    expect(older.authenticator.security).toHaveBeenCalledTimes(1);
    expect((await write(older.keeper, [older.translation(2n)])).written).toHaveLength(1);
    // It took over in turn on the connection that it had: what it knows of the topics stays true.
    expect(older.authenticator.security).toHaveBeenCalledTimes(1);
  });

  test("refuses the event source's brokers when their port is for another authentication", async () => {
    const { keeper } = createKeeper();

    const written = keeper.write([], ['b-1.example.com:9096'], deadlineIn(1_000));

    await expect(written).rejects.toThrow(ConfigurationError);
    await expect(written).rejects.toThrow('b-1.example.com:9096');
  });

  test('says what it waited for when the time is up', async () => {
    const { keeper } = createKeeper();

    await expect(keeper.write([], brokers, deadlineIn(1))).rejects.toThrow(/having waited for MM2's offsets topics/);
  });
});
