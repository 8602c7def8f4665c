/** What this program was asked for. */
export const argument = <Argument>(): Argument => JSON.parse(process.argv[2] ?? '');

/** Says what has come out, and ends: whatever is still open is nobody's business. */
export const answer = (result: unknown): void => {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
};

/** The most memory that this process ever had, in bytes. */
export const peakBytes = (): number => process.resourceUsage().maxRSS * 1_024;
