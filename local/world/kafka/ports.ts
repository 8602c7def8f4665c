import { createServer, type Server } from 'node:net';

// Below the ranges from which Linux (32768 on) and macOS (49152 on) take the ports of outgoing connections:
// a broker that was stopped finds its port free when it comes back.
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 200;

/**
 * Finds loopback TCP ports that nobody listens on at this moment. Somebody else may be quicker to use one:
 * the caller tries again with others then.
 *
 * @throws Error when there are not enough
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers: Server[] = [];
  const ports: number[] = [];
  try {
    for (let tries = 0; ports.length < count && tries < TRIES; tries++) {
      const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
      const server = await listen(port);
      if (server) {
        // Held until all are found, so that none is found twice.
        servers.push(server);
        ports.push(port);
      }
    }
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
  if (ports.length < count) {
    throw new Error(
      `only ${ports.length} of ${count} free ports found on 127.0.0.1 between ${LOWEST} and ${HIGHEST} in ${TRIES} tries: stop what listens there`,
    );
  }
  return ports;
};

const listen = (port: number): Promise<Server | undefined> => {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });
};
