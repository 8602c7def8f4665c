import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { eventSourceUsesIam } from './broker-ports.ts';
import { kafkaResourceArn } from './cluster-arn.ts';
import { anyConsumerGroupOf } from './consumer-group.ts';
import type { Migration } from './options/migration.ts';

/** What the permissions are for. */
export interface Permitted {
  readonly migration: Migration;
  /** The function's log group, with the `:*` of its streams. */
  readonly logGroupArn: string;
  /** The secret with the credentials, where there is one. */
  readonly secretArn: string | undefined;
  /** The secret's customer-managed key, where it has one. */
  readonly keyArn: string | undefined;
  /** Where the stack goes. */
  readonly place: Place;
}

/** A partition (`aws`, `aws-cn`), region and account. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Why a statement is on every resource. */
const WILDCARD_REASON =
  "EC2's Describe calls and kafka:GetBootstrapBrokers know no narrower resource (Service Authorization Reference, " +
  '"Amazon EC2" and "Amazon Managed Streaming for Apache Kafka").';

const DESCRIBE_NETWORK_ACTIONS = [
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
] as const;

/** What Lambda does to network interfaces. The function's own code does nothing of it. */
const INTERFACE_ACTIONS = ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'] as const;

/**
 * The network interfaces that Lambda makes for the function, and the event source for its pollers: all of the account
 * and region, as the Lambda Developer Guide wants it ("Giving Lambda functions access to resources in an Amazon VPC"),
 * because Lambda does not find the VPC by less.
 */
const interfacesArn = ({ partition, region, account }: Place): string =>
  `arn:${partition}:ec2:${region}:${account}:*/*`;

/** Why that is not narrower, and what withholds it from the code. */
const INTERFACES_REASON =
  'Lambda makes and deletes network interfaces whose ids nobody knows before; the function itself is denied it';

/** Why there is one right on every consumer group of the deployment. */
const GROUPS_REASON =
  'A deployment that reads its topic anew does so as another group of its own prefix; until the old event source is ' +
  'deleted, it needs its group, too';

export const statement = (sid: string, actions: readonly string[], resources: readonly string[]) =>
  new PolicyStatement({ sid, actions: [...actions], resources: [...resources] });

/**
 * Withholds from the function's own code what its role must have for Lambda: the execution environment's credentials
 * carry the function's ARN, Lambda's own calls do not (AWS Lambda Developer Guide, "Giving Lambda functions access to
 * resources in an Amazon VPC" and "Working with Lambda execution environment credentials").
 */
export const withheldFromCode = (functionArn: string): PolicyStatement =>
  new PolicyStatement({
    sid: 'NoNetworkInterfacesFromCode',
    effect: Effect.DENY,
    actions: [...INTERFACE_ACTIONS, ...DESCRIBE_NETWORK_ACTIONS],
    resources: ['*'],
    conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
  });

/** The network interfaces of a function in a VPC, for Lambda: see {@link withheldFromCode}. */
export const manageInterfaces = (place: Place): readonly PolicyStatement[] => [
  statement('ManageNetworkInterfaces', INTERFACE_ACTIONS, [interfacesArn(place)]),
  statement('DescribeVpc', DESCRIBE_NETWORK_ACTIONS, ['*']),
];

/** The resources with a wildcard in {@link manageInterfaces}, each with the reason that cdk-nag wants. */
export const interfaceWildcards = (place: Place): ReadonlyMap<string, string> =>
  new Map([
    ['*', WILDCARD_REASON],
    [interfacesArn(place), INTERFACES_REASON],
  ]);

const forLambda = ({ migration, logGroupArn, place }: Permitted): readonly PolicyStatement[] => [
  statement('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroupArn]),
  // The function's own network interfaces, and those of the event source in the cluster's VPC.
  statement('ManageNetworkInterfaces', INTERFACE_ACTIONS, [interfacesArn(place)]),
  // See WILDCARD_REASON.
  statement('DescribeVpcAndFindBrokers', [...DESCRIBE_NETWORK_ACTIONS, 'kafka:GetBootstrapBrokers'], ['*']),
  // Either this or the older DescribeCluster is enough, and serverless clusters want this.
  statement('DescribeCluster', ['kafka:DescribeClusterV2'], [migration.cluster.arn]),
];

/**
 * How Secrets Manager names itself to KMS. In China the name is documented with either suffix, so both are named: each
 * stands for Secrets Manager in this region, and for nothing else.
 */
const viaSecretsManager = (region: string): string | readonly string[] => {
  const name = `secretsmanager.${region}.amazonaws.com`;
  return region.startsWith('cn-') ? [name, `${name}.cn`] : name;
};

/** The right to open secrets that a key of this region encrypts. */
export const decryptSecret = (sid: string, keyArn: string, { region }: Pick<Place, 'region'>): PolicyStatement =>
  new PolicyStatement({
    sid,
    actions: ['kms:Decrypt'],
    resources: [keyArn],
    // Only for Secrets Manager: the key opens nothing else.
    conditions: { StringEquals: { 'kms:ViaService': viaSecretsManager(region) } },
  });

const forSecret = ({ migration, secretArn, keyArn, place }: Permitted): readonly PolicyStatement[] => {
  if (secretArn === undefined) {
    return [];
  }
  return [
    // The event source describes the secret, then reads it like the function.
    statement('ReadCredentials', ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], [secretArn]),
    ...(keyArn ? [decryptSecret('DecryptCredentials', keyArn, place)] : []),
    ...(migration.authentication.type === 'scram'
      ? [statement('FindScramSecret', ['kafka:ListScramSecrets'], [migration.cluster.arn])]
      : []),
  ];
};

const groupsArn = ({ cluster, name }: Migration): string =>
  kafkaResourceArn(cluster.arn, 'group', anyConsumerGroupOf(name));

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

const forKafka = ({ migration }: Permitted): readonly PolicyStatement[] => {
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
    // The event source's, now and before the last change: see GROUPS_REASON. The function reads without a group.
    statement(
      'JoinConsumerGroups',
      ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
      [groupsArn(migration)],
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

/** The resources with a wildcard in {@link permissions}, each with the reason that cdk-nag wants. */
export const wildcards = ({ migration, place }: Pick<Permitted, 'migration' | 'place'>): ReadonlyMap<string, string> =>
  new Map([
    ...interfaceWildcards(place),
    ...(eventSourceUsesIam(migration) ? [[groupsArn(migration), GROUPS_REASON] as const] : []),
  ]);
