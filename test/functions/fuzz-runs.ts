/** How many inputs all fuzz tests together take: the environment variable `FUZZ_RUNS`. */
const TOTAL = Number(process.env.FUZZ_RUNS ?? 2_000);

/** Milliseconds; the slowest property takes well under one for an input. */
const TIME_PER_RUN = 2;
const TIME_TO_START = 20_000;

/**
 * A fuzz test's part of the inputs, and the time it may take for them.
 *
 * @param share The shares of all fuzz tests add up to 1.
 */
export const fuzzRuns = (share: number): { readonly numRuns: number; readonly timeout: number } => {
  const numRuns = Math.ceil(TOTAL * share);
  return { numRuns, timeout: TIME_TO_START + numRuns * TIME_PER_RUN };
};
