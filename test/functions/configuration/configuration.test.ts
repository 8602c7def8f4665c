import { describe, expect, test } from '@jest/globals';
import { parseConfiguration, readConfiguration } from '../../../functions/configuration/configuration.ts';
import { ConfigurationError } from '../../../functions/errors.ts';

const parse = (options: unknown) => parseConfiguration('OFFSET_SYNC', options);
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_sync-AbCdEf';

const messageOf = (options: unknown): string => {
  try {
    parse(options);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.message;
    }
    throw error;
  }
  return 'no error';
};

const DEFAULT = {
  name: 'mm2-migration',
  flows: [
    {
      name: 'replicator',
      replicatorConnector: 'replicator',
      sourceAlias: 'primary',
      mm2Connector: 'MirrorSourceConnector',
      offsetsTopic: 'mm2-offsets.primary.internal',
      tombstones: 'ignore',
    },
  ],
  replicatorOffsetsTopic: 'connect-offsets',
  authentication: { type: 'none', tls: false },
};

describe('the environment variable', () => {
  test.each([[undefined], [''], ['{}'], [' {} ']])('that is %j leaves everything at its default', (json) => {
    expect(readConfiguration({ OFFSET_SYNC: json })).toEqual(DEFAULT);
  });

  test('holds the configuration as JSON', () => {
    const json = '{"replicatorOffsetsTopic":"my-offsets","brokers":["b-1:9092"],"replicationFactor":3}';

    expect(readConfiguration({ OFFSET_SYNC: json })).toEqual({
      ...DEFAULT,
      replicatorOffsetsTopic: 'my-offsets',
      brokers: ['b-1:9092'],
      replicationFactor: 3,
    });
  });

  test('that is not JSON is refused, and nothing of it is shown', () => {
    expect(() => readConfiguration({ OFFSET_SYNC: '{"password":"hunter2"' })).toThrow(
      new ConfigurationError('The environment variable OFFSET_SYNC is not JSON; write it as JSON'),
    );
  });

  test('is named in what is said of a field', () => {
    expect(() => readConfiguration({ OFFSET_SYNC: '{"name":5}' })).toThrow(/^OFFSET_SYNC: name is 5; give this/);
  });
});

