import { createServer } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createKafka, type KafkaLog } from '../../../functions/kafka/client.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A broker that hangs up on everybody. */
const startRefusingBroker = async (): Promise<string> => {
  const server = createServer((socket) => socket.destroy());
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
};

describe('kafkajs', () => {
  test('gives a broker up after 10 repetitions, and says so in the log that it is given, nowhere else', async () => {
    const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    closing.push(() => written.mockRestore());
    const debug = jest.fn<KafkaLog['debug']>();
    const admin = createKafka(
      'sync',
      [await startRefusingBroker()],
      { ssl: false },
      { warn: () => undefined, debug },
    ).admin();

    await expect(admin.connect()).rejects.toMatchObject({ message: 'Closed connection', retryCount: 10 });

    expect(debug).toHaveBeenCalledTimes(11);
    expect(debug).toHaveBeenCalledWith(
      'kafkajs: Closed connection',
      expect.objectContaining({ namespace: 'BrokerPool' }),
    );
    expect(written).not.toHaveBeenCalled();
  });
});
