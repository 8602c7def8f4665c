import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { environmentOf } from './arn.ts';
import { kafkaResourceArn } from './cluster-arn.ts';
import { consumerGroupOf, readingOf } from './consumer-group.ts';
import type { Migration } from './options/migration.ts';
import { decryptSecret, manageInterfaces, type Place, statement } from './permissions.ts';

/** What the verify function's permissions are for. */
export interface VerifyPermitted {
  readonly migration: Migration;
  /** The function's log group, with the `:*` of its streams. */
  readonly logGroupArn: string;
  /** The secret with the target's credentials and its customer-managed key, where there are any. */
  readonly secretArn: string | undefined;
  readonly keyArn: string | undefined;
  readonly place: Place;
}

/** What reads a topic: its records, its partitions, its settings. */
const READ_TOPIC = [
  'kafka-cluster:DescribeTopic',
  'kafka-cluster:DescribeTopicDynamicConfiguration',
  'kafka-cluster:ReadData',
] as const;

const CONNECT = [
  'kafka-cluster:Connect',
  'kafka-cluster:DescribeCluster',
  'kafka-cluster:DescribeClusterDynamicConfiguration',
] as const;

const COPIES_REASON =
  'The records of every topic that Replicator copies are compared with their copies; which these are, the offsets tell';

const everyTopicOf = (clusterArn: string): string => kafkaResourceArn(clusterArn, 'topic', '*');

/** The source's cluster, where IAM guards it. */
const sourceClusterOf = ({ source }: Migration): string | undefined =>
  source?.authentication.type === 'iam' ? source.authentication.clusterArn : undefined;

const readSecret = (
  of: '' | 'Source',
  secretArn: string | undefined,
  keyArn: string | undefined,
  place: Pick<Place, 'region'>,
): readonly PolicyStatement[] => [
  ...(secretArn ? [statement(`Read${of}Credentials`, ['secretsmanager:GetSecretValue'], [secretArn])] : []),
  ...(keyArn ? [decryptSecret(`Decrypt${of}Credentials`, keyArn, place)] : []),
];

const forSecrets = ({ migration: { source }, secretArn, keyArn, place }: VerifyPermitted) => {
  const authentication = source?.authentication;
  const ofSource = authentication !== undefined && 'secretArn' in authentication ? authentication : undefined;
  // The source's secret may stand in the source's region.
  const region = (ofSource?.keyArn && environmentOf(ofSource.keyArn).region) || place.region;
  return [
    ...readSecret('', secretArn, keyArn, place),
    ...readSecret('Source', ofSource?.secretArn, ofSource?.keyArn, { region }),
  ];
};

const onTarget = (migration: Migration): readonly PolicyStatement[] => {
  const { cluster, authentication, flows, replicatorOffsetsTopic, source } = migration;
  if (authentication.type !== 'iam') {
    return [];
  }
  const offsetsTopics = [replicatorOffsetsTopic, ...new Set(flows.map(({ offsetsTopic }) => offsetsTopic))];
  const group = consumerGroupOf(migration.name, readingOf(migration, migration.replay));
  return [
    statement('ConnectToBrokers', CONNECT, [cluster.arn]),
    statement(
      'ReadTopics',
      READ_TOPIC,
      source
        ? [everyTopicOf(cluster.arn)]
        : [...new Set(offsetsTopics)].map((topic) => kafkaResourceArn(cluster.arn, 'topic', topic)),
    ),
    statement('SeeLag', ['kafka-cluster:DescribeGroup'], [kafkaResourceArn(cluster.arn, 'group', group)]),
  ];
};

const onSource = (migration: Migration): readonly PolicyStatement[] => {
  const clusterArn = sourceClusterOf(migration);
  return clusterArn === undefined
    ? []
    : [
        statement('ConnectToSource', CONNECT, [clusterArn]),
        statement('ReadSource', READ_TOPIC, [everyTopicOf(clusterArn)]),
      ];
};

/**
 * Everything that the verify function's role may do: it reads, and nothing else. Of what Lambda needs for the network
 * the code itself is denied everything.
 */
export const verifyPermissions = (permitted: VerifyPermitted): readonly PolicyStatement[] => [
  statement('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [permitted.logGroupArn]),
  ...manageInterfaces(permitted.place),
  ...forSecrets(permitted),
  ...onTarget(permitted.migration),
  ...onSource(permitted.migration),
];

/** The resources with a wildcard that are not Lambda's own, each with the reason that cdk-nag wants. */
export const verifyWildcards = (migration: Migration): ReadonlyMap<string, string> => {
  const source = sourceClusterOf(migration);
  return new Map([
    ...(migration.authentication.type === 'iam' && migration.source
      ? [[everyTopicOf(migration.cluster.arn), COPIES_REASON] as const]
      : []),
    ...(source === undefined ? [] : [[everyTopicOf(source), COPIES_REASON] as const]),
  ]);
};
