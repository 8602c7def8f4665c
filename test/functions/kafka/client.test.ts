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
  test('writes to the log that it is given, at debug level, and nowhere else', async () => {
    const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    closing.push(() => written.mockRestore());
    const debug = jest.fn<KafkaLog['debug']>();
    const broker = await startRefusingBroker();

    const admin = createKafka('sync', [broker], { ssl: false }, { debug }).admin({ retry: { retries: 1 } });
    await expect(admin.connect()).rejects.toThrow('Closed connection');

    expect(debug).toHaveBeenCalledWith(
      expect.stringMatching(/^kafkajs: /),
      expect.objectContaining({ namespace: 'Connection', broker }),
    );
    expect(written).not.toHaveBeenCalled();
  });
});
