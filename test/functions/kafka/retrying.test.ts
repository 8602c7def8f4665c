import { describe, expect, jest, test } from '@jest/globals';
import { retrying } from '../../../functions/kafka/retrying.ts';

const retriable = Object.assign(new Error('not the leader'), { retriable: true });
const final = Object.assign(new Error('not authorized'), { retriable: false });

describe('a request', () => {
  test('is repeated while a broker cannot serve it, with a refresh before each repetition', async () => {
    const request = jest.fn<() => Promise<string>>().mockRejectedValueOnce(retriable).mockRejectedValueOnce(retriable);
    request.mockResolvedValue('served');
    const refresh = jest.fn(async () => undefined);

    expect(await retrying(request, refresh)).toBe('served');
    expect(request).toHaveBeenCalledTimes(3);
    expect(refresh).toHaveBeenCalledTimes(2);
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

  test('is given up after some seconds', async () => {
    const request = jest.fn<() => Promise<string>>().mockRejectedValue(retriable);

    await expect(retrying(request)).rejects.toBe(retriable);
    expect(request).toHaveBeenCalledTimes(8);
  });
});
