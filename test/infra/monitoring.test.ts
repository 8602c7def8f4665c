import { describe, expect, test } from '@jest/globals';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { METRIC } from '../../functions/sync/metric-names.ts';
import { Monitoring } from '../../infra/monitoring.ts';
import { type OffsetSyncProps, parseMigration } from '../../infra/options/migration.ts';
import { EXAMPLE, example, only, propertiesOf, type Resource, synthesize } from './synthesis.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alarms';

const build = (props: OffsetSyncProps) =>
  synthesize((scope) => {
    new Monitoring(scope, 'Monitoring', {
      migration: parseMigration('migration', props),
      function: LambdaFunction.fromFunctionName(scope, 'Function', 'sync'),
      consumerGroup: 'group',
      after: [],
    });
  });

type Alarms = Readonly<Record<string, Resource['Properties']>>;
const alarmsOf = (template: ReturnType<typeof build>): Alarms =>
  Object.fromEntries(
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
      .map(([id, { Properties }]) => [id.replace(/^MonitoringAlarms(.*).{8}$/, '$1'), Properties]),
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
    Period: 60,
    Stat: 'Sum',
  },
};

describe('while the sync is on', () => {
  const template = build({ ...EXAMPLE, alarms: { topicArn: TOPIC, maxAgeSeconds: 120 } });
  const alarms = alarmsOf(template);

  test('there are alarms on its progress and on its findings, and none for throttles', () => {
    expect(Object.keys(alarms)).toEqual([
      'Errors',
      'NotReading',
      'TimeLag',
      'NewestRecordAge',
      'Malformed',
      'TakenOver',
      'FatalValues',
      'IgnoredValues',
      'Missing',
    ]);
  });

  test('each tells the topic, also when it is over', () => {
    for (const alarm of Object.values(alarms)) {
      expect(alarm).toMatchObject({
        AlarmActions: [TOPIC],
        OKActions: [TOPIC],
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        AlarmDescription: expect.stringMatching(/^mm2-migration: .*\.$/),
      });
    }
  });

  test('each keeps quiet about what is not measured, except the one that asks whether anybody reads', () => {
    const breaching = Object.entries(alarms).filter(([, { TreatMissingData }]) => TreatMissingData !== 'notBreaching');
    expect(breaching.map(([name, { TreatMissingData }]) => [name, TreatMissingData])).toEqual([
      ['NotReading', 'breaching'],
    ]);
  });

  const metric = (Id: string, Namespace: string, MetricName: string, Stat: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: expect.objectContaining({ Namespace, MetricName }), Period: 60, Stat },
  });

  test('errors: in five minutes of fifteen, without those in which the function was fenced', () => {
    expect(alarms.Errors).toMatchObject({
      Metrics: [
        expect.objectContaining({ Expression: 'IF(FILL(fenced, 0) > 0, 0, errors)' }),
        metric('errors', 'AWS/Lambda', 'Errors', 'Sum'),
        metric('fenced', 'mm2-migration', 'Fenced', 'Sum'),
      ],
      Threshold: 1,
      EvaluationPeriods: 15,
      DatapointsToAlarm: 5,
    });
  });

  test('not reading: for eight minutes neither free of lag nor invoked', () => {
    expect(alarms.NotReading).toMatchObject({
      Metrics: [
        expect.objectContaining({ Expression: 'IF(FILL(lag, -1) == 0 OR FILL(invocations, 0) >= 1, 0, 1)' }),
        { ...LAG, MetricStat: { ...LAG.MetricStat, Stat: 'Maximum' } },
        metric('invocations', 'AWS/Lambda', 'Invocations', 'Sum'),
      ],
      Threshold: 1,
      EvaluationPeriods: 8,
      DatapointsToAlarm: 8,
    });
  });

  test("age: five minutes of it, by MSK's estimate of the event source and by what the function wrote", () => {
    expect(alarms.TimeLag).toMatchObject({
      Namespace: 'AWS/Kafka',
      MetricName: 'EstimatedMaxTimeLag',
      Dimensions: LAG.MetricStat.Metric.Dimensions,
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 120,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 5,
    });
    expect(alarms.NewestRecordAge).toMatchObject({
      Metrics: [
        expect.objectContaining({ Expression: 'age / 1000' }),
        {
          Id: 'age',
          ReturnData: false,
          MetricStat: { Metric: { ...OWN, MetricName: 'NewestRecordAge' }, Period: 60, Stat: 'Maximum' },
        },
      ],
      Threshold: 120,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 5,
    });
  });

  test.each(['Malformed', 'TakenOver', 'FatalValues', 'IgnoredValues', 'Missing'])('%s: the first one', (name) => {
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

test('a serverless cluster sends its lag for each partition, and its time lag by another name', () => {
  const alarms = alarmsOf(build(example('serverless')));
  expect(alarms.TimeLag).toMatchObject({ MetricName: 'MaxEstimatedTimeLag', Statistic: 'Maximum' });
  expect(alarms.NotReading).toMatchObject({
    Metrics: expect.arrayContaining([{ ...LAG, MetricStat: { ...LAG.MetricStat, Stat: 'Sum' } }]),
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

describe('what MM2 would do', () => {
  const dashboardOf = (verifyArn?: string) => {
    const template = synthesize((scope) => {
      new Monitoring(scope, 'Monitoring', {
        migration: parseMigration('migration', EXAMPLE),
        function: LambdaFunction.fromFunctionName(scope, 'Function', 'sync'),
        consumerGroup: 'group',
        after: [],
        verifyArn,
      });
    });
    const body = only(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody as {
      'Fn::Join': [string, unknown[]];
    };
    const text = body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'REFERENCE')).join('');
    return (JSON.parse(text) as { widgets: { type: string; x: number; y: number; properties: object }[] }).widgets;
  };
  const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:verify';

  test('stands first on the dashboard, and is asked at its opening and at a refresh alone', () => {
    expect(dashboardOf(ARN)[0]).toMatchObject({
      type: 'custom',
      x: 0,
      y: 0,
      properties: {
        endpoint: ARN,
        params: { records: 100 },
        updateOn: { refresh: true, resize: false, timeRange: false },
      },
    });
  });

  test('is left out where there is no function that tells, and the rest stays', () => {
    const types = (widgets: ReturnType<typeof dashboardOf>) => widgets.map(({ type }) => type);
    expect(types(dashboardOf())).toEqual(types(dashboardOf(ARN)).slice(1));
  });
});
