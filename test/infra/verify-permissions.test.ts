import { describe, expect, test } from '@jest/globals';
import { type OffsetSyncProps, parseMigration } from '../../infra/options/migration.ts';
import { verifyPermissions, verifyWildcards } from '../../infra/verify-permissions.ts';
import { CLUSTER_ARN, EXAMPLE, KEY_ARN, SECRET_ARN, withAuthentication } from './synthesis.ts';

const ON_CLUSTER = 'arn:aws:kafka:eu-central-1:123456789012';
const ID = 'orders/01234567-89ab-cdef-0123-456789abcdef-1';
const LOGS_ARN = 'arn:aws:logs:eu-central-1:123456789012:log-group:Logs:*';
const SOURCE_ARN = 'arn:aws:kafka:eu-west-1:210987654321:cluster/source/0123-4';

const allow = (Sid: string, Action: string | readonly string[], Resource: string | readonly string[]) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});
const ALWAYS = [
  allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], LOGS_ARN),
  allow(
    'ManageNetworkInterfaces',
    ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
    'arn:aws:ec2:eu-central-1:123456789012:*/*',
  ),
  allow(
    'DescribeVpc',
    ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
    '*',
  ),
];
const CONNECT = [
  'kafka-cluster:Connect',
  'kafka-cluster:DescribeCluster',
  'kafka-cluster:DescribeClusterDynamicConfiguration',
];
const READ = [
  'kafka-cluster:DescribeTopic',
  'kafka-cluster:DescribeTopicDynamicConfiguration',
  'kafka-cluster:ReadData',
];
const decrypt = (Sid: string, keyArn: string, region: string) => ({
  ...allow(Sid, 'kms:Decrypt', keyArn),
  Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
});

const granted = (props: OffsetSyncProps, secretArn?: string, keyArn?: string) =>
  verifyPermissions({
    migration: parseMigration('migration', props),
    logGroupArn: LOGS_ARN,
    secretArn,
    keyArn,
    place: { partition: 'aws', region: 'eu-central-1', account: '123456789012' },
  }).map((statement) => statement.toStatementJson());

const iam = withAuthentication({ type: 'iam' }, 9098);
const seeLag = allow('SeeLag', 'kafka-cluster:DescribeGroup', `${ON_CLUSTER}:group/${ID}/mm2-migration-89e5ff394e-0`);

describe('the role may do exactly this', () => {
  test('with no authentication', () => {
    expect(granted(withAuthentication({ type: 'none' }, 9092))).toEqual(ALWAYS);
  });

  test('with a secret', () => {
    expect(granted(EXAMPLE, SECRET_ARN, KEY_ARN)).toEqual([
      ...ALWAYS,
      allow('ReadCredentials', 'secretsmanager:GetSecretValue', SECRET_ARN),
      decrypt('DecryptCredentials', KEY_ARN, 'eu-central-1'),
    ]);
  });

  test('with IAM: read the offsets topics, and see the lag', () => {
    expect(granted(iam)).toEqual([
      ...ALWAYS,
      allow('ConnectToBrokers', CONNECT, CLUSTER_ARN),
      allow('ReadTopics', READ, [
        `${ON_CLUSTER}:topic/${ID}/connect-offsets`,
        `${ON_CLUSTER}:topic/${ID}/mm2-offsets.primary.internal`,
      ]),
      seeLag,
    ]);
  });

  test('with IAM and a source: read every topic of both clusters, for the proof', () => {
    const source = {
      brokers: ['b-1.source:9098'],
      authentication: { type: 'iam', clusterArn: SOURCE_ARN },
    } as const;
    const everywhere = [`${ON_CLUSTER}:topic/${ID}/*`, 'arn:aws:kafka:eu-west-1:210987654321:topic/source/0123-4/*'];
    expect(granted({ ...iam, source })).toEqual([
      ...ALWAYS,
      allow('ConnectToBrokers', CONNECT, CLUSTER_ARN),
      allow('ReadTopics', READ, everywhere[0] ?? ''),
      seeLag,
      allow('ConnectToSource', CONNECT, SOURCE_ARN),
      allow('ReadSource', READ, everywhere[1] ?? ''),
    ]);
    expect([...verifyWildcards(parseMigration('migration', { ...iam, source })).keys()].sort()).toEqual(everywhere);
  });

  test("with a source's secret: read that, too, in its own region", () => {
    const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:source-aBcDeF';
    const keyArn = KEY_ARN.replace('eu-central-1', 'eu-west-1');
    const source = { brokers: ['s:9093'], authentication: { type: 'plain', secretArn, keyArn } } as const;
    expect(granted({ ...withAuthentication({ type: 'none' }, 9092), source })).toEqual([
      ...ALWAYS,
      allow('ReadSourceCredentials', 'secretsmanager:GetSecretValue', secretArn),
      decrypt('DecryptSourceCredentials', keyArn, 'eu-west-1'),
    ]);
  });
});

test('nothing of it writes, creates, joins or changes anything on a cluster', () => {
  const source = { brokers: ['s:9098'], authentication: { type: 'iam', clusterArn: SOURCE_ARN } } as const;
  const actions = granted({ ...iam, source }, SECRET_ARN, KEY_ARN).flatMap(({ Action }) => Action as string | string[]);
  const onClusters = actions.filter((action) => action.startsWith('kafka'));

  expect(onClusters.filter((action) => !/:(Connect|Describe\w+|ReadData)$/.test(action))).toEqual([]);
});
