import { describe, expect, test } from '@jest/globals';
import { deadlineIn } from '../../functions/deadline.ts';
import { TimeLimitError } from '../../functions/errors.ts';

const never = () => new Promise<never>(() => undefined);
const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describe('a deadline', () => {
  test('passes on what the work returns', async () => {
    await expect(deadlineIn(1_000).within('the brokers', Promise.resolve(7))).resolves.toBe(7);
  });

  test('passes on what the work throws', async () => {
    const error = new Error('refused');

    await expect(deadlineIn(1_000).within('the brokers', Promise.reject(error))).rejects.toBe(error);
  });

  test('ends the wait when the time is up, and says what was waited for', async () => {
    const started = performance.now();

    const waiting = deadlineIn(40).within('the brokers to acknowledge the offsets', never());

    await expect(waiting).rejects.toThrow(TimeLimitError);
    await expect(waiting).rejects.toThrow(
      'Gave up after 40 ms, having waited for the brokers to acknowledge the offsets; the event source repeats the batch',
    );
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(performance.now() - started).toBeGreaterThan(35);
  });

  test('is one for all that waits for it, one after the other', async () => {
    const deadline = deadlineIn(60);
    await deadline.within('the first', wait(40));
    const second = performance.now();

    await expect(deadline.within('the second', never())).rejects.toThrow('waited for the second');

    expect(performance.now() - second).toBeLessThan(50);
  });

  test('that has passed still takes what is done already, and nothing else', async () => {
    const deadline = deadlineIn(0);

    await expect(deadline.within('what is done', Promise.resolve(7))).resolves.toBe(7);
    await expect(deadline.within('what is not', wait(50))).rejects.toThrow(TimeLimitError);
  });

  test('does not care what becomes of the work afterwards', async () => {
    const { promise, reject } = Promise.withResolvers<never>();

    await expect(deadlineIn(1).within('the brokers', promise)).rejects.toThrow(TimeLimitError);
    reject(new Error('a rejection that nobody handles would end the process'));

    await wait(5);
  });

  test('leaves no timer behind, which would keep a process alive', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();

    await deadlineIn(60_000).within('the brokers', Promise.resolve());

    expect(timers()).toBe(before);
  });

  test('tells what is left, never less than nothing', async () => {
    expect(deadlineIn(1_000).remaining()).toBeLessThanOrEqual(1_000);
    expect(deadlineIn(1_000).remaining()).toBeGreaterThan(900);
    expect(deadlineIn(-1).remaining()).toBe(0);
  });

  test('that had passed before it began does not speak of negative time', async () => {
    await expect(deadlineIn(-500).within('the brokers', never())).rejects.toThrow(
      'Gave up after 0 ms, having waited for the brokers; the event source repeats the batch',
    );
  });
});

describe('a part of a deadline', () => {
  test('ends when its own time is up', async () => {
    const waiting = deadlineIn(10_000).atMost(20).within('the kept connection', never());

    await expect(waiting).rejects.toThrow('Gave up after 20 ms, having waited for the kept connection');
  });

  test('ends no later than the whole', () => {
    expect(deadlineIn(20).atMost(10_000).remaining()).toBeLessThanOrEqual(20);
  });

  test('of one that has passed has passed, too', async () => {
    const part = deadlineIn(-500).atMost(10_000);

    expect(part.remaining()).toBe(0);
    await expect(part.within('the kept connection', never())).rejects.toThrow('Gave up after 0 ms, having waited');
  });
});
