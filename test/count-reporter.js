/** Ends a run with the plain line `N passed, N failed` (and how many were skipped, so that none is skipped silently). */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    // A file that fails to load has no test of its own, yet it is a failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    // Jest prints its summary after the last reporter has run.
    process.once('exit', () => console.log(line));
  }
}
