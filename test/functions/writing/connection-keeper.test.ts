import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { method } from '../../../functions/authentication/none.ts';
import { type ConfigurationOptions, parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { deadlineIn } from '../../../functions/deadline.ts';
import { ConfigurationError, FencedError } from '../../../functions/errors.ts';
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
  const translation = (offset: bigint) => ({
    flow,
    key: mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, topic: 'foo', partition: 0 }),
    value: mm2Value(offset),
    place: { eventSource: 'arn', topic: 'connect-offsets', partition: 0, offset, timestamp: Date.now() },
  });
  return { keeper, flow, translation, authenticator, debug };
};

const write = (keeper: ConnectionKeeper, translations: Parameters<ConnectionKeeper['write']>[0]) =>
  keeper.write(translations, brokers, deadlineIn(20_000));

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
    const admin = kafka().kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [flow.offsetsTopic] });
    await admin.disconnect();

    const outcome = await write(keeper, [translation(2n)]);

    expect(outcome.written).toHaveLength(1);
    // It stood there, and stands there again, by this very batch.
    expect([...outcome.missing.values()].flatMap((keys) => [...keys])).toEqual([]);
    expect(authenticator.security).toHaveBeenCalledTimes(2);
    expect(debug).toHaveBeenCalledWith(expect.stringContaining('The kept connection failed'), expect.anything());
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
