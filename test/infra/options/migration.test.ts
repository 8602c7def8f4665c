import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Token } from 'aws-cdk-lib';
import type { AuthenticationOptions } from '../../../infra/options/authentication.ts';
import { type OffsetSyncProps, parseMigration } from '../../../infra/options/migration.ts';
import { aFlow } from '../../functions/a-flow.ts';
import { EXAMPLE, EXAMPLE_NAMES, example, KEY_ARN, SECRET_ARN, withAuthentication } from '../synthesis.ts';

const parse = (block: unknown) => parseMigration('migration', block);

/** What is refused, line by line. */
const faultsOf = (block: unknown): readonly string[] => {
  try {
    parse(block);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigurationError' });
    return (error as Error).message.split('\n');
  }
  return [];
};

test.each(EXAMPLE_NAMES)('the example %s is taken', (name) => {
  expect(faultsOf(example(name))).toEqual([]);
});

test('the block of cdk.json is taken, whatever a user has made of it', () => {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { readonly context: Record<string, unknown> };
  expect(faultsOf(context.migration)).toEqual([]);
});

test('a block with a cluster and an authentication is complete', () => {
  const { cluster, authentication } = EXAMPLE;
  expect(parse({ cluster, authentication })).toMatchObject({
    cluster: { iamAuthentication: false },
    enabled: true,
    replay: 0,
    eventSource: { batchSize: 10_000, batchingWindowSeconds: 5 },
    function: { reserveConcurrency: true, logLevel: 'INFO', logRetentionDays: 30 },
    network: { admitEventSource: false },
    alarms: { maxAgeSeconds: 300 },
    verify: { function: true, atDeployment: true },
    name: 'mm2-migration',
    replicatorOffsetsTopic: 'connect-offsets',
    flows: [aFlow()],
    syncOptions: {},
  });
});

test('a block with every option is taken as it is', () => {
  const every: Required<OffsetSyncProps> = {
    name: 'orders',
    cluster: { ...EXAMPLE.cluster, iamAuthentication: true },
    authentication: { type: 'scram', secretName: 'AmazonMSK_orders/sync', username: 'sync' },
    flows: [{ name: 'orders', overwriteBefore: '2026-01-01T00:00Z' }],
    replicatorOffsetsTopic: 'offsets',
    replicationFactor: 3,
    enabled: false,
    replay: 7,
    eventSource: { batchSize: 1, batchingWindowSeconds: 300, pollers: { minimum: 2, maximum: 2 } },
    function: { reserveConcurrency: false, logLevel: 'DEBUG', logRetentionDays: 365 },
    network: {
      admitEventSource: true,
      endpoints: { services: ['sts'], vpcCidr: '10.1.0.0/20' },
      source: '10.2.0.0/16',
    },
    alarms: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms', maxAgeSeconds: 120 },
    source: { brokers: ['source-1:9096'], authentication: { type: 'scram', secretArn: SECRET_ARN, keyArn: KEY_ARN } },
    verify: { function: true, atDeployment: false, secretArn: SECRET_ARN, keyArn: KEY_ARN },
  };
  const { name, flows, replicatorOffsetsTopic, replicationFactor, ...infrastructure } = every;
  expect(parse(every)).toMatchObject({
    ...infrastructure,
    name,
    replicatorOffsetsTopic,
    replicationFactor,
    syncOptions: { name, flows, replicatorOffsetsTopic, replicationFactor },
  });
});

const { cluster, authentication } = EXAMPLE;
const withCluster = (fields: object) => ({ ...EXAMPLE, cluster: { ...cluster, ...fields } });
const scram = (fields: object) => ({ ...EXAMPLE, authentication: { type: 'scram', ...fields } });
const OTHER_REGION = SECRET_ARN.replace('eu-central-1', 'eu-west-1');
const subnets = "give 1 to 16 subnets of the cluster's VPC";
const keepOut = 'the secret of authentication.secretArn is used';

