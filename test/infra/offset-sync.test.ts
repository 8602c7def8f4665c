import { describe, expect, test } from '@jest/globals';
import { Stack, Token } from 'aws-cdk-lib';
import { OffsetSync } from '../../infra/offset-sync.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import type { OffsetSyncProps } from '../../infra/options/migration.ts';
import { anApp, EXAMPLE, only, SECRET_ARN, type Synthesized, synthesize, withAuthentication } from './synthesis.ts';

const build = (props: OffsetSyncProps) => synthesize((scope) => new OffsetSync(scope, 'OffsetSync', props));

const name = (template: Synthesized) =>
  (only(template, 'AWS::Lambda::Alias').Properties.Name as string).replace(/^sync-/, '');

/** The template with everything that names its reading of the topic, or its version, left out. */
const withoutReading = (template: Synthesized): unknown => {
  const version = Object.keys(template.Resources).find((id) => id.includes('CurrentVersion'));
  const anew = ['AWS::Lambda::Alias', 'AWS::Lambda::EventSourceMapping'].flatMap((type) => idOf(template, type));
  const text = JSON.stringify(template).replaceAll(name(template), 'READING').replaceAll(`${version}`, 'VERSION');
  return JSON.parse(anew.reduce((left, id, index) => left.replaceAll(id, `ANEW${index}`), text));
};

const withoutFlows = (template: Synthesized): unknown => {
  const environment = only(template, 'AWS::Lambda::Function').Properties.Environment;
  return JSON.parse(JSON.stringify(withoutReading(template)).replace(JSON.stringify(environment), '"ENVIRONMENT"'));
};

const idOf = (template: Synthesized, type: string) =>
  Object.keys(template.Resources).filter((id) => template.Resources[id]?.Type === type);

const groupOf = (template: Synthesized) =>
  only(template, 'AWS::Lambda::EventSourceMapping').Properties.AmazonManagedKafkaEventSourceConfig;

const plain = build(EXAMPLE);

