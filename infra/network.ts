import {
  CfnSecurityGroup,
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  CfnVPCEndpoint,
  InterfaceVpcEndpointAwsService,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { SourceOptions } from '../functions/configuration/source-options.ts';
import { brokerPort, eventSourcePorts } from './broker-ports.ts';
import { ec2Description } from './ec2-description.ts';
import type { Migration } from './options/migration.ts';

const HTTPS = 443;

const tcp = (port: number) => ({ ipProtocol: 'tcp', fromPort: port, toPort: port });

const readsSecrets = ({ authentication, verify, source }: Migration): boolean =>
  'secretArn' in authentication ||
  authentication.type === 'scram' ||
  (verify.function && source !== undefined && 'secretArn' in source.authentication);

/** The way from the function to the brokers and to its credentials, and on request the event source's. */
export class Network extends Construct {
  /** The function's security group. */
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, migration: Migration) {
    super(scope, id);
    const { cluster, name } = migration;
    const { endpoints, admitEventSource } = migration.network;
    const port = brokerPort(migration.authentication);

    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      groupDescription: ec2Description(`The function of ${name}`),
      vpcId: cluster.vpcId,
      // Without any rule EC2 adds one that lets everything out. This one stands for "nothing", and the rules below add.
      securityGroupEgress: [
        {
          ipProtocol: 'icmp',
          fromPort: 252,
          toPort: 86,
          cidrIp: '255.255.255.255/32',
          description: ec2Description('Nothing else'),
        },
      ],
    });
    this.securityGroupId = group.attrGroupId;

    new CfnSecurityGroupEgress(this, 'ToBrokers', {
      groupId: group.attrGroupId,
      ...tcp(port),
      destinationSecurityGroupId: cluster.securityGroupId,
      description: ec2Description('Kafka'),
    });
    new CfnSecurityGroupIngress(this, 'FromFunction', {
      groupId: cluster.securityGroupId,
      ...tcp(port),
      sourceSecurityGroupId: group.attrGroupId,
      description: ec2Description(`The function of ${name}`),
    });
    if (admitEventSource) {
      for (const eventSourcePort of eventSourcePorts(migration)) {
        new CfnSecurityGroupIngress(this, `FromEventSource${eventSourcePort}`, {
          groupId: cluster.securityGroupId,
          ...tcp(eventSourcePort),
          sourceSecurityGroupId: cluster.securityGroupId,
          description: ec2Description(`Lambda pollers of ${name}`),
        });
      }
    }

    // Only Secrets Manager: metrics leave in log lines, and an IAM token is signed without a call.
    if (readsSecrets(migration)) {
      new CfnSecurityGroupEgress(this, 'ToSecretsManager', {
        groupId: group.attrGroupId,
        ...tcp(HTTPS),
        // Through a NAT gateway or somebody else's endpoint its addresses are not known.
        cidrIp: endpoints?.services.includes('secretsmanager') ? endpoints.vpcCidr : '0.0.0.0/0',
        description: ec2Description('Secrets Manager'),
      });
    }
    if (endpoints) {
      this.#addEndpoints(migration, endpoints);
    }
    if (migration.source && migration.verify.function) {
      this.#addSource(migration, migration.source);
    }
  }

  /** The way to the source, which the verify function reads. Both functions share the group, and the brokers' one rule. */
  #addSource({ cluster, authentication, network, name }: Migration, { brokers }: SourceOptions) {
    const groupId = this.securityGroupId;
    const at = network.source;
    const isGroup = at?.startsWith('sg-') === true;
    for (const port of new Set(brokers.map((broker) => Number(broker.split(':').at(-1))))) {
      if (isGroup && at === cluster.securityGroupId && port === brokerPort(authentication)) {
        // EC2 refuses a rule that is there already.
        continue;
      }
      new CfnSecurityGroupEgress(this, `ToSource${port}`, {
        groupId,
        ...tcp(port),
        ...(isGroup ? { destinationSecurityGroupId: at } : { cidrIp: at ?? '0.0.0.0/0' }),
        description: ec2Description('Kafka of the source'),
      });
      if (isGroup) {
        new CfnSecurityGroupIngress(this, `FromVerify${port}`, {
          groupId: at,
          ...tcp(port),
          sourceSecurityGroupId: groupId,
          description: ec2Description(`The verify function of ${name}`),
        });
      }
    }
  }

  #addEndpoints({ cluster }: Migration, endpoints: NonNullable<Migration['network']['endpoints']>) {
    const group = new CfnSecurityGroup(this, 'EndpointSecurityGroup', {
      groupDescription: ec2Description('Interface endpoints for the event source'),
      vpcId: cluster.vpcId,
      securityGroupIngress: [
        { ...tcp(HTTPS), cidrIp: endpoints.vpcCidr, description: ec2Description('Everybody in the VPC') },
      ],
    });
    for (const service of endpoints.services) {
      new CfnVPCEndpoint(this, `Endpoint-${service}`, {
        vpcEndpointType: 'Interface',
        // In China some names begin with another domain.
        serviceName: new InterfaceVpcEndpointAwsService(service).name,
        vpcId: cluster.vpcId,
        // One subnet per availability zone, which is how MSK wants the cluster's.
        subnetIds: [...cluster.subnetIds],
        securityGroupIds: [group.attrGroupId],
        privateDnsEnabled: true,
      });
    }
  }
}
