import { describe, expect, test } from '@jest/globals';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { METRIC } from '../../functions/sync/metric-names.ts';
import { Monitoring } from '../../infra/monitoring.ts';
import { type OffsetSyncProps, parseMigration } from '../../infra/options/migration.ts';
import { EXAMPLE, only, propertiesOf, type Resource, synthesize } from './synthesis.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alarms';

const build = (props: OffsetSyncProps) =>
  synthesize((scope) => {
    new Monitoring(scope, 'Monitoring', {
      migration: parseMigration('migration', props),
      function: LambdaFunction.fromFunctionName(scope, 'Function', 'sync'),
      consumerGroup: 'group',
    });
  });

type Alarms = Readonly<Record<string, Resource['Properties']>>;
const alarmsOf = (template: ReturnType<typeof build>): Alarms =>
  Object.fromEntries(
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
      .map(([id, { Properties }]) => [id.replace(/^Monitoring(.*).{8}$/, '$1'), Properties]),
  );

const OWN = { Namespace: 'mm2-migration', Dimensions: [{ Name: 'service', Value: 'mm2-migration' }] };
const LAG = {
  Id: 'lag',
  ReturnData: false,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/Kafka',
      MetricName: 'SumOffsetLag',
      Dimensions: [
        { Name: 'Cluster Name', Value: 'orders' },
        { Name: 'Consumer Group', Value: 'group' },
        { Name: 'Topic', Value: 'connect-offsets' },
      ],
    },
    Period: 300,
    Stat: 'Minimum',
  },
};

describe('while the sync is on', () => {
  const template = build({ ...EXAMPLE, alarms: { topicArn: TOPIC, newestRecordAgeSeconds: 120 } });
  const alarms = alarmsOf(template);

  test('there are six alarms, and none for throttles', () => {
    expect(Object.keys(alarms)).toEqual(['Errors', 'Lag', 'NewestRecordAge', 'Malformed', 'TakenOver', 'Choking']);
  });

  test('each tells the topic, also when it is over, and keeps quiet where Replicator rests', () => {
    for (const alarm of Object.values(alarms)) {
      expect(alarm).toMatchObject({
        AlarmActions: [TOPIC],
        OKActions: [TOPIC],
        TreatMissingData: 'notBreaching',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        AlarmDescription: expect.stringMatching(/^mm2-migration: .*\.$/),
      });
    }
  });

  test('errors: two of three times five minutes with one', () => {
    expect(alarms.Errors).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: 'sync' }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    });
  });

  test("lag: for a quarter of an hour there was some, and it did not fall, as MSK sees the mapping's group", () => {
    expect(alarms.Lag).toMatchObject({
      Metrics: [expect.objectContaining({ Expression: 'IF((lag > 0) AND (DIFF(lag) >= 0), 1, 0)' }), LAG],
      Threshold: 1,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
    });
  });

  test('age of the newest record: only while there is lag, in seconds', () => {
    expect(alarms.NewestRecordAge).toMatchObject({
      Metrics: [
        expect.objectContaining({ Expression: 'IF(lag > 0, age / 1000, 0)' }),
        LAG,
        {
          Id: 'age',
          ReturnData: false,
          MetricStat: { Metric: { ...OWN, MetricName: 'NewestRecordAge' }, Period: 300, Stat: 'Maximum' },
        },
      ],
      Threshold: 120,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
    });
  });

  test.each(['Malformed', 'TakenOver', 'Choking'])('%s: the first one', (name) => {
    expect(alarms[name]).toMatchObject({
      ...OWN,
      MetricName: name,
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
    });
  });
});

test('without a topic the alarms notify nobody', () => {
  for (const alarm of Object.values(alarmsOf(build(EXAMPLE)))) {
    expect(alarm).not.toHaveProperty('AlarmActions');
    expect(alarm).not.toHaveProperty('OKActions');
  }
});

test('while the sync is switched off there are no alarms', () => {
  const template = build({ ...EXAMPLE, enabled: false, alarms: { topicArn: TOPIC } });
  expect(propertiesOf(template, 'AWS::CloudWatch::Alarm')).toEqual([]);
});

describe('the dashboard', () => {
  const bodyOf = (props: OffsetSyncProps) =>
    JSON.stringify(only(build(props), 'AWS::CloudWatch::Dashboard').Properties.DashboardBody);

  test('answers three questions', () => {
    const titles = [...bodyOf(EXAMPLE).matchAll(/## ([^\\"]+)/g)].map(([, title]) => title);
    expect(titles).toEqual(['Is the sync alive?', 'How far behind is it?', 'What did it skip?']);
  });

  test('shows every metric that the function sends', () => {
    const body = bodyOf(EXAMPLE);
    expect(Object.values(METRIC).filter((metric) => !body.includes(`\\"${metric}\\"`))).toEqual([]);
  });

  test('says whether the sync is on', () => {
    expect(bodyOf(EXAMPLE)).toContain('switched on. It reads `connect-offsets` as consumer group `group`');
    expect(bodyOf({ ...EXAMPLE, enabled: false })).toContain('switched **off**');
  });
});
