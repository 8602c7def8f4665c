import { describe, expect, test } from '@jest/globals';
import { isInAlarm } from './alarm-state.ts';

/** The tables of the CloudWatch User Guide, "How alarm state is evaluated when data is missing". */
const THREE_OF_THREE: readonly [string, boolean, boolean][] = [
  ['0 - X - X', false, false],
  ['0 - - - -', false, false],
  ['- - - - -', true, false],
  ['0 X X - X', true, true],
  ['- - - - X', true, false],
  ['X - - - -', true, false],
];
const TWO_OF_THREE: readonly [string, boolean, boolean][] = [
  ['0 - X - X', true, true],
  ['0 0 X 0 X', true, true],
  ['0 - X - -', true, false],
  ['- - - - 0', true, false],
  ['- - - - X', true, false],
];

const VALUES: Readonly<Record<string, number | undefined>> = { X: 1, 0: 0, '-': undefined };

describe.each([
  ['3 of 3', 3, THREE_OF_THREE],
  ['2 of 3', 2, TWO_OF_THREE],
] as const)('%s', (_, datapoints, table) => {
  test.each(table)('%s', (points, breaching, notBreaching) => {
    const range = points.split(' ').map((point) => VALUES[point]);
    const alarm = { Threshold: 1, EvaluationPeriods: 3, DatapointsToAlarm: datapoints } as const;
    expect(isInAlarm({ ...alarm, TreatMissingData: 'breaching' }, range)).toBe(breaching);
    expect(isInAlarm({ ...alarm, TreatMissingData: 'notBreaching' }, range)).toBe(notBreaching);
  });
});
