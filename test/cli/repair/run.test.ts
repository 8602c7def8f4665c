import { expect, test } from '@jest/globals';
import { type Aftermath, type Outcome, outcomeOf } from '../../../cli/repair/run.ts';

test.each<[Outcome, Aftermath]>([
  ['moved', { attempt: undefined, copied: false, stands: false }],
  ['moved', { attempt: undefined, copied: true, stands: false }],
  ['moved', { attempt: 'left', copied: true, stands: false }],
  ['left', { attempt: 'left', copied: false, stands: false }],
  ['taken-over', { attempt: 'taken-over', copied: false, stands: false }],
  ['verified', { attempt: 'written', copied: false, stands: true }],
  ['not-verified', { attempt: 'written', copied: false, stands: false }],
  ['written-but-moved', { attempt: 'written', copied: true, stands: true }],
  ['written-but-moved', { attempt: 'written', copied: true, stands: false }],
])('a change ends as %s after %j', (outcome, aftermath) => {
  expect(outcomeOf(aftermath)).toBe(outcome);
});
