import Sequencer from '@jest/test-sequencer';

/** Folders whose tests run real brokers for a minute or more, and those where some do so for seconds. */
const LONGEST = /\/test\/(faults|e2e)\//;
const LONG = /\/test\/(local|functions\/(kafka|writing))\//;

const rank = ({ path }) => (LONGEST.test(path) ? 2 : LONG.test(path) ? 1 : 0);

/**
 * Starts the long files first, so that no worker is left with one at the end. Jest itself does so from the second run
 * on, when it knows how long each file took; in a clean clone it only knows their sizes.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return sorted.some(({ duration }) => duration !== undefined)
      ? sorted
      : sorted.toSorted((a, b) => rank(b) - rank(a));
  }
}
