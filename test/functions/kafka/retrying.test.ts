import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { retrying } from '../../../functions/kafka/retrying.ts';

const retriable = Object.assign(new Error('not the leader'), { retriable: true });
const final = Object.assign(new Error('not authorized'), { retriable: false });

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a request', () => {
  test('is repeated while a broker cannot serve it, with a refresh before each repetition', async () => {
    const calls: string[] = [];
    const answers = [() => Promise.reject(retriable), () => Promise.reject(retriable), async () => 'served'];
    const request = async () => {
      calls.push('request');
      return await (answers.shift() ?? (async () => 'asked once too often'))();
    };
    const refresh = async () => {
      calls.push('refresh');
    };

    const answer = retrying(request, refresh);
    await jest.runAllTimersAsync();

    expect(await answer).toBe('served');
    expect(calls).toEqual(['request', 'refresh', 'request', 'refresh', 'request']);
  });

  test.each([
    ['final', final],
    ['unknown', new Error('no such thing')],
    ['no', 'text'],
  ])('is not repeated after a %s error', async (_kind, error) => {
    const request = jest.fn<() => Promise<string>>().mockRejectedValue(error);

    await expect(retrying(request)).rejects.toBe(error);
    expect(request).toHaveBeenCalledTimes(1);
  });

  test('waits longer each time, and is given up after 3.17 s', async () => {
    const started = performance.now();
    const times: number[] = [];
    const request = async () => {
      times.push(Math.round(performance.now() - started));
      throw retriable;
    };

    const refused = expect(retrying(request)).rejects.toBe(retriable);
    await jest.runAllTimersAsync();

    await refused;
    expect(times).toEqual([0, 20, 70, 170, 370, 770, 1_570, 3_170]);
  });
});