describe('a raised replay counter', () => {
  const replayed = build({ ...EXAMPLE, replay: 1 });

  test('gives the mapping another consumer group, and another alias with the same digits', () => {
    expect(groupOf(plain)).toEqual({ ConsumerGroupId: 'mm2-migration-89e5ff394e-0' });
    expect(groupOf(replayed)).toEqual({ ConsumerGroupId: 'mm2-migration-89e5ff394e-1' });
    expect([name(plain), name(replayed)]).toEqual(['89e5ff394e-0', '89e5ff394e-1']);
  });

  test('creates mapping and alias anew, under whatever schema CloudFormation has of them, and changes nothing else', () => {
    const gone = Object.keys(plain.Resources).filter((id) => !(id in replayed.Resources));
    const typeOf = (id: string) => plain.Resources[id]?.Type;
    expect(gone.map(typeOf)).toEqual(['AWS::Lambda::Alias', 'AWS::Lambda::EventSourceMapping']);
    expect(withoutReading(replayed)).toEqual(withoutReading(plain));
  });

  test('leaves the role the right to the old group, which the old mapping has until it is gone', () => {
    const groups = (template: Synthesized) =>
      JSON.stringify(template)
        .match(/:group\/[^"]*/g)
        ?.map((group) => group.split('/').at(-1));
    const iam = withAuthentication({ type: 'iam' }, 9098);
    expect(groups(build(iam))).toEqual(['mm2-migration-*']);
    expect(groups(build({ ...iam, replay: 1 }))).toEqual(['mm2-migration-*']);
  });
});

describe('an added flow', () => {
  const flows = [...(EXAMPLE.flows ?? []), { name: 'users', replicatorConnector: 'users', sourceAlias: 'users' }];
  const extended = build({ ...EXAMPLE, flows });

  test('gives the mapping another consumer group and alias, and the function a new version', () => {
    expect(groupOf(extended)).not.toEqual(groupOf(plain));
    expect(groupOf(extended)).toEqual({ ConsumerGroupId: `mm2-migration-${name(extended)}` });
    expect(idOf(extended, 'AWS::Lambda::Version')).not.toEqual(idOf(plain, 'AWS::Lambda::Version'));
  });

  test("changes nothing else but the function's environment", () => {
    expect(withoutFlows(extended)).toEqual(withoutFlows(plain));
  });
});

describe('another log level', () => {
  const verbose = build({ ...EXAMPLE, function: { logLevel: 'DEBUG' } });

  test('makes a new version, to which the same alias moves: the mapping stays', () => {
    expect(idOf(verbose, 'AWS::Lambda::Version')).not.toEqual(idOf(plain, 'AWS::Lambda::Version'));
    expect(name(verbose)).toBe(name(plain));
    const mapping = 'AWS::Lambda::EventSourceMapping';
    expect(only(verbose, mapping)).toEqual(only(plain, mapping));
  });
});

describe('the mapping waits for the permissions, the credentials and the network', () => {
  const cases: readonly [string, OffsetSyncProps, RegExp[]][] = [
    [
      'with SCRAM, a rule of its own and endpoints',
      {
        ...EXAMPLE,
        network: {
          admitEventSource: true,
          endpoints: { services: ['lambda', 'sts', 'secretsmanager'], vpcCidr: '10.0.0.0/16' },
        },
      },
      [/RoleDefaultPolicy/, /Association/, /FromFunction/, /FromEventSource9096/, /Endpointlambda/, /Endpointsts/],
    ],
    ['with IAM', withAuthentication({ type: 'iam' }, 9098), [/RoleDefaultPolicy/, /FromFunction/]],
  ];
  test.each(cases)('%s', (_, props, expected) => {
    const { DependsOn } = only(build(props), 'AWS::Lambda::EventSourceMapping');
    for (const id of expected) {
      expect(DependsOn).toContainEqual(expect.stringMatching(id));
    }
  });
});

describe('one authentication sets everything that depends on it', () => {
  const cases: readonly [AuthenticationOptions, number, string | undefined, string[]][] = [
    [{ type: 'none' }, 9092, undefined, []],
    [{ type: 'scram' }, 9096, 'SASL_SCRAM_512_AUTH', ['AWS::KMS::Key', 'AWS::MSK::BatchScramSecret']],
    [{ type: 'mtls', secretArn: SECRET_ARN }, 9094, 'CLIENT_CERTIFICATE_TLS_AUTH', []],
    [{ type: 'iam' }, 9098, undefined, []],
  ];
  test.each(cases)('%j', (authentication, port, access, created) => {
    const template = build(withAuthentication(authentication, port));
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => /KMS|MSK/.test(type))).toEqual(created);
    expect(only(template, 'AWS::EC2::SecurityGroupIngress').Properties.FromPort).toBe(port);
    const { SourceAccessConfigurations } = only(template, 'AWS::Lambda::EventSourceMapping').Properties;
    expect(SourceAccessConfigurations).toEqual(access && [expect.objectContaining({ Type: access })]);
    expect(JSON.stringify(only(template, 'AWS::Lambda::Function').Properties.Environment)).toContain(
      `\\"type\\":\\"${authentication.type}\\"`,
    );
  });
});

test('it takes a cluster of the same app, whose ARN only the deployment knows', () => {
  const arn = Token.asString({ 'Fn::GetAtt': ['Cluster', 'Arn'] });
  const props = withAuthentication({ type: 'iam' }, 9098);
  const sync = new OffsetSync(new Stack(anApp()), 'OffsetSync', {
    ...props,
    cluster: { ...props.cluster, arn },
  });
  expect(sync.consumerGroup).toBe('mm2-migration-89e5ff394e-0');
});

test('what is wrong with its props is said with the path of the construct', () => {
  expect(() => build({ ...EXAMPLE, replay: -1 })).toThrow('Test/OffsetSync: replay is -1; give a whole number');
});
