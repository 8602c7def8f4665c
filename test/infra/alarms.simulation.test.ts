import { describe, expect, test } from '@jest/globals';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Alarms } from '../../infra/alarms.ts';
import { SyncMetrics } from '../../infra/metrics.ts';
import { parseMigration } from '../../infra/options/migration.ts';
import { createRandom } from './cloudwatch/random.ts';
import { type SimulatedSync, simulateSync, type Trouble } from './cloudwatch/simulated-sync.ts';
import { type Measurements, type Unknowns, watch } from './cloudwatch/watched.ts';
import { EXAMPLE, synthesize } from './synthesis.ts';

const template = synthesize((scope) => {
  const migration = parseMigration('migration', EXAMPLE);
  const syncFunction = LambdaFunction.fromFunctionName(scope, 'Function', 'sync');
  const metrics = new SyncMetrics({ migration, function: syncFunction, consumerGroup: 'group' });
  new Alarms(scope, 'Alarms', migration, metrics);
});
const alarms = Object.entries(template.Resources)
  .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
  .map(([id, { Properties }]) => [id.replace(/^Alarms(.*).{8}$/, '$1'), Properties] as const);

const UNKNOWNS: readonly Unknowns[] = [
  { beyond: 2, late: 0 },
  { beyond: 10, late: 2 },
];
const WEEK = 7 * 24 * 60;
const HOUR = 60;

/** Which alarms ring, and in which minute first. */
const ringing = (measurements: Measurements, from: number, to: number, unknowns: Unknowns) =>
  Object.fromEntries(
    alarms.flatMap(([name, properties]) => {
      const isRinging = watch(properties, measurements, unknowns);
      for (let end = from; end <= to; end += 1) {
        if (isRinging(end)) {
          return [[name, end]];
        }
      }
      return [];
    }),
  );

describe.each(UNKNOWNS)('where CloudWatch is such: %j', (unknowns) => {
  const healthy: readonly [string, Partial<SimulatedSync>][] = [
    ['1 task', { tasks: 1 }],
    ['2 tasks', { tasks: 2 }],
    ['5 tasks', { tasks: 5 }],
    ['20 tasks', { tasks: 20 }],
    ['50 tasks', { tasks: 50 }],
    ['10 tasks that rest at night', { tasks: 10, restHours: [0, 7] }],
    ['10 tasks and two instances that fence each other', { tasks: 10, fencing: true }],
    ['1 task and two instances that fence each other', { tasks: 1, fencing: true }],
  ];
  test.each(healthy)('a healthy sync of %s rings nothing in a week', (name, sync) => {
    const measurements = simulateSync({ minutes: WEEK, tasks: 1, ...sync }, createRandom(`healthy ${name}`));
    expect(ringing(measurements, 2 * HOUR, WEEK, unknowns)).toEqual({});
  });
});

describe('trouble rings within a quarter of an hour', () => {
  const troubles: readonly [Trouble, string][] = [
    ['function-failing', 'Errors'],
    ['brokers-unreachable-for-function', 'Errors'],
    ['mapping-disabled', 'NotReading'],
    ['never-connected', 'NotReading'],
    ['brokers-unreachable-for-pollers', 'NotReading'],
    ['brokers-down', 'NotReading'],
  ];
  const cases = troubles.flatMap(([kind, alarm]) =>
    [1, 10, 50].flatMap((tasks) => UNKNOWNS.map((unknowns) => [kind, alarm, tasks, unknowns] as const)),
  );
  test.each(cases)('%s: %s, with %i tasks, where CloudWatch is such: %j', (kind, alarm, tasks, unknowns) => {
    // One that never connected is in trouble from the first minute on.
    const from = kind === 'never-connected' ? 0 : 3 * HOUR;
    const sync = { minutes: 4 * HOUR, tasks, trouble: { kind, from } };
    const measurements = simulateSync(sync, createRandom(`${kind} ${tasks}`));
    const rang = ringing(measurements, from, from + 15, unknowns);
    expect(Object.keys(rang)).toContain(alarm);
  });
});
