import { describe, expect, test } from '@jest/globals';
import { OffsetSync } from '../../infra/offset-sync.ts';
import type { OffsetSyncProps } from '../../infra/options/migration.ts';
import {
  CLUSTER_ARN,
  EXAMPLE,
  example,
  KEY_ARN,
  only,
  type Resource,
  SECRET_ARN,
  type Synthesized,
  synthesize,
  withAuthentication,
} from './synthesis.ts';

const build = (props: OffsetSyncProps) => synthesize((scope) => new OffsetSync(scope, 'OffsetSync', props));

const byId = (template: Synthesized, id: RegExp): readonly Resource[] =>
  Object.entries(template.Resources).flatMap(([name, resource]) => (id.test(name) ? [resource] : []));
const one = (template: Synthesized, id: RegExp): Resource => {
  const [found, ...more] = byId(template, id);
  if (found === undefined || more.length > 0) {
    throw new Error(`There are ${found ? 1 + more.length : 0} ${id}`);
  }
  return found;
};
const FUNCTION = /^OffsetSyncVerifyFunction[0-9A-F]{8}$/;
const CHECK = /^OffsetSyncVerifyAtDeployment[0-9A-F]{8}$/;
const environmentOf = (resource: Resource) =>
  (resource.Properties.Environment as { Variables: Record<string, unknown> }).Variables;
const told = (resource: Resource): unknown => JSON.parse(String(environmentOf(resource).OFFSET_VERIFY));

const plain = build(EXAMPLE);

describe('the verify function', () => {
  test('runs as long as Lambda lets it, in the network of the sync', () => {
    expect(one(plain, FUNCTION).Properties).toMatchObject({
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 1769,
      Timeout: 900,
      VpcConfig: {
        SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
        SecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringMatching(/^OffsetSyncNetworkSecurityGroup/), 'GroupId'] }],
      },
    });
    expect(one(plain, FUNCTION).Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  test('is told what the sync is told, and its group', () => {
    const [sync] = byId(plain, /^OffsetSyncFunction[0-9A-F]{8}$/);
    expect(sync && environmentOf(one(plain, FUNCTION)).OFFSET_SYNC).toEqual(sync && environmentOf(sync).OFFSET_SYNC);
    expect(told(one(plain, FUNCTION))).toEqual({ group: 'mm2-migration-89e5ff394e-0', sharesCredentials: true });
  });

  test('is told of the source what it needs, and has a secret of its own where one is given', () => {
    const template = build(example('source'));
    expect(told(one(template, FUNCTION))).toMatchObject({
      sharesCredentials: false,
      source: {
        brokers: ['source-1.example.com:9093', 'source-2.example.com:9093'],
        authentication: { type: 'plain', tls: true, secretArn: expect.stringContaining('source-verify') },
      },
    });
    expect(JSON.stringify(told(one(template, FUNCTION)))).not.toContain('keyArn');
    expect(environmentOf(one(template, FUNCTION)).OFFSET_SYNC).toContain('AmazonMSK_verify-aBcDeF');
    const policy = JSON.stringify(one(template, /^OffsetSyncVerifyRoleDefaultPolicy/).Properties);
    expect(policy).toContain('AmazonMSK_verify-aBcDeF');
    // The sync's own, which the stack creates.
    expect(policy).not.toContain('OffsetSyncCredentials');
  });

  test('has a role of its own, which is denied the network interfaces that Lambda makes with it', () => {
    const denied = byId(plain, /^OffsetSyncVerifyWithheldFrom/);
    expect(denied).toHaveLength(2);
    for (const { Properties } of denied) {
      expect(Properties).toMatchObject({
        Roles: [{ Ref: expect.stringMatching(/^OffsetSyncVerifyRole/) }],
        PolicyDocument: { Statement: [{ Effect: 'Deny', Resource: '*' }] },
      });
    }
  });
});

describe('the check at the deployment', () => {
  test('is the same code, and has time until a SCRAM secret has arrived', () => {
    const [verify, check] = [one(plain, FUNCTION).Properties, one(plain, CHECK).Properties];
    expect(check).toMatchObject({ Handler: 'index.atDeployment', Timeout: 780, Code: verify.Code });
  });

  test('runs after credentials, rights and network are there, and waits for the answer', () => {
    const { Properties, DependsOn } = only(plain, 'Custom::Trigger');
    expect(Properties).toMatchObject({
      HandlerArn: { Ref: expect.stringMatching(/^OffsetSyncVerifyAtDeploymentCurrentVersion/) },
      InvocationType: 'RequestResponse',
      ExecuteOnHandlerChange: true,
    });
    // Longer than the function runs, shorter than the CDK's own that waits for it.
    expect(Number(Properties.Timeout)).toBe(840_000);
    for (const id of [/CredentialsAssociation/, /FromFunction/, /VerifyRoleDefaultPolicy/]) {
      expect(DependsOn).toContainEqual(expect.stringMatching(id));
    }
  });

  test('comes before the event source, so that what cannot work is not begun', () => {
    const { DependsOn } = only(plain, 'AWS::Lambda::EventSourceMapping');
    expect(DependsOn).toContainEqual(expect.stringMatching(/^OffsetSyncVerifyCheck/));
  });

  test('runs again when the configuration changes, and not otherwise', () => {
    const version = (props: OffsetSyncProps) => only(build(props), 'Custom::Trigger').Properties.HandlerArn;
    const now = only(plain, 'Custom::Trigger').Properties.HandlerArn;

    expect(version(EXAMPLE)).toEqual(now);
    expect(version({ ...EXAMPLE, alarms: { maxAgeSeconds: 600 } })).toEqual(now);
    expect(version({ ...EXAMPLE, flows: [{ sourceAlias: 'other' }] })).not.toEqual(now);
    expect(version({ ...EXAMPLE, verify: { secretArn: SECRET_ARN, keyArn: KEY_ARN } })).not.toEqual(now);
  });

  test.each<[string, Partial<OffsetSyncProps>]>([
    ['where it is switched off', { verify: { atDeployment: false } }],
    ['while the sync is switched off: MM2 may have taken over', { enabled: false }],
  ])('is not there %s, and the function is', (_, props) => {
    const template = build({ ...EXAMPLE, ...props });
    expect(byId(template, /Trigger|VerifyAtDeployment|VerifyCheck/)).toEqual([]);
    expect(byId(template, FUNCTION)).toHaveLength(1);
  });
});

test('without the function there is nothing of it', () => {
  const template = build({ ...EXAMPLE, verify: { function: false } });
  expect(byId(template, /Verify|Trigger/)).toEqual([]);
  expect(only(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody).toBeDefined();
});

test('with IAM it may do nothing on the clusters but read', () => {
  const source = { brokers: ['s:9098'], authentication: { type: 'iam', clusterArn: CLUSTER_ARN } } as const;
  const template = build({ ...withAuthentication({ type: 'iam' }, 9098), source });
  const actions = JSON.stringify(one(template, /^OffsetSyncVerifyRoleDefaultPolicy/)).match(/kafka-cluster:\w+/g) ?? [];
  expect([...new Set(actions)].sort()).toEqual([
    'kafka-cluster:Connect',
    'kafka-cluster:DescribeCluster',
    'kafka-cluster:DescribeClusterDynamicConfiguration',
    'kafka-cluster:DescribeGroup',
    'kafka-cluster:DescribeTopic',
    'kafka-cluster:DescribeTopicDynamicConfiguration',
    'kafka-cluster:ReadData',
  ]);
});
