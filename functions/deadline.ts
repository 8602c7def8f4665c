import { TimeLimitError } from './errors.ts';

/** The time by which an invocation must have ended, and a way to wait for something no longer than that. */
export interface Deadline {
  /** Milliseconds that are left; never negative. */
  remaining(): number;
  /**
   * Waits for a piece of work, at most until the deadline. The work itself goes on after that: the caller has to close
   * the connection it uses.
   *
   * @param what Names the work in the error, after "having waited for".
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
