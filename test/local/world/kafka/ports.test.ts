import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePorts } from '../../../../local/world/kafka/ports.ts';

test('as many different ports are found as are asked for, and each can be listened on', async () => {
  const ports = await freePorts(20);

  expect(new Set(ports).size).toBe(20);
  for (const port of ports) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  }
});

test('the ports lie below those that the system gives to outgoing connections', async () => {
  for (const port of await freePorts(20)) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
  }
});
