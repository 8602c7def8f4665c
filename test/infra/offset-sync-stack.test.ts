import { describe, expect, test } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { OffsetSyncStack } from '../../infra/offset-sync-stack.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import type { OffsetSyncProps } from '../../infra/options/migration.ts';
import {
  anApp,
  EXAMPLE,
  EXAMPLE_NAMES,
  example,
  KEY_ARN,
  SECRET_ARN,
  templateOf,
  withAuthentication,
} from './synthesis.ts';

const create = (props: OffsetSyncProps) => {
  const app = anApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack: new OffsetSyncStack(app, 'OffsetSync', props) };
};

const build = (props: OffsetSyncProps) => templateOf(create(props).stack);

test("the stack goes to the cluster's account and region", () => {
  const { account, region } = create(EXAMPLE).stack;
  expect([account, region]).toEqual(['123456789012', 'eu-central-1']);
});

describe('the outputs', () => {
  const { Outputs } = build(EXAMPLE);
  const ref = (id: string) => ({ Ref: expect.stringContaining(id) });

  test('name what an operator needs', () => {
    expect(Object.fromEntries(Object.entries(Outputs).map(([id, { Value }]) => [id, Value]))).toEqual({
      FunctionName: ref('Function'),
      VerifyFunctionName: ref('VerifyFunction'),
      ConsumerGroup: 'mm2-migration-89e5ff394e-0',
      DashboardName: ref('Dashboard'),
      SecretArn: ref('Secret'),
      CutoverSwitch: {
        'Fn::Join': [
          '',
          ['aws lambda update-event-source-mapping --region eu-central-1 --uuid ', ref('Mapping'), ' --no-enabled'],
        ],
      },
    });
  });

  test('each say what they are', () => {
    for (const { Description } of Object.values(Outputs)) {
      expect(Description).toMatch(/.{20}/);
    }
  });

  test('name no secret where there is none', () => {
    expect(build(withAuthentication({ type: 'iam' }, 9098)).Outputs).not.toHaveProperty('SecretArn');
  });
});

// A violation of either makes the synthesis throw.
describe("cdk-nag's AwsSolutions checks and CloudFormation's schemas pass", () => {
  const everything: Partial<OffsetSyncProps> = {
    eventSource: { pollers: { minimum: 1, maximum: 2 } },
    network: {
      admitEventSource: true,
      endpoints: { services: ['lambda', 'sts', 'secretsmanager'], vpcCidr: '10.0.0.0/16' },
    },
    alarms: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms' },
    source: {
      brokers: ['b-1.source.abcdef.c1.kafka.eu-west-1.amazonaws.com:9098'],
      authentication: { type: 'iam', clusterArn: 'arn:aws:kafka:eu-west-1:123456789012:cluster/source/0123-1' },
    },
  };
  const cases: readonly [string, AuthenticationOptions, number][] = [
    ['no authentication', { type: 'none' }, 9092],
    ['SCRAM', { type: 'scram' }, 9096],
    ['an existing SCRAM secret', { type: 'scram', secretArn: SECRET_ARN, keyArn: KEY_ARN }, 9096],
    ['mTLS', { type: 'mtls', secretArn: SECRET_ARN }, 9094],
    ['IAM', { type: 'iam' }, 9098],
  ];
  test.each(EXAMPLE_NAMES)('for the example %s', (name) => {
    expect(() => build(example(name))).not.toThrow();
  });

  test.each(cases)('with %s, and every option', (_, authentication, port) => {
    const props = { ...withAuthentication(authentication, port), ...everything };
    expect(() => build(props)).not.toThrow();
  });

  test('and do find what is against them', () => {
    const { app, stack } = create(EXAMPLE);
    new Topic(stack, 'WithoutTls');
    expect(() => app.synth()).toThrow('AwsSolutions-SNS3');
  });

  test('and each acknowledged rule has its reason', () => {
    const acknowledged = create(EXAMPLE)
      .stack.node.findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .map(({ data }) => data);
    const reasons = Object.assign({}, ...acknowledged) as Readonly<Record<string, string>>;
    const wildcard = (resource: unknown) => `Annotation::AwsSolutions-IAM5[Resource::${resource}]`;
    expect(Object.keys(reasons)).toEqual(
      expect.arrayContaining([
        'Annotation::AwsSolutions-SMG4',
        'Annotation::AwsSolutions-L1',
        expect.stringMatching('AwsSolutions-IAM4.*AWSLambdaBasicExecutionRole'),
        wildcard('*'),
        wildcard('arn:aws:ec2:eu-central-1:123456789012:*/*'),
        expect.stringMatching('IAM5.Resource::<OffsetSyncCredentialsAssociationHandler'),
      ]),
    );
    expect(Object.keys(reasons)).toHaveLength(6);
    for (const reason of Object.values(reasons)) {
      expect(reason).toMatch(/\w/);
    }
  });
});