describe('a configuration', () => {
  test.each([
    [{ type: 'none' }, { type: 'none', tls: false }],
    [
      { type: 'none', tls: true },
      { type: 'none', tls: true },
    ],
    [
      { type: 'scram', secretArn: SECRET },
      { type: 'scram', secretArn: SECRET },
    ],
    [
      { type: 'mtls', secretArn: SECRET.replace('aws', 'aws-us-gov') },
      { type: 'mtls', secretArn: SECRET.replace('aws', 'aws-us-gov') },
    ],
    [{ type: 'iam' }, { type: 'iam' }],
  ])('may have the authentication %j', (authentication, expected) => {
    expect(parse({ authentication, brokers: ['b-1:9096'] }).authentication).toEqual(expected);
  });

  test.each(['a', 'x'.repeat(128), 'mm2-migration_EU.1'])('may have the name %s', (name) => {
    expect(parse({ name }).name).toBe(name);
  });

  test.each([
    [{ name: '' }, 'name is ""; give this deployment a name of 1 to 128 letters'],
    [{ name: 'a b' }, 'name is "a b"; give this deployment a name of'],
    [{ name: 'x'.repeat(129) }, /name is "x{129}"; give this deployment a name of/],
    [{ name: null }, 'name is null; give this deployment a name of'],
    [{ replicatorOffsetsTopic: 'a b' }, 'replicatorOffsetsTopic is "a b"; it has characters other than'],
    [{ replicatorOffsetsTopic: '' }, 'replicatorOffsetsTopic is ""; it is empty; give the offset.storage.topic of'],
    [
      { replicatorOffsetsTopic: 5 },
      'replicatorOffsetsTopic is 5; give the offset.storage.topic of the Connect workers',
    ],
    [{ brokers: [] }, "brokers is []; give a list of brokers, or leave it out to use the event source's"],
    [{ brokers: 'b-1:9092' }, 'brokers is "b-1:9092"; give a list of brokers'],
    [{ brokers: ['b-1:9092', 'b-2'] }, 'brokers[1] is "b-2"; give a broker as "host:port"'],
    [{ brokers: ['b-1:9092,b-2:9092'] }, 'brokers[0] is "b-1:9092,b-2:9092"; give a broker as "host:port"'],
    [{ brokers: ['SASL_SSL://b-1:9096'] }, 'brokers[0] is "SASL_SSL://b-1:9096"; give a broker as "host:port"'],
    [{ brokers: [9092] }, 'brokers[0] is 9092; give a broker as "host:port"'],
    [{ brokers: ['b-1:0'] }, 'brokers[0] is "b-1:0"; give a broker as "host:port"'],
    [{ brokers: ['b-1:65536'] }, 'brokers[0] is "b-1:65536"; give a broker as "host:port"'],
    [{ brokers: ['b-1:99999'] }, 'brokers[0] is "b-1:99999"; give a broker as "host:port"'],
    [{ brokers: ['b-1:100000'] }, 'brokers[0] is "b-1:100000"; give a broker as "host:port"'],
    [{ brokers: ['b-1:-1'] }, 'brokers[0] is "b-1:-1"; give a broker as "host:port"'],
    [{ brokers: ['b-1:'] }, 'brokers[0] is "b-1:"; give a broker as "host:port"'],
    [{ brokers: [':9092'] }, 'brokers[0] is ":9092"; give a broker as "host:port"'],
    [{ replicationFactor: 0 }, 'replicationFactor is 0; give a whole number from 1'],
    [{ replicationFactor: 1.5 }, 'replicationFactor is 1.5; give a whole number from 1'],
    [{ replicationFactor: '3' }, 'replicationFactor is "3"; give a whole number from 1'],
    [{ replicationFactor: 32_768 }, 'replicationFactor is 32768; give a whole number from 1'],
    [{ authentication: 'scram' }, 'authentication is "scram"; use {"type":"none"}, {"type":"scram","secretArn":…}'],
    [{ authentication: {} }, 'authentication.type is missing; use {"type":"none"}'],
    [{ authentication: { type: 'plain' } }, 'authentication.type is "plain"; use {"type":"none"}'],
    [
      { authentication: { type: 'none', tls: 'yes' } },
      'authentication.tls is "yes"; give true (TLS, port 9094) or false',
    ],
    [{ authentication: { type: 'scram' } }, "authentication.secretArn is missing; give the secret's complete ARN"],
    [
      { authentication: { type: 'mtls', secretArn: 'AmazonMSK_sync' } },
      'authentication.secretArn is "AmazonMSK_sync"; give the secret\'s complete ARN',
    ],
    [{ flows: [] }, 'flows is []; give at least one flow, or leave "flows" out for the default one'],
    [{ flows: 'all' }, 'flows is "all"; give a list of flows'],
    [{ flows: {} }, 'flows is an object; give a list of flows'],
    [{ brokers: {} }, 'brokers is an object; give a list of brokers'],
    [{ brokers: [['b-1:9092']] }, 'brokers[0] is a list; give a broker as "host:port"'],
    [{ name: [] }, 'name is []; give this deployment a name of'],
    [{ name: {} }, 'name is an object; give this deployment a name of'],
  ])('%j is refused with path, value and fix', (options, message) => {
    expect(messageOf(options)).toMatch(
      typeof message === 'string' ? new RegExp(`^OFFSET_SYNC: ${RegExp.escape(message)}`) : message,
    );
  });

  test.each([[null], ['connect-offsets'], [5], [true]])('%j is none', (options) => {
    expect(messageOf(options)).toBe(
      `OFFSET_SYNC is ${JSON.stringify(options)}; give the configuration as a JSON object`,
    );
  });

  test.each([
    [[], 'OFFSET_SYNC is []; give the configuration as a JSON object'],
    [
      { flows: [[]] },
      'OFFSET_SYNC: flows[0] is []; give a flow as an object, for example ' +
        '{"replicatorConnector":"replicator","sourceAlias":"primary"}',
    ],
    [
      { flows: [{ mm2: [] }] },
      'OFFSET_SYNC: flows[0].mm2.runsAs is missing; use "dedicated", "strimzi", or "connect" (a Connect cluster, MSK Connect)',
    ],
    [
      { authentication: [] },
      'OFFSET_SYNC: authentication.type is missing; ' +
        'use {"type":"none"}, {"type":"scram","secretArn":…}, {"type":"mtls","secretArn":…} or {"type":"iam"}',
    ],
  ])('%j is refused, for a list is no object', (options, message) => {
    expect(messageOf(options)).toBe(message);
  });

  test.each(['b-1:1', 'b-1:9092', 'b-1:65535', 'b-1.kafka.eu-west-1.amazonaws.com:9098'])(
    'may have the broker %s',
    (broker) => {
      expect(parse({ brokers: [broker] }).brokers).toEqual([broker]);
    },
  );

  test.each([
    [{ replicationFactor: -1.5 }, 'replicationFactor is -1.5; give a whole number from 1'],
    [{ replicationFactor: 40_000.5 }, 'replicationFactor is 40000.5; give a whole number from 1'],
    [{ flows: [{ overwriteBefore: 'tomorrow' }] }, 'flows[0].overwriteBefore is "tomorrow"; give an instant in UTC'],
  ])('is told of a field that is wrong in two ways once: %j', (options, message) => {
    expect(messageOf(options).split('\n')).toEqual([expect.stringContaining(`OFFSET_SYNC: ${message}`)]);
  });

  test('is told everything that is wrong at once', () => {
    expect(messageOf({ name: '', brokers: ['b'], replicationFactor: -1 }).split('\n')).toEqual([
      expect.stringContaining('OFFSET_SYNC: name is ""'),
      expect.stringContaining('OFFSET_SYNC: replicationFactor is -1'),
      expect.stringContaining('OFFSET_SYNC: brokers[0] is "b"'),
    ]);
  });

  test.each([
    ['scram', { type: 'scram', secretArn: SECRET }],
    ['mtls', { type: 'mtls', secretArn: SECRET }],
    ['iam', { type: 'iam' }],
  ])('with authentication %s needs brokers, because the event may name another port', (type, authentication) => {
    expect(messageOf({ authentication })).toBe(
      `OFFSET_SYNC: brokers is missing; with authentication "${type}" give the brokers with their port for it, ` +
        "because the event's own brokers may carry another port",
    );
  });
});

