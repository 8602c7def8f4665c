import { describe, expect, test } from '@jest/globals';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import { type OffsetSyncProps, parseMigration } from '../../infra/options/migration.ts';
import { permissions } from '../../infra/permissions.ts';
import { CLUSTER_ARN, example, KEY_ARN, SECRET_ARN, withAuthentication } from './synthesis.ts';

const ON_CLUSTER = 'arn:aws:kafka:eu-central-1:123456789012';
const ID = 'orders/01234567-89ab-cdef-0123-456789abcdef-1';
const LOGS_ARN = 'arn:aws:logs:eu-central-1:123456789012:log-group:Logs:*';

const allow = (Sid: string, Action: string | readonly string[], Resource: string | readonly string[]) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

const LAMBDA = [
  allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], LOGS_ARN),
  allow(
    'ManageNetworkInterfaces',
    ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
    'arn:aws:ec2:eu-central-1:123456789012:*/*',
  ),
  allow(
    'DescribeVpcAndFindBrokers',
    [
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
      'kafka:GetBootstrapBrokers',
    ],
    '*',
  ),
  allow('DescribeCluster', 'kafka:DescribeClusterV2', CLUSTER_ARN),
];
const READ_SECRET = allow(
  'ReadCredentials',
  ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
  SECRET_ARN,
);
const DECRYPT = {
  ...allow('DecryptCredentials', 'kms:Decrypt', KEY_ARN),
  Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' } },
};
const FIND_SECRET = allow('FindScramSecret', 'kafka:ListScramSecrets', CLUSTER_ARN);
const CONNECT = allow(
  'ConnectToBrokers',
  ['kafka-cluster:Connect', 'kafka-cluster:DescribeClusterDynamicConfiguration'],
  CLUSTER_ARN,
);
const READ_SOURCE = allow(
  'ReadReplicatorOffsets',
  ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
  `${ON_CLUSTER}:topic/${ID}/connect-offsets`,
);
const JOIN_GROUP = allow(
  'JoinConsumerGroups',
  ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
  `${ON_CLUSTER}:group/${ID}/mm2-migration-*`,
);
const offsetsTopics = (Resource: string | readonly string[]) => [
  allow('ProduceIdempotently', 'kafka-cluster:WriteDataIdempotently', CLUSTER_ARN),
  allow(
    'UseMm2OffsetsTopics',
    [
      'kafka-cluster:CreateTopic',
      'kafka-cluster:DescribeTopic',
      'kafka-cluster:DescribeTopicDynamicConfiguration',
      'kafka-cluster:ReadData',
      'kafka-cluster:WriteData',
    ],
    Resource,
  ),
  allow(
    'FenceOtherInstances',
    ['kafka-cluster:AlterTransactionalId', 'kafka-cluster:DescribeTransactionalId'],
    `${ON_CLUSTER}:transactional-id/${ID}/mm2-migration`,
  ),
];
const OFFSETS_TOPIC = `${ON_CLUSTER}:topic/${ID}/mm2-offsets.primary.internal`;

const granted = (props: OffsetSyncProps, secretArn?: string, keyArn?: string) =>
  permissions({
    migration: parseMigration('migration', props),
    logGroupArn: LOGS_ARN,
    secretArn,
    keyArn,
    place: { partition: 'aws', region: 'eu-central-1', account: '123456789012' },
  }).map((statement) => statement.toStatementJson());

describe('the role may do exactly this', () => {
  const cases: readonly [string, AuthenticationOptions, number, string | undefined, string | undefined, object[]][] = [
    ['no authentication', { type: 'none' }, 9092, undefined, undefined, LAMBDA],
    ['SCRAM', { type: 'scram' }, 9096, SECRET_ARN, KEY_ARN, [...LAMBDA, READ_SECRET, DECRYPT, FIND_SECRET]],
    [
      'mTLS with a customer-managed key',
      { type: 'mtls', secretArn: SECRET_ARN, keyArn: KEY_ARN },
      9094,
      SECRET_ARN,
      KEY_ARN,
      [...LAMBDA, READ_SECRET, DECRYPT],
    ],
    [
      'mTLS with the default key',
      { type: 'mtls', secretArn: SECRET_ARN },
      9094,
      SECRET_ARN,
      undefined,
      [...LAMBDA, READ_SECRET],
    ],
    [
      'IAM',
      { type: 'iam' },
      9098,
      undefined,
      undefined,
      [...LAMBDA, CONNECT, READ_SOURCE, JOIN_GROUP, ...offsetsTopics(OFFSETS_TOPIC)],
    ],
  ];
  test.each(cases)('with %s', (_, authentication, port, secretArn, keyArn, expected) => {
    expect(granted(withAuthentication(authentication, port), secretArn, keyArn)).toEqual(expected);
  });

  test('with no authentication on a cluster with IAM: what the event source needs, and no write', () => {
    const props = withAuthentication({ type: 'none' }, 9092);
    expect(granted({ ...props, cluster: { ...props.cluster, iamAuthentication: true } })).toEqual([
      ...LAMBDA,
      CONNECT,
      READ_SOURCE,
      JOIN_GROUP,
    ]);
  });

  test("with several flows: each of MM2's topics, once", () => {
    const flows = [
      { name: 'a', replicatorConnector: 'a', sourceAlias: 'a' },
      { name: 'b', replicatorConnector: 'b', sourceAlias: 'b' },
      {
        name: 'c',
        replicatorConnector: 'c',
        sourceAlias: 'a',
        mm2: { runsAs: 'connect', connector: 'c', offsetsTopic: 'mm2-offsets.a.internal' } as const,
      },
    ];
    expect(granted({ ...withAuthentication({ type: 'iam' }, 9098), flows }).slice(-3)).toEqual(
      offsetsTopics([
        `${ON_CLUSTER}:topic/${ID}/mm2-offsets.a.internal`,
        `${ON_CLUSTER}:topic/${ID}/mm2-offsets.b.internal`,
      ]),
    );
  });

  test('with names of its own: these, and no others', () => {
    const props = { ...withAuthentication({ type: 'iam' }, 9098), name: 'orders', replicatorOffsetsTopic: 'offsets' };
    const resources = granted(props).flatMap(({ Resource }) => Resource as string | string[]);
    expect(resources).toEqual(
      expect.arrayContaining([`${ON_CLUSTER}:topic/${ID}/offsets`, `${ON_CLUSTER}:transactional-id/${ID}/orders`]),
    );
    expect(resources.join('\n')).not.toMatch(/connect-offsets|\/mm2-migration$/m);
  });
});

test("in China Secrets Manager may name itself to KMS by China's domain, too", () => {
  const statements = permissions({
    migration: parseMigration('migration', example('china')),
    logGroupArn: LOGS_ARN,
    secretArn: SECRET_ARN,
    keyArn: KEY_ARN,
    place: { partition: 'aws-cn', region: 'cn-north-1', account: '123456789012' },
  }).map((statement) => statement.toStatementJson());
  expect(statements).toContainEqual(
    expect.objectContaining({
      Condition: {
        StringEquals: {
          'kms:ViaService': ['secretsmanager.cn-north-1.amazonaws.com', 'secretsmanager.cn-north-1.amazonaws.com.cn'],
        },
      },
    }),
  );
  expect(statements).toContainEqual(
    expect.objectContaining({ Resource: 'arn:aws-cn:ec2:cn-north-1:123456789012:*/*' }),
  );
});
