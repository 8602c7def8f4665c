import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { deadlineIn } from '../../../functions/deadline.ts';
import { FencedError, TimeLimitError } from '../../../functions/errors.ts';
import { createKafka } from '../../../functions/kafka/client.ts';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import { type Connection, connect } from '../../../functions/writing/connection.ts';
import type { Moment } from '../../../local/chaos/tcp-proxy.ts';
import { useProxiedCluster } from '../../proxied-cluster-fixture.ts';

jest.setTimeout(120_000);

const proxied = useProxiedCluster();

const log = { debug: () => undefined, warn: () => undefined };

/** A deployment, whose instances connect directly or through the proxy. */
const createDeployment = () => {
  const name = `connection-${randomUUID()}`;
  const configuration = parseConfiguration('test', { name, flows: [{ sourceAlias: name }] });
  const [flow] = configuration.flows;
  if (flow === undefined) {
    throw new Error('there is a flow by default');
  }
  const connectVia = (brokers: readonly string[], timeoutMs: number): Promise<Connection> =>
    connect({
      kafka: createKafka(name, brokers, {}, log),
      configuration,
      deadline: deadlineIn(timeoutMs),
      log,
      known: new Map(),
    });
  return {
    connectDirectly: () => connectVia(proxied().cluster.brokers, 30_000),
    connectThroughProxy: (timeoutMs: number) => connectVia(proxied().proxy.brokers, timeoutMs),
    translation: (offset: bigint) => ({
      flow,
      key: mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, topic: 'foo', partition: 0 }),
      value: mm2Value(offset),
      place: {
        eventSource: 'arn',
        topic: 'connect-offsets',
        partition: 0,
        offset,
        timestamp: 1_700_000_000_000 + Number(offset),
      },
    }),
  };
};

describe('a connection', () => {
  test('writes, and its successor fences it', async () => {
    const { connectDirectly, translation } = createDeployment();
    const first = await connectDirectly();
    expect((await first.writer.write([translation(1n)])).written).toHaveLength(1);

    const second = await connectDirectly();

    await expect(first.writer.write([translation(2n)])).rejects.toThrow(FencedError);
    expect((await second.writer.write([translation(2n)])).written).toHaveLength(1);
    await Promise.all([first.close(), second.close()]);
  });

  test('that is closed lets nothing through any more, and can be closed again', async () => {
    const { connectDirectly, translation } = createDeployment();
    const connection = await connectDirectly();
    await connection.close();

    await expect(connection.writer.write([translation(1n)])).rejects.toThrow(/disconnected|closed/i);
    await connection.close();
  });

  test('that is closed after it was fenced does not take over in turn any more', async () => {
    const { connectDirectly, translation } = createDeployment();
    const first = await connectDirectly();
    const second = await connectDirectly();
    await expect(first.writer.write([translation(1n)])).rejects.toThrow(FencedError);
    await first.close();

    await expect(first.writer.catchUp()).rejects.toThrow('The connection was closed before its producer was connected');

    expect((await second.writer.write([translation(1n)])).written).toHaveLength(1);
    await second.close();
  });

  test.each([
    ['its coordinator', { of: 'find-coordinator', request: 1, side: 'before' }],
    ['its producer to be announced', { of: 'fence', request: 1, side: 'after' }],
    ["the topics' ends", { of: 'look', request: 1, side: 'before' }],
  ] satisfies readonly (readonly [string, Moment])[])(
    'that was not opened in time, waiting for %s, closes itself and fences nobody',
    async (_what, moment: Moment) => {
      const { connectDirectly, connectThroughProxy, translation } = createDeployment();
      const predecessor = await connectDirectly();
      await predecessor.writer.write([translation(1n)]);
      await predecessor.close();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const callOff = proxied().proxy.strikeAt(moment, () => released);

      await expect(connectThroughProxy(3_000)).rejects.toThrow(TimeLimitError);
      expect(callOff()).toBe(true);
      const successor = await connectDirectly();
      release();
      // Whatever still wants to be sent has had its chance.
      await sleep(1_000);

      expect((await successor.writer.write([translation(2n)])).written).toHaveLength(1);
      await successor.close();
    },
  );
});
