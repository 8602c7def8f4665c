// An app of your own that has everything: a VPC, an MSK cluster, the sync, and a topic that its alarms notify.
import { App, Fn, Stack } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnCluster } from 'aws-cdk-lib/aws-msk';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { OffsetSync } from 'mm2-migration';

/** Availability zones, with a broker in each. */
const ZONES = 2;

const app = new App();
// In the account and region of whoever deploys it.
const stack = new Stack(app, 'Orders');

const vpc = new Vpc(stack, 'Vpc', { maxAzs: ZONES });
const { subnetIds } = vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS });
const brokersGroup = new SecurityGroup(stack, 'Brokers', { vpc, description: 'MSK brokers' });
// Lambda's pollers run in the brokers' group.
brokersGroup.addIngressRule(brokersGroup, Port.tcp(9098), 'Lambda pollers');
brokersGroup.addIngressRule(Peer.ipv4(vpc.vpcCidrBlock), Port.tcp(9098), 'Kafka clients of the VPC');

const cluster = new CfnCluster(stack, 'Cluster', {
  clusterName: 'orders',
  kafkaVersion: '3.9.x',
  numberOfBrokerNodes: ZONES,
  brokerNodeGroupInfo: {
    instanceType: 'kafka.m7g.large',
    clientSubnets: subnetIds,
    securityGroups: [brokersGroup.securityGroupId],
  },
  clientAuthentication: { sasl: { iam: { enabled: true } } },
});

// CloudFormation does not tell a cluster's brokers: the API does.
const bootstrap = new AwsCustomResource(stack, 'Bootstrap', {
  onUpdate: {
    service: 'Kafka',
    action: 'getBootstrapBrokers',
    parameters: { ClusterArn: cluster.attrArn },
    physicalResourceId: PhysicalResourceId.of('orders-brokers'),
    outputPaths: ['BootstrapBrokerStringSaslIam'],
  },
  policy: AwsCustomResourcePolicy.fromStatements([
    new PolicyStatement({ actions: ['kafka:GetBootstrapBrokers'], resources: ['*'] }),
  ]),
  installLatestAwsSdk: false,
});
const brokers = Fn.split(',', bootstrap.getResponseField('BootstrapBrokerStringSaslIam'), ZONES);

// CloudWatch cannot use the key alias/aws/sns: a topic with it would drop alarms without a word.
const key = new Key(stack, 'AlarmsKey', { enableKeyRotation: true });
const alarms = new Topic(stack, 'Alarms', { masterKey: key, enforceSSL: true });

const sync = new OffsetSync(stack, 'OffsetSync', {
  name: 'orders',
  cluster: {
    arn: cluster.attrArn,
    brokers,
    vpcId: vpc.vpcId,
    subnetIds,
    securityGroupId: brokersGroup.securityGroupId,
  },
  authentication: { type: 'iam' },
  flows: [{ replicatorConnector: 'replicator', sourceAlias: 'primary' }],
  alarms: { topicArn: alarms.topicArn },
});

// Metrics, alarms and rights as of any other construct.
sync.metricNewestRecordAge().createAlarm(stack, 'VeryOld', { threshold: 3_600_000, evaluationPeriods: 3 });
key.grantEncryptDecrypt(sync);
