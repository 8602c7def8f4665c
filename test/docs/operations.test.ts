import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { METRIC } from '../../functions/sync/metric-names.ts';
import { Monitoring } from '../../infra/monitoring.ts';
import { parseMigration } from '../../infra/options/migration.ts';
import { EXAMPLE, synthesize } from '../infra/synthesis.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/** The names in the first column of the table under a heading. */
const namesUnder = (heading: string): readonly string[] => {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
};

test('the page has every metric, and no other', () => {
  expect(namesUnder('Metrics').toSorted()).toEqual(Object.values(METRIC).toSorted());
});

test('the page has every alarm of the stack, and no other', () => {
  const { Resources } = synthesize((scope) => {
    new Monitoring(scope, 'Monitoring', {
      migration: parseMigration('migration', EXAMPLE),
      function: LambdaFunction.fromFunctionName(scope, 'Function', 'sync'),
      consumerGroup: 'group',
      after: [],
    });
  });
  const alarms = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
  const names = alarms.map(([id]) => id.replace(/^MonitoringAlarms(.*).{8}$/, '$1'));

  expect(namesUnder('Alarms').toSorted()).toEqual(names.toSorted());
});
