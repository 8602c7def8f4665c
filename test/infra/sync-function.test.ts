import { describe, expect, test } from '@jest/globals';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type OffsetSyncProps, parseMigration } from '../../infra/options/migration.ts';
import { SyncFunction } from '../../infra/sync-function.ts';
import { EXAMPLE, only, type Resource, SECRET_ARN, synthesize } from './synthesis.ts';

const build = (props: OffsetSyncProps) =>
  synthesize((scope) => {
    new SyncFunction(scope, 'Sync', {
      migration: parseMigration('migration', props),
      reading: '0123456789-0',
      securityGroupId: 'sg-01234567',
      secretArn: SECRET_ARN,
      permissions: (logGroupArn) => [
        new PolicyStatement({ sid: 'Logs', actions: ['logs:Put'], resources: [logGroupArn] }),
      ],
    });
  });

describe('the function', () => {
  const template = build(EXAMPLE);
  const { Properties, DependsOn } = only(template, 'AWS::Lambda::Function');
  const logs = only(template, 'AWS::Logs::LogGroup');
  const role = only(template, 'AWS::IAM::Role');
  const policy = (id: string): Resource['Properties'] =>
    Object.entries(template.Resources).find(([other]) => other.startsWith(id))?.[1].Properties ?? {};

  test('runs one at a time on Node 24, with a memory and a timeout of its own', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Architectures: ['arm64'],
      MemorySize: 1769,
      Timeout: 300,
      ReservedConcurrentExecutions: 1,
    });
  });

  test("has its network interfaces in the cluster's subnets, behind its own security group", () => {
    expect(Properties.VpcConfig).toEqual({
      SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      SecurityGroupIds: ['sg-01234567'],
    });
  });

  test('gets its configuration, and nothing else, by the environment', () => {
    expect(Properties.Environment).toEqual({
      Variables: {
        OFFSET_SYNC: JSON.stringify({
          flows: EXAMPLE.flows,
          brokers: EXAMPLE.cluster.brokers,
          authentication: { type: 'scram', secretArn: SECRET_ARN },
        }),
        POWERTOOLS_LOG_LEVEL: 'INFO',
        NODE_OPTIONS: '--disable-warning=TimeoutNegativeWarning',
      },
    });
  });

  test('keeps its logs for a month, also when the stack is gone', () => {
    expect(logs.Properties).toEqual({ RetentionInDays: 30 });
    expect(logs.DeletionPolicy).toBe('Retain');
    expect(Properties.LoggingConfig).toEqual({ LogGroup: { Ref: expect.stringMatching(/^SyncLogs/) } });
  });

  test('may do what its statements say, and has no managed policy', () => {
    expect(role.Properties).toEqual({
      Description: 'The function and the event source of mm2-migration',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
    });
    expect(policy('SyncRoleDefaultPolicy').PolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Logs',
          Effect: 'Allow',
          Action: 'logs:Put',
          Resource: { 'Fn::GetAtt': [expect.stringMatching(/^SyncLogs/), 'Arn'] },
        },
      ],
    });
  });

  test('has no hand in network interfaces, which its role must be allowed to make for Lambda', () => {
    expect(policy('SyncWithheldFromCode')).toMatchObject({
      Roles: [{ Ref: expect.stringMatching(/^SyncRole/) }],
      PolicyDocument: {
        Statement: [
          {
            Sid: 'NoNetworkInterfacesFromCode',
            Effect: 'Deny',
            Action: expect.arrayContaining(['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface']),
            Resource: '*',
            Condition: {
              ArnEquals: {
                'lambda:SourceFunctionArn': { 'Fn::GetAtt': [expect.stringMatching(/^SyncFunction/), 'Arn'] },
              },
            },
          },
        ],
      },
    });
  });

  test('is made after its permissions, because Lambda checks them', () => {
    expect(DependsOn).toContainEqual(expect.stringMatching(/^SyncRoleDefaultPolicy/));
  });

  test('is invoked by its newest version, under the name of the alias', () => {
    expect(only(template, 'AWS::Lambda::Alias').Properties).toEqual({
      Name: 'sync-0123456789-0',
      FunctionName: { Ref: expect.stringMatching(/^SyncFunction/) },
      FunctionVersion: { 'Fn::GetAtt': [expect.stringMatching(/^SyncFunctionCurrentVersion/), 'Version'] },
    });
  });
});

test('the function is as it is configured', () => {
  const template = build({
    ...EXAMPLE,
    function: { reserveConcurrency: false, logLevel: 'DEBUG', logRetentionDays: 7 },
  });
  const { Properties } = only(template, 'AWS::Lambda::Function');
  expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  expect(Properties).toMatchObject({ Environment: { Variables: { POWERTOOLS_LOG_LEVEL: 'DEBUG' } } });
  expect(only(template, 'AWS::Logs::LogGroup').Properties.RetentionInDays).toBe(7);
});
