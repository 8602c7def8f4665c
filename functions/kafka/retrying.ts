/** How long to wait before each repetition, in milliseconds. */
const DELAYS_MS = [20, 50, 100, 200, 400, 800, 1_600] as const;

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const isRetriable = (error: unknown): boolean =>
  error instanceof Error && 'retriable' in error && error.retriable === true;

/**
 * Repeats a request as long as a broker cannot serve it yet, because it does not know the topic so far or a leader
 * moves. kafkajs itself does so for its producers, but not for the requests that are made here.
 *
 * @param refresh What to do before each repetition.
 * @throws the last error, or the first one that is not retriable
 */
export const retrying = async <T>(request: () => Promise<T>, refresh?: () => Promise<void>): Promise<T> => {
  for (const delay of DELAYS_MS) {
    try {
      return await request();
    } catch (error) {
      if (!isRetriable(error)) {
        throw error;
      }
      await sleep(delay);
      await refresh?.();
    }
  }
  return await request();
};