describe('an unknown field is refused, and its value is not shown', () => {
  test.each([
    [{ password: 'hunter2' }, 'password'],
    [{ Flows: 'hunter2' }, 'Flows'],
    [{ flows: [{ replicator: 'hunter2' }] }, 'flows[0].replicator'],
    [{ flows: [{}, { mm2: { runsAs: 'dedicated', targetAlias: 'hunter2' } }] }, 'flows[1].mm2.targetAlias'],
    [
      { brokers: ['b:1'], authentication: { type: 'scram', secretArn: SECRET, password: 'hunter2' } },
      'authentication.password',
    ],
    [{ brokers: ['b:1'], authentication: { type: 'iam', secretArn: 'hunter2' } }, 'authentication.secretArn'],
  ])('%j', (options, path) => {
    const message = messageOf(options);

    expect(message).toContain(`OFFSET_SYNC: ${path} is not a known field; remove it, or look for a misspelling`);
    expect(message).not.toContain('hunter2');
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])('also where it is named %s', (name) => {
    const unknown = `"${name}":"hunter2"`;
    const known = 'is not a known field; remove it, or look for a misspelling';

    expect(messageOf(JSON.parse(`{${unknown}}`))).toBe(`OFFSET_SYNC: ${name} ${known}`);
    expect(messageOf(JSON.parse(`{"flows":[{${unknown}}]}`))).toBe(`OFFSET_SYNC: flows[0].${name} ${known}`);
    expect(messageOf(JSON.parse(`{"flows":[{"mm2":{"runsAs":"dedicated",${unknown}}}]}`))).toBe(
      `OFFSET_SYNC: flows[0].mm2.${name} ${known}`,
    );
    expect(messageOf(JSON.parse(`{"authentication":{"type":"none",${unknown}}}`))).toBe(
      `OFFSET_SYNC: authentication.${name} ${known}`,
    );
  });

  test.each([
    [{ brokers: { password: 'hunter2' } }, 'brokers is an object; give a list of brokers'],
    [{ flows: { password: 'hunter2' } }, 'flows is an object; give a list of flows'],
    [{ brokers: [{ password: 'hunter2' }] }, 'brokers[0] is an object; give a broker as "host:port"'],
    [{ flows: [['hunter2']] }, 'flows[0] is a list; give a flow as an object'],
    [{ flows: [{ name: { password: 'hunter2' } }] }, 'flows[0].name is an object; give the flow a unique "name"'],
    [{ authentication: { type: { password: 'hunter2' } } }, 'authentication.type is an object; use {"type":"none"}'],
  ])('also where it stands in something of the wrong kind: %j', (options, message) => {
    expect(messageOf(options)).toContain(`OFFSET_SYNC: ${message}`);
    expect(messageOf(options)).not.toContain('hunter2');
  });
});

describe('a loop', () => {
  const loop = {
    replicatorOffsetsTopic: 'offsets',
    flows: [{ mm2: { runsAs: 'connect', connector: 'replicator', offsetsTopic: 'offsets' } }],
  };

  test('is refused: what the function wrote would come back to it', () => {
    expect(messageOf(loop)).toBe(
      'OFFSET_SYNC: flows[0].mm2.connector is "replicator", a Replicator connector that the function reads in the same ' +
        'topic "offsets"; give the MM2 connector a name of its own',
    );
  });

  test('through another flow is refused as well', () => {
    const [flow] = loop.flows;

    expect(
      messageOf({ ...loop, flows: [{ ...flow, name: 'a', replicatorConnector: 'other' }, { name: 'b' }] }),
    ).toMatch(/^OFFSET_SYNC: flows\[0\]\.mm2\.connector is "replicator"/);
  });

  test('is none where the names or the topics differ', () => {
    const [flow] = loop.flows;

    expect(messageOf({ ...loop, replicatorOffsetsTopic: 'others' })).toBe('no error');
    expect(messageOf({ ...loop, flows: [{ ...flow, replicatorConnector: 'other' }] })).toBe('no error');
  });
});
