/** Milliseconds after which a request is repeated that a broker could not serve now. */
const DELAYS_MS = [20, 50, 100, 200, 400, 800, 1_600] as const;

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const isRetriable = (error: unknown): boolean =>
  error instanceof Error && 'retriable' in error && error.retriable === true;

/**
 * Repeats a request while a broker cannot serve it yet: a topic that not every broker knows, a leader that moves.
 * kafkajs does so for its producers, but not for all that is asked of a cluster.
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
