import { expect, test } from '@jest/globals';
import { compileMath } from './metric-math.ts';

test.each([
  ['age / 1000', { age: 5000 }, 5],
  ['age / 1000', {}, undefined],
  ['IF(FILL(fenced, 0) > 0, 0, errors)', { errors: 2 }, 2],
  ['IF(FILL(fenced, 0) > 0, 0, errors)', { errors: 2, fenced: 1 }, 0],
  ['IF(FILL(fenced, 0) > 0, 0, errors)', { fenced: 1 }, undefined],
  ['IF(FILL(lag, -1) == 0 OR FILL(runs, 0) >= 1, 0, 1)', {}, 1],
  ['IF(FILL(lag, -1) == 0 OR FILL(runs, 0) >= 1, 0, 1)', { lag: 0 }, 0],
  ['IF(FILL(lag, -1) == 0 OR FILL(runs, 0) >= 1, 0, 1)', { runs: 3 }, 0],
  ['IF(a > 0 AND b > 0, 1, 0)', { a: 1, b: 0 }, 0],
])('%s of %j is %p', (expression, values, expected) => {
  expect(compileMath(expression, ['age', 'errors', 'fenced', 'lag', 'runs', 'a', 'b'])(values)).toBe(expected);
});
