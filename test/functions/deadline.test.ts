import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { deadlineIn } from '../../functions/deadline.ts';
import { TimeLimitError } from '../../functions/errors.ts';

const never = () => new Promise<never>(() => undefined);

/** Tells whether a promise has settled; a rejection is handled, so that a test may wait for it later. */
const watch = (promise: Promise<unknown>) => {
  const settled = jest.fn();
  promise.then(settled, settled);
  return settled;
};

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a deadline', () => {
  test('passes on what the work returns', async () => {
    await expect(deadlineIn(1_000).within('the brokers', Promise.resolve(7))).resolves.toBe(7);
  });

  test('passes on what the work throws', async () => {
    const error = new Error('refused');

    await expect(deadlineIn(1_000).within('the brokers', Promise.reject(error))).rejects.toBe(error);
  });

  test('ends the wait when the time is up, not before, and says what was waited for', async () => {
    const waiting = deadlineIn(40).within('the brokers to acknowledge the offsets', never());
    const settled = watch(waiting);

    await jest.advanceTimersByTimeAsync(39);
    expect(settled).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);

    await expect(waiting).rejects.toThrow(TimeLimitError);
    await expect(waiting).rejects.toThrow(
      'Gave up after 40 ms, having waited for the brokers to acknowledge the offsets; the event source repeats the batch',
    );
  });

  test('is one for all that waits for it, one after the other', async () => {
    const deadline = deadlineIn(60);
    const { promise: first, resolve } = Promise.withResolvers<void>();
    const done = deadline.within('the first', first);
    await jest.advanceTimersByTimeAsync(40);
    resolve();
    await done;

    const second = deadline.within('the second', never());
    const settled = watch(second);

    await jest.advanceTimersByTimeAsync(19);
    expect(settled).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    await expect(second).rejects.toThrow('waited for the second');
  });

  test('that has passed still takes what is done already, and nothing else', async () => {
    const deadline = deadlineIn(0);

    await expect(deadline.within('what is done', Promise.resolve(7))).resolves.toBe(7);
    const notDone = deadline.within('what is not', never());
    watch(notDone);
    await jest.advanceTimersByTimeAsync(0);

    await expect(notDone).rejects.toThrow(TimeLimitError);
  });

  test('does not care what becomes of the work afterwards', async () => {
    const unhandled = jest.fn();
    process.once('unhandledRejection', unhandled);
    const { promise, reject } = Promise.withResolvers<never>();
    const waiting = deadlineIn(1).within('the brokers', promise);
    watch(waiting);
    await jest.advanceTimersByTimeAsync(1);
    await expect(waiting).rejects.toThrow(TimeLimitError);

    reject(new Error('a rejection that nobody handles would end the process'));
    // Node tells of unhandled rejections once the microtasks are done.
    jest.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));

    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('leaves no timer behind, which would keep a process alive', async () => {
    await deadlineIn(60_000).within('the brokers', Promise.resolve());

    expect(jest.getTimerCount()).toBe(0);
  });

  test('tells what is left, never less than nothing', async () => {
    const deadline = deadlineIn(1_000);

    expect(deadline.remaining()).toBe(1_000);
    await jest.advanceTimersByTimeAsync(400);
    expect(deadline.remaining()).toBe(600);
    await jest.advanceTimersByTimeAsync(700);
    expect(deadline.remaining()).toBe(0);
    expect(deadlineIn(-1).remaining()).toBe(0);
  });

  test('that had passed before it began does not speak of negative time', async () => {
    const waiting = deadlineIn(-500).within('the brokers', never());
    watch(waiting);
    await jest.advanceTimersByTimeAsync(0);

    await expect(waiting).rejects.toThrow(
      'Gave up after 0 ms, having waited for the brokers; the event source repeats the batch',
    );
  });
});

describe('a part of a deadline', () => {
  test('ends when its own time is up', async () => {
    const waiting = deadlineIn(10_000).atMost(20).within('the kept connection', never());
    watch(waiting);
    await jest.advanceTimersByTimeAsync(20);

    await expect(waiting).rejects.toThrow('Gave up after 20 ms, having waited for the kept connection');
  });

  test('ends no later than the whole', () => {
    expect(deadlineIn(20).atMost(10_000).remaining()).toBe(20);
  });

  test('of one that has passed has passed, too', async () => {
    const part = deadlineIn(-500).atMost(10_000);
    expect(part.remaining()).toBe(0);

    const waiting = part.within('the kept connection', never());
    watch(waiting);
    await jest.advanceTimersByTimeAsync(0);

    await expect(waiting).rejects.toThrow('Gave up after 0 ms, having waited');
  });
});
