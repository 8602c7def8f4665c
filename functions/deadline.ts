import { TimeLimitError } from './errors.ts';

/** A point in time before which an invocation must have ended, and what waits for it. */
export interface Deadline {
  /** Milliseconds that are left; never negative. */
  remaining(): number;
  /**
   * Waits for a piece of work, at most until the deadline. The work itself cannot be stopped: whoever gives up on it
   * has to close what it works on.
   *
   * @param what What is waited for, as it completes "waited for …".
   * @throws TimeLimitError when the time is up first
   */
  within<T>(what: string, work: Promise<T>): Promise<T>;
  /** A deadline that is this one or `milliseconds` from now, whichever comes first. */
  atMost(milliseconds: number): Deadline;
}

/** A deadline so many milliseconds from now. */
export const deadlineIn = (milliseconds: number): Deadline => {
  const given = Math.max(0, milliseconds);
  const end = performance.now() + given;
  const remaining = () => Math.max(0, end - performance.now());
  return {
    remaining,
    within: async (what, work) => {
      const { promise, reject } = Promise.withResolvers<never>();
      const expire = () =>
        reject(
          new TimeLimitError(
            `Gave up after ${Math.round(given)} ms, having waited for ${what}; the event source repeats the ` +
              "batch. Look at the brokers' health, and at the security groups and routes between them and the function",
          ),
        );
      const timer = setTimeout(expire, remaining());
      try {
        return await Promise.race([work, promise]);
      } finally {
        clearTimeout(timer);
      }
    },
    atMost: (limit) => deadlineIn(Math.min(limit, remaining())),
  };
};
