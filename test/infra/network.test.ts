import { describe, expect, test } from '@jest/globals';
import { Network } from '../../infra/network.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import { type OffsetSyncProps, parseMigration } from '../../infra/options/migration.ts';
import { EXAMPLE, example, propertiesOf, SECRET_ARN, synthesize, withAuthentication } from './synthesis.ts';

const BROKERS = 'sg-0123456789abcdef0';

const build = (props: OffsetSyncProps) => {
  const template = synthesize((scope) => new Network(scope, 'Network', parseMigration('migration', props)));
  const rules = (type: string) =>
    propertiesOf(template, `AWS::EC2::SecurityGroup${type}`).map(({ FromPort, ToPort, ...rule }) => {
      expect(ToPort).toBe(FromPort);
      return { port: FromPort, ...rule };
    });
  return { template, ingress: rules('Ingress'), egress: rules('Egress') };
};

// The logical id has a hash: what it refers to is checked by its attribute.
const OWN = { 'Fn::GetAtt': [expect.stringMatching(/^NetworkSecurityGroup/), 'GroupId'] };

describe('the function reaches the brokers, and its credentials', () => {
  const cases: readonly [string, AuthenticationOptions, number, boolean][] = [
    ['plaintext', { type: 'none' }, 9092, false],
    ['TLS', { type: 'none', tls: true }, 9094, false],
    ['SCRAM', { type: 'scram' }, 9096, true],
    ['mTLS', { type: 'mtls', secretArn: SECRET_ARN }, 9094, true],
    ['IAM', { type: 'iam' }, 9098, false],
  ];
  test.each(cases)('with %s', (_, authentication, port, secret) => {
    const { template, ingress, egress } = build(withAuthentication(authentication, port));
    expect(egress).toEqual([
      { port, IpProtocol: 'tcp', GroupId: OWN, DestinationSecurityGroupId: BROKERS, Description: 'Kafka' },
      ...(secret
        ? [{ port: 443, IpProtocol: 'tcp', GroupId: OWN, CidrIp: '0.0.0.0/0', Description: 'Secrets Manager' }]
        : []),
    ]);
    expect(ingress).toEqual([
      {
        port,
        IpProtocol: 'tcp',
        GroupId: BROKERS,
        SourceSecurityGroupId: OWN,
        Description: 'The function of mm2-migration',
      },
    ]);
    expect(propertiesOf(template, 'AWS::EC2::SecurityGroup')).toEqual([
      {
        GroupDescription: 'The function of mm2-migration',
        VpcId: 'vpc-0123456789abcdef0',
        // A rule that matches nothing, in place of EC2's default that matches everything.
        SecurityGroupEgress: [
          { IpProtocol: 'icmp', FromPort: 252, ToPort: 86, CidrIp: '255.255.255.255/32', Description: 'Nothing else' },
        ],
      },
    ]);
    expect(propertiesOf(template, 'AWS::EC2::VPCEndpoint')).toEqual([]);
  });
});

describe("on request the brokers' security group admits itself, where the pollers run", () => {
  const cases: readonly [string, AuthenticationOptions, number, number[]][] = [
    ['no authentication', { type: 'none' }, 9092, [9092, 9094]],
    ['SCRAM', { type: 'scram' }, 9096, [9096]],
    ['mTLS', { type: 'mtls', secretArn: SECRET_ARN }, 9094, [9094]],
    ['IAM', { type: 'iam' }, 9098, [9098]],
  ];
  test.each(cases)('with %s', (_, authentication, port, ports) => {
    const { ingress } = build({ ...withAuthentication(authentication, port), network: { admitEventSource: true } });
    expect(ingress.slice(1)).toEqual(
      ports.map((eventSourcePort) => ({
        port: eventSourcePort,
        IpProtocol: 'tcp',
        GroupId: BROKERS,
        SourceSecurityGroupId: BROKERS,
        Description: 'Lambda pollers of mm2-migration',
      })),
    );
  });
});

