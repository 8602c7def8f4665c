import { describe, expect, test } from '@jest/globals';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { EventSource } from '../../infra/event-source.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import { type OffsetSyncProps, parseMigration } from '../../infra/options/migration.ts';
import { CLUSTER_ARN, EXAMPLE, KEY_ARN, only, SECRET_ARN, synthesize, withAuthentication } from './synthesis.ts';

const ALIAS_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:sync:alias';

const build = (props: OffsetSyncProps, secretArn?: string) =>
  only(
    synthesize((scope) => {
      const permissions = new CfnTopic(scope, 'Permissions');
      new EventSource(scope, 'EventSource', {
        migration: parseMigration('migration', props),
        aliasArn: ALIAS_ARN,
        consumerGroup: 'group',
        reading: '0123456789-0',
        secretArn,
        after: [permissions],
      });
    }),
    'AWS::Lambda::EventSourceMapping',
  );

describe('the mapping', () => {
  const mapping = build(withAuthentication({ type: 'iam' }, 9098));

  test("reads the whole of Replicator's offsets topic, and has no option that could drop a batch", () => {
    expect(mapping.Properties).toEqual({
      FunctionName: ALIAS_ARN,
      EventSourceArn: CLUSTER_ARN,
      Topics: ['connect-offsets'],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'group' },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 10_000,
      MaximumBatchingWindowInSeconds: 5,
      Enabled: true,
    });
  });

  test('waits for what Lambda needs to connect', () => {
    expect(mapping.DependsOn).toEqual(['Permissions']);
  });
});

const access: readonly [string, AuthenticationOptions, number, string | undefined, object[] | undefined][] = [
  ['nothing', { type: 'none' }, 9092, undefined, undefined],
  [
    'the user of the secret',
    { type: 'scram', secretArn: SECRET_ARN, keyArn: KEY_ARN },
    9096,
    SECRET_ARN,
    [{ Type: 'SASL_SCRAM_512_AUTH', URI: SECRET_ARN }],
  ],
  [
    'the certificate of the secret',
    { type: 'mtls', secretArn: SECRET_ARN },
    9094,
    SECRET_ARN,
    [{ Type: 'CLIENT_CERTIFICATE_TLS_AUTH', URI: SECRET_ARN }],
  ],
  ["the role's own identity", { type: 'iam' }, 9098, undefined, undefined],
];
test.each(access)('it authenticates with %s', (_, authentication, port, secretArn, expected) => {
  const { Properties } = build(withAuthentication(authentication, port), secretArn);
  expect(Properties.SourceAccessConfigurations).toEqual(expected);
});

test('it is as it is configured, and pauses at the cutover', () => {
  const props = {
    ...EXAMPLE,
    replicatorOffsetsTopic: 'offsets',
    enabled: false,
    eventSource: { batchSize: 500, batchingWindowSeconds: 0 },
  };
  expect(build(props, SECRET_ARN).Properties).toMatchObject({
    Topics: ['offsets'],
    Enabled: false,
    BatchSize: 500,
    MaximumBatchingWindowInSeconds: 0,
  });
});

test('provisioned pollers, and only they, send metrics of their own', () => {
  const props = { ...EXAMPLE, eventSource: { pollers: { minimum: 1, maximum: 2 } } };
  expect(build(props, SECRET_ARN).Properties).toMatchObject({
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 2 },
    MetricsConfig: { Metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
  });
});
