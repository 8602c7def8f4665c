import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { eventSourceUsesIam } from './broker-ports.ts';
import { kafkaResourceArn } from './cluster-arn.ts';
import type { Migration } from './options/migration.ts';

/** What the permissions are for. */
export interface Permitted {
  readonly migration: Migration;
  /** The event source's consumer group. */
  readonly consumerGroup: string;
  /** The function's log group, with the `:*` of its streams. */
  readonly logGroupArn: string;
  /** The secret with the credentials, where there is one. */
  readonly secretArn: string | undefined;
  /** The secret's customer-managed key, where it has one. */
  readonly keyArn: string | undefined;
  readonly region: string;
}

/** Why a statement is on every resource: the reason that cdk-nag is given, too. */
export const WILDCARD_REASON =
  'The EC2 network interface calls of Lambda and kafka:GetBootstrapBrokers know no narrower resource ' +
  '(managed policy AWSLambdaMSKExecutionRole; Service Authorization Reference, "Amazon Managed Streaming for Apache Kafka").';

const statement = (sid: string, actions: readonly string[], resources: readonly string[]) =>
  new PolicyStatement({ sid, actions: [...actions], resources: [...resources] });

const forLambda = ({ migration, logGroupArn }: Permitted): readonly PolicyStatement[] => [
  statement('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroupArn]),
  // The function's own network interfaces, and those of the event source in the cluster's VPC. See WILDCARD_REASON.
  statement(
    'UseVpcAndFindBrokers',
    [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
      'kafka:GetBootstrapBrokers',
    ],
    ['*'],
  ),
  // Either this or the older DescribeCluster is enough, and serverless clusters want this.
  statement('DescribeCluster', ['kafka:DescribeClusterV2'], [migration.cluster.arn]),
];

const forSecret = ({ migration, secretArn, keyArn, region }: Permitted): readonly PolicyStatement[] => {
  if (secretArn === undefined) {
    return [];
  }
  const decrypt = new PolicyStatement({
    sid: 'DecryptCredentials',
    actions: ['kms:Decrypt'],
    resources: keyArn ? [keyArn] : [],
    // Only for Secrets Manager: the key opens nothing else.
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
  });
  return [
    // The event source describes the secret, then reads it like the function.
    statement('ReadCredentials', ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], [secretArn]),
    ...(keyArn ? [decrypt] : []),
    ...(migration.authentication.type === 'scram'
      ? [statement('FindScramSecret', ['kafka:ListScramSecrets'], [migration.cluster.arn])]
      : []),
  ];
};

/** The function's own rights on the cluster: Kafka's produce, transaction and guard. */
const forFunction = ({ cluster, name, flows }: Migration): readonly PolicyStatement[] => [
  statement('ProduceIdempotently', ['kafka-cluster:WriteDataIdempotently'], [cluster.arn]),
  // ReadData is the guard's, which looks at who wrote an offset before it writes one.
  statement(
    'UseMm2OffsetsTopics',
    [
      'kafka-cluster:CreateTopic',
      'kafka-cluster:DescribeTopic',
      'kafka-cluster:DescribeTopicDynamicConfiguration',
      'kafka-cluster:ReadData',
      'kafka-cluster:WriteData',
    ],
    [...new Set(flows.map(({ offsetsTopic }) => kafkaResourceArn(cluster.arn, 'topic', offsetsTopic)))],
  ),
  statement(
    'FenceOtherInstances',
    ['kafka-cluster:AlterTransactionalId', 'kafka-cluster:DescribeTransactionalId'],
    [kafkaResourceArn(cluster.arn, 'transactional-id', name)],
  ),
];

const forKafka = ({ migration, consumerGroup }: Permitted): readonly PolicyStatement[] => {
  if (!eventSourceUsesIam(migration)) {
    return [];
  }
  const { cluster, authentication, replicatorOffsetsTopic } = migration;
  return [
    // The configuration is looked at by the event source and the function alike.
    statement(
      'ConnectToBrokers',
      ['kafka-cluster:Connect', 'kafka-cluster:DescribeClusterDynamicConfiguration'],
      [cluster.arn],
    ),
    statement(
      'ReadReplicatorOffsets',
      ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
      [kafkaResourceArn(cluster.arn, 'topic', replicatorOffsetsTopic)],
    ),
    // The event source's group is the only one: the function reads without.
    statement(
      'JoinConsumerGroup',
      ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
      [kafkaResourceArn(cluster.arn, 'group', consumerGroup)],
    ),
    ...(authentication.type === 'iam' ? forFunction(migration) : []),
  ];
};

/**
 * Everything that the function's role may do, which the event source uses, too. No managed policy: AWS's own for MSK is
 * on every resource throughout.
 *
 * Each statement has an id, so that none is merged with another and each says what it is for.
 */
export const permissions = (permitted: Permitted): readonly PolicyStatement[] => [
  ...forLambda(permitted),
  ...forSecret(permitted),
  ...forKafka(permitted),
];
