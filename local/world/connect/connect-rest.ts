import { setTimeout as sleep } from 'node:timers/promises';

const TRIED_FOR_MS = 30_000;
/** What a worker answers while its group settles, or its configurations of a moment ago are not read yet: it is asked again. */
const SETTLING = /rebalance|momentarily|stale configuration|not yet available/i;

/**
 * Asks a Connect worker's REST interface, again while its group settles.
 *
 * @returns what it answers, undefined where that is nothing
 * @throws Error with the worker's answer when that is another than yes
 */
export const askConnect = async (url: string, method: string, path: string, body?: unknown): Promise<unknown> => {
  const until = performance.now() + TRIED_FOR_MS;
  for (;;) {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) {
      return text === '' ? undefined : JSON.parse(text);
    }
    if (!SETTLING.test(text) || performance.now() > until) {
      throw new Error(`Connect answered ${method} ${path} with ${response.status}: ${text}`);
    }
    await sleep(100);
  }
};