describe('on request there are endpoints for a VPC without NAT', () => {
  const services = ['lambda', 'sts', 'secretsmanager'] as const;
  const { template, egress } = build({ ...EXAMPLE, network: { endpoints: { services, vpcCidr: '10.0.0.0/16' } } });

  test("in the cluster's subnets, by private DNS", () => {
    expect(propertiesOf(template, 'AWS::EC2::VPCEndpoint')).toEqual(
      services.map((service) => ({
        VpcEndpointType: 'Interface',
        ServiceName: `com.amazonaws.eu-central-1.${service}`,
        VpcId: 'vpc-0123456789abcdef0',
        SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
        SecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringMatching(/^NetworkEndpointSecurityGroup/), 'GroupId'] }],
        PrivateDnsEnabled: true,
      })),
    );
  });

  test('that admit the whole VPC, whose calls private DNS sends to them', () => {
    expect(propertiesOf(template, 'AWS::EC2::SecurityGroup')).toContainEqual({
      GroupDescription: 'Interface endpoints for the event source',
      VpcId: 'vpc-0123456789abcdef0',
      SecurityGroupIngress: [
        { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/16', Description: 'Everybody in the VPC' },
      ],
    });
  });

  test('and nothing of the function leaves the VPC any more', () => {
    expect(egress[1]).toMatchObject({ port: 443, CidrIp: '10.0.0.0/16' });
  });

  test('but where only the pollers get endpoints, the function still finds Secrets Manager', () => {
    const endpoints = { services: ['lambda', 'sts'] as const, vpcCidr: '10.0.0.0/16' };
    expect(build({ ...EXAMPLE, network: { endpoints } }).egress[1]).toMatchObject({ port: 443, CidrIp: '0.0.0.0/0' });
  });
});

test('in China the endpoints have the names that they have there', () => {
  const template = synthesize(
    (scope) => new Network(scope, 'Network', parseMigration('migration', example('china'))),
    'cn-north-1',
  );
  expect(propertiesOf(template, 'AWS::EC2::VPCEndpoint').map(({ ServiceName }) => ServiceName)).toEqual([
    'cn.com.amazonaws.cn-north-1.lambda',
    'cn.com.amazonaws.cn-north-1.sts',
    'com.amazonaws.cn-north-1.secretsmanager',
  ]);
});

describe('the way to the source, for the verify function', () => {
  const source = { brokers: ['source-1:9093', 'source-2:9093', 'source-3:19093'] };
  const plain = withAuthentication({ type: 'none' }, 9092);
  const rules = (props: Partial<OffsetSyncProps>) => {
    const { ingress, egress } = build({ ...plain, source, ...props });
    return { ingress: ingress.slice(1), egress: egress.slice(1) };
  };
  const to = (port: number, where: object) => ({
    port,
    IpProtocol: 'tcp',
    GroupId: OWN,
    ...where,
    Description: 'Kafka of the source',
  });

  test('is open on the ports of its brokers', () => {
    const anywhere = { CidrIp: '0.0.0.0/0' };
    expect(rules({})).toEqual({ ingress: [], egress: [to(9093, anywhere), to(19093, anywhere)] });
  });

  test('goes to a range where one is given', () => {
    expect(rules({ network: { source: '10.1.0.0/16' } }).egress).toEqual([
      to(9093, { CidrIp: '10.1.0.0/16' }),
      to(19093, { CidrIp: '10.1.0.0/16' }),
    ]);
  });

  test('goes to a security group where one is given, which then admits the function', () => {
    const group = 'sg-0123456789abcdef9';
    const from = (port: number) => ({
      port,
      IpProtocol: 'tcp',
      GroupId: group,
      SourceSecurityGroupId: OWN,
      Description: 'The verify function of mm2-migration',
    });
    expect(rules({ network: { source: group } })).toEqual({
      ingress: [from(9093), from(19093)],
      egress: [to(9093, { DestinationSecurityGroupId: group }), to(19093, { DestinationSecurityGroupId: group })],
    });
  });

  test('has no second rule where source and target are in one group: EC2 refuses it', () => {
    const here = rules({ source: { brokers: ['b-1:9092', 'b-1:9094'] }, network: { source: BROKERS } });
    expect([here.ingress, here.egress].map((all) => all.map(({ port }) => port))).toEqual([[9094], [9094]]);
  });

  test('leads to Secrets Manager, too, where the source has a secret', () => {
    const { egress } = rules({ source: { ...source, authentication: { type: 'plain', secretArn: SECRET_ARN } } });
    expect(egress[0]).toEqual({
      port: 443,
      IpProtocol: 'tcp',
      GroupId: OWN,
      CidrIp: '0.0.0.0/0',
      Description: 'Secrets Manager',
    });
  });

  test('is not there where there is no such function', () => {
    const withSecret = { ...source, authentication: { type: 'plain', secretArn: SECRET_ARN } } as const;
    expect(rules({ source: withSecret, verify: { function: false } })).toEqual({ ingress: [], egress: [] });
  });
});
