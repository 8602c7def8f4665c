import { describe, expect, test } from '@jest/globals';
import { RemovalPolicies, Stack, Tags, Token } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { OffsetSync } from '../../infra/offset-sync.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import type { OffsetSyncProps } from '../../infra/options/migration.ts';
import {
  anApp,
  EXAMPLE,
  example,
  only,
  type Resource,
  SECRET_ARN,
  type Synthesized,
  synthesize,
  templateOf,
  withAuthentication,
} from './synthesis.ts';

const build = (props: OffsetSyncProps) => synthesize((scope) => new OffsetSync(scope, 'OffsetSync', props));

const name = (template: Synthesized) =>
  (only(template, 'AWS::Lambda::Alias').Properties.Name as string).replace(/^sync-/, '');

/** The sync's function: with SCRAM there are those of the association beside it. */
const syncFunction = (template: Synthesized): Resource => {
  const [found] = Object.entries(template.Resources).filter(([id]) => /^OffsetSyncFunction[0-9A-F]{8}$/.test(id));
  if (found === undefined) {
    throw new Error("There is no function of the sync's");
  }
  return found[1];
};

/** The template with everything that names its reading of the topic, or a version, left out. */
const withoutReading = (template: Synthesized): unknown => {
  const versions = idOf(template, 'AWS::Lambda::Version');
  const anew = ['AWS::Lambda::Alias', 'AWS::Lambda::EventSourceMapping'].flatMap((type) => idOf(template, type));
  const text = JSON.stringify(template).replaceAll(name(template), 'READING');
  return JSON.parse([...versions, ...anew].reduce((left, id, index) => left.replaceAll(id, `ANEW${index}`), text));
};

const withoutFlows = (template: Synthesized): unknown => {
  const copy = structuredClone(withoutReading(template)) as Synthesized;
  for (const { Type, Properties } of Object.values(copy.Resources)) {
    if (Type === 'AWS::Lambda::Function') {
      delete (Properties as Record<string, unknown>).Environment;
    }
  }
  return copy;
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
    expect(gone.map(typeOf)).toEqual([
      'AWS::Lambda::Alias',
      // Of the check at the deployment, which runs again.
      'AWS::Lambda::Version',
      'AWS::Lambda::EventSourceMapping',
    ]);
    expect(withoutReading(replayed)).toEqual(withoutReading(plain));
  });

  test('leaves the role the right to the old group, which the old mapping has until it is gone', () => {
    const groups = (template: Synthesized) =>
      JSON.stringify(Object.entries(template.Resources).filter(([id]) => id.startsWith('OffsetSyncRole')))
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

  test("changes nothing else but the functions' environment", () => {
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
    [{ type: 'scram' }, 9096, 'SASL_SCRAM_512_AUTH', ['AWS::KMS::Key', 'Custom::ScramAssociation']],
    [{ type: 'mtls', secretArn: SECRET_ARN }, 9094, 'CLIENT_CERTIFICATE_TLS_AUTH', []],
    [{ type: 'iam' }, 9098, undefined, []],
  ];
  test.each(cases)('%j', (authentication, port, access, created) => {
    const template = build(withAuthentication(authentication, port));
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => /KMS|MSK|Scram/.test(type))).toEqual(created);
    expect(only(template, 'AWS::EC2::SecurityGroupIngress').Properties.FromPort).toBe(port);
    const { SourceAccessConfigurations } = only(template, 'AWS::Lambda::EventSourceMapping').Properties;
    expect(SourceAccessConfigurations).toEqual(access && [expect.objectContaining({ Type: access })]);
    expect(JSON.stringify(syncFunction(template).Properties.Environment)).toContain(
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

describe('as any construct of the CDK', () => {
  const create = (props: OffsetSyncProps = EXAMPLE) => {
    const stack = new Stack(anApp(), 'Test', { env: { account: '123456789012', region: 'eu-central-1' } });
    return { stack, sync: new OffsetSync(stack, 'OffsetSync', props) };
  };

  test('it can be granted something, which its role then may do', () => {
    const { stack, sync } = create();
    new Key(stack, 'Key').grantDecrypt(sync);
    const policies = Object.entries(templateOf(stack).Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Policy');
    const granted = policies.filter(([, { Properties }]) => JSON.stringify(Properties).includes('{"Fn::GetAtt":["Key'));
    expect(granted.map(([id]) => id)).toEqual([expect.stringMatching(/^OffsetSyncRoleDefaultPolicy/)]);
  });

  test('it has metrics', () => {
    const { sync } = create();
    const metrics = [
      sync.metricWritten(),
      sync.metricNewestRecordAge(),
      sync.metricInvocations(),
      sync.metricErrors(),
      sync.metricLag(),
      sync.metricTimeLag(),
      sync.metric('takenOver', { statistic: 'Maximum' }),
    ];
    expect(metrics.map(({ namespace, metricName, statistic }) => [namespace, metricName, statistic])).toEqual([
      ['mm2-migration', 'Written', 'Sum'],
      ['mm2-migration', 'NewestRecordAge', 'Maximum'],
      ['AWS/Lambda', 'Invocations', 'Sum'],
      ['AWS/Lambda', 'Errors', 'Sum'],
      ['AWS/Kafka', 'SumOffsetLag', 'Maximum'],
      ['AWS/Kafka', 'EstimatedMaxTimeLag', 'Maximum'],
      ['mm2-migration', 'TakenOver', 'Maximum'],
    ]);
  });

  test('it shows its alarms, none while it is switched off, and its dashboard', () => {
    expect(create().sync.alarms).toHaveLength(9);
    expect(create({ ...EXAMPLE, enabled: false }).sync.alarms).toEqual([]);
    expect(create().sync.dashboard.dashboardName).toBeDefined();
  });

  test('its resources bear the tags that it is given', () => {
    const { stack, sync } = create(example('endpoints'));
    Tags.of(sync).add('team', 'orders');
    const { Resources } = templateOf(stack);
    const tagged = Object.values(Resources).filter(({ Properties }) =>
      JSON.stringify(Properties?.Tags)?.includes('"orders"'),
    );
    expect([...new Set(tagged.map(({ Type }) => Type))].sort()).toEqual(
      expect.arrayContaining([
        'AWS::EC2::SecurityGroup',
        'AWS::EC2::VPCEndpoint',
        'AWS::IAM::Role',
        'AWS::KMS::Key',
        'AWS::Lambda::EventSourceMapping',
        'AWS::Lambda::Function',
        'AWS::Logs::LogGroup',
        'AWS::SecretsManager::Secret',
      ]),
    );
  });

  test('its secret and key stay, where they are told to', () => {
    const { stack, sync } = create();
    RemovalPolicies.of(sync).retain();
    const template = templateOf(stack);
    for (const type of ['AWS::SecretsManager::Secret', 'AWS::KMS::Key']) {
      expect(only(template, type).DeletionPolicy).toBe('Retain');
    }
  });
});