describe('what is missing or wrong is refused with its path, its value and the fix', () => {
  test.each<[string, unknown, string[]]>([
    ['no block', undefined, ['migration is missing; give the configuration as an object with at least "cluster"']],
    [
      'an empty block',
      {},
      ['migration: cluster is missing; give the cluster: "arn"', 'migration: authentication is missing; use {"type"'],
    ],
    ['a field that is not known', { ...EXAMPLE, flow: [] }, ['migration: flow is not a known field; remove it']],
    // Options of Lambda's that would lose a batch have no place here.
    [
      'a retry limit',
      { ...EXAMPLE, eventSource: { maximumRetryAttempts: 3 } },
      ['migration: eventSource.maximumRetryAttempts is not a known field; remove it'],
    ],
    [
      'an on-failure destination',
      { ...EXAMPLE, eventSource: { onFailure: 'arn:aws:sqs:eu-central-1:123456789012:q' } },
      ['migration: eventSource.onFailure is not a known field; remove it'],
    ],
    [
      'a cluster without its ARN',
      withCluster({ arn: undefined }),
      ["migration: cluster.arn is missing; give the MSK cluster's ARN (arn:aws:kafka:"],
    ],
    [
      'a topic for a cluster',
      withCluster({ arn: 'arn:aws:kafka:eu-central-1:123456789012:topic/orders/id/topic' }),
      ['migration: cluster.arn is "arn:aws:kafka:eu-central-1:123456789012:topic/orders/id/topic"; give the MSK'],
    ],
    [
      'no brokers',
      withCluster({ brokers: [] }),
      ['migration: cluster.brokers is []; give the list of brokers, each as "host:port"'],
    ],
    [
      'a broker without its port',
      withCluster({ brokers: ['b-1'] }),
      ['migration: cluster.brokers[0] is "b-1"; give the list of brokers, each as "host:port"'],
    ],
    [
      "a broker with another authentication's port",
      withCluster({ brokers: ['b-1:9096', 'b-2:9098'] }),
      [
        'migration: cluster.brokers[1] is "b-2:9098"; with authentication "scram" the port is 9096, give the brokers of',
      ],
    ],
    [
      'another VPC',
      withCluster({ vpcId: 'orders' }),
      ['migration: cluster.vpcId is "orders"; give the cluster\'s VPC'],
    ],
    ['no subnets', withCluster({ subnetIds: undefined }), [`migration: cluster.subnetIds is missing; ${subnets}`]],
    ['an empty list of subnets', withCluster({ subnetIds: [] }), [`migration: cluster.subnetIds is []; ${subnets}`]],
    [
      'a subnet that is none',
      withCluster({ subnetIds: ['vpc-1'] }),
      [`migration: cluster.subnetIds[0] is "vpc-1"; ${subnets}`],
    ],
    [
      'no security group',
      withCluster({ securityGroupId: undefined }),
      ["migration: cluster.securityGroupId is missing; give the brokers' security group (sg-…)"],
    ],
    [
      'an authentication that is not known',
      { ...EXAMPLE, authentication: { type: 'plain' } },
      [
        'migration: authentication.type is "plain"; use {"type":"scram"}, {"type":"mtls","secretArn":…}, {"type":"iam"}',
      ],
    ],
    [
      'a secret without the prefix',
      scram({ secretName: 'orders' }),
      ['migration: authentication.secretName is "orders"; give a name that starts with "AmazonMSK_"'],
    ],
    [
      'an existing secret without the prefix',
      scram({ secretArn: SECRET_ARN.replace('AmazonMSK_', ''), keyArn: KEY_ARN }),
      [
        'migration: authentication.secretArn is "arn:aws:secretsmanager:eu-central-1:123456789012:secret:theirs-aBcDeF"; ' +
          'give a secret whose name starts with "AmazonMSK_"',
      ],
    ],
    [
      'an ARN without its suffix',
      scram({ secretArn: SECRET_ARN.slice(0, -7), keyArn: KEY_ARN }),
      ['theirs"; give the secret\'s complete ARN with the six characters that Secrets Manager added'],
    ],
    [
      'a SCRAM secret with the default key',
      scram({ secretArn: SECRET_ARN }),
      ['migration: authentication.keyArn is missing; MSK refuses a SCRAM secret with the default key'],
    ],
    [
      'the default key by its alias',
      scram({ secretArn: SECRET_ARN, keyArn: 'arn:aws:kms:eu-central-1:123456789012:alias/aws/secretsmanager' }),
      [
        'migration: authentication.keyArn is "arn:aws:kms:eu-central-1:123456789012:alias/aws/secretsmanager"; ' +
          "give the ARN of the secret's customer-managed key",
      ],
    ],
    [
      'a secret in another region',
      scram({ secretArn: OTHER_REGION, keyArn: KEY_ARN }),
      [`migration: authentication.secretArn is "${OTHER_REGION}"; Lambda and MSK want the secret in the cluster's`],
    ],
    [
      'a key without its secret',
      scram({ keyArn: KEY_ARN }),
      [`migration: authentication.keyArn is "${KEY_ARN}"; remove it: the secret to create gets a key of its own`],
    ],
    [
      'an existing secret and what only a new one needs',
      scram({ secretArn: SECRET_ARN, keyArn: KEY_ARN, secretName: 'AmazonMSK_sync', username: 'sync' }),
      [
        `migration: authentication.secretName is "AmazonMSK_sync"; remove it: ${keepOut}`,
        `migration: authentication.username is "sync"; remove it: ${keepOut}`,
      ],
    ],
    [
      'mTLS without a secret',
      { ...EXAMPLE, authentication: { type: 'mtls' } },
      ["migration: authentication.secretArn is missing; give the secret's complete ARN"],
    ],
    [
      'a flow of an unknown kind',
      { ...EXAMPLE, flows: [{ mm2: { runsAs: 'docker' } }] },
      ['migration: flows[0].mm2.runsAs is "docker"; use "dedicated", "strimzi", or "connect"'],
    ],
    [
      'two flows of one name',
      { ...EXAMPLE, flows: [{ sourceAlias: 'a' }, { sourceAlias: 'b' }] },
      ['migration: flows[1].name is "replicator", which an earlier flow has;'],
    ],
    [
      'a name with a space',
      { ...EXAMPLE, name: 'my sync' },
      ['migration: name is "my sync"; give this deployment a name'],
    ],
    ['a switch that is a word', { ...EXAMPLE, enabled: 'no' }, ['migration: enabled is "no"; give true, or false to']],
    [
      'a replay that is no number',
      { ...EXAMPLE, replay: '1' },
      ['migration: replay is "1"; give a whole number from 0'],
    ],
    [
      'too large a batch',
      { ...EXAMPLE, eventSource: { batchSize: 10_001 } },
      ['migration: eventSource.batchSize is 10001; give a whole number from 1 to 10000'],
    ],
    [
      'too long a window',
      { ...EXAMPLE, eventSource: { batchingWindowSeconds: 301 } },
      ['migration: eventSource.batchingWindowSeconds is 301; give a whole number of seconds from 0 to 300'],
    ],
    [
      'more pollers at least than at most',
      { ...EXAMPLE, eventSource: { pollers: { minimum: 3, maximum: 2 } } },
      ['migration: eventSource.pollers.minimum is 3; give at most the maximum, 2'],
    ],
    [
      'a log level of another library',
      { ...EXAMPLE, function: { logLevel: 'info' } },
      ['migration: function.logLevel is "info"; use one of DEBUG, INFO, WARN, ERROR'],
    ],
    [
      'a retention that CloudWatch has not',
      { ...EXAMPLE, function: { logRetentionDays: 31 } },
      ['migration: function.logRetentionDays is 31; use a number of days that CloudWatch knows: 1, 3, 5, 7, 14, 30,'],
    ],
    [
      'an endpoint that is not needed',
      { ...EXAMPLE, network: { endpoints: { services: ['s3'], vpcCidr: '10.0.0.0/16' } } },
      ['migration: network.endpoints.services[0] is "s3"; give a list of lambda, sts, secretsmanager'],
    ],
    [
      'a serverless cluster with anything but IAM',
      { ...example('serverless'), authentication: { type: 'scram' } },
      [
        'migration: authentication.type is "scram", and cluster.arn is "arn:aws:kafka:eu-central-1:123456789012:cluster/',
      ],
    ],
    [
      'a key in another region',
      scram({ secretArn: SECRET_ARN, keyArn: KEY_ARN.replace('eu-central-1', 'eu-west-1') }),
      [`migration: authentication.keyArn is "${KEY_ARN.replace('eu-central-1', 'eu-west-1')}"; a key works in its own`],
    ],
    [
      'an alarm topic in another region',
      { ...EXAMPLE, alarms: { topicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms' } },
      [
        'migration: alarms.topicArn is "arn:aws:sns:eu-west-1:123456789012:alarms"; CloudWatch notifies topics of its own',
      ],
    ],
    [
      'endpoints that would admit nobody',
      { ...EXAMPLE, network: { endpoints: { services: ['sts'] } } },
      ['migration: network.endpoints.vpcCidr is missing; give the VPC\'s IPv4 range, for example "10.0.0.0/16"'],
    ],
    [
      'an alarm topic that is a mail address',
      { ...EXAMPLE, alarms: { topicArn: 'ops@example.com' } },
      ['migration: alarms.topicArn is "ops@example.com"; give the ARN of a standard SNS topic'],
    ],
    [
      'a secret of the verify function where the authentication has none',
      { ...withAuthentication({ type: 'iam' }, 9098), verify: { secretArn: SECRET_ARN } },
      [`migration: verify.secretArn is "${SECRET_ARN}"; remove it: authentication "iam" takes no secret`],
    ],
    [
      'a SCRAM secret of the verify function in another region, without the prefix and with the default key',
      { ...EXAMPLE, verify: { secretArn: OTHER_REGION.replace('AmazonMSK_', '') } },
      [
        'theirs-aBcDeF"; MSK wants the secret in the cluster\'s account and region',
        'theirs-aBcDeF"; give a secret whose name starts with "AmazonMSK_"',
        'migration: verify.keyArn is missing; MSK refuses a SCRAM secret with the default key',
      ],
    ],
    [
      'a key of the verify function without its secret',
      { ...EXAMPLE, verify: { keyArn: KEY_ARN } },
      [`migration: verify.keyArn is "${KEY_ARN}"; remove it, or give the secret that it encrypts in verify.secretArn`],
    ],
    [
      'a place of a source that nobody goes to',
      { ...EXAMPLE, network: { source: '10.1.0.0/16' } },
      ['migration: network.source is "10.1.0.0/16"; remove it: no function of the stack goes to the source'],
    ],
    [
      'a place of the source that is none',
      { ...EXAMPLE, source: { brokers: ['s:9092'] }, network: { source: 'source-1' } },
      [
        'migration: network.source is "source-1"; give the security group of the source\'s brokers (sg-…) or their IPv4',
      ],
    ],
    [
      'a source with IAM whose cluster nobody names',
      { ...EXAMPLE, source: { brokers: ['s:9098'], authentication: { type: 'iam' } } },
      ["migration: source.authentication.clusterArn is missing; give the source MSK cluster's ARN"],
    ],
    [
      'a port of the source that EC2 does not know',
      { ...EXAMPLE, source: { brokers: ['s:65536'] } },
      ['migration: source.brokers[0] is "s:65536"; give the source\'s brokers as a list of "host:port"'],
    ],
    [
      'faults in several places',
      { cluster: { ...cluster, vpcId: 1 }, authentication, name: '', replay: -1 },
      ['migration: name is "";', 'migration: cluster.vpcId is 1;', 'migration: replay is -1;'],
    ],
  ])('%s', (_, block, expected) => {
    expect(faultsOf(block)).toEqual(expected.map((fault) => expect.stringContaining(fault)));
  });
});

describe('an environment that Lambda would not take is refused', () => {
  const flow = (index: number) => ({
    name: `flow-${index}`,
    replicatorConnector: `c-${index}`,
    sourceAlias: `s-${index}`,
  });
  const flows = (count: number) => ({ ...EXAMPLE, flows: Array.from({ length: count }, (_, index) => flow(index)) });

  test('over 4 kB', () => {
    expect(faultsOf(flows(80))).toEqual([
      expect.stringMatching(
        /^migration: flows is too long: the function's environment has \d{4} bytes and Lambda allows 4096; give some of/,
      ),
    ]);
  });

  test('but not below', () => {
    expect(faultsOf(flows(50))).toEqual([]);
  });

  const ca = `-----BEGIN CERTIFICATE-----\n${'M'.repeat(3_500)}\n-----END CERTIFICATE-----`;
  const source = { brokers: ['s:9093'], authentication: { type: 'none', tls: true, ca } } as const;

  test('also of the verify function, whose certificates are large', () => {
    expect(faultsOf({ ...EXAMPLE, source })).toEqual([
      expect.stringMatching(
        /^migration: source is too long: the verify function's environment has \d{4} bytes and Lambda allows 4096; give in/,
      ),
    ]);
    expect(faultsOf({ ...EXAMPLE, source, verify: { function: false } })).toEqual([]);
  });
});

test('a source with IAM needs no ARN where no function goes there', () => {
  const source = { brokers: ['s:9098'], authentication: { type: 'iam' } } as const;
  expect(faultsOf({ ...EXAMPLE, source, verify: { function: false } })).toEqual([]);
});

test('what only the deployment knows is taken on trust', () => {
  const token = Token.asString({ Ref: 'Other' });
  const props: AuthenticationOptions = { type: 'scram', secretArn: token, keyArn: token };
  const known = withAuthentication(props, 9096);
  const fields = { arn: token, vpcId: token, subnetIds: [token], securityGroupId: token, brokers: [token] };
  const verify = { secretArn: token, keyArn: token };
  expect(faultsOf({ ...known, cluster: fields, verify })).toEqual([]);
});
