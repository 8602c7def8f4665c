/** What Ctrl-C, and whoever ends this process in order, sends. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Does work that may be interrupted: the first signal asks it to end, a second one ends the process at once. */
export const withInterruption = async <T>(work: (interrupted: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  for (const signal of SIGNALS) {
    process.once(signal, interrupt);
  }
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) {
      process.removeListener(signal, interrupt);
    }
  }
};
