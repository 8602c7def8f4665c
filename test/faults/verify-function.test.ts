import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Admin } from 'kafkajs';
import { run } from '../../cli/main.ts';
import type { InvokeFunction } from '../../cli/verify/function.ts';
import { mm2Key } from '../../functions/offsets/mm2-record.ts';
import type { Report } from '../../functions/readiness/report.ts';
import { grant } from '../../local/world/kafka/acls.ts';
import { bundleVerify } from '../../local/world/lambda/bundle.ts';
import {
  FunctionError,
  type FunctionInstance,
  startFunctionInstance,
} from '../../local/world/lambda/function-instance.ts';
import { type SecretsManager, startSecretsManager } from '../../local/world/secrets-manager/secrets-manager.ts';
import { aTerminal } from '../cli/a-terminal.ts';
import { useKafka } from '../kafka-fixture.ts';
import { type DocumentedPermission, documentedPermissions } from './documented-permissions.ts';

jest.setTimeout(90_000);

const permissions = documentedPermissions();
const ofVerify = permissions.filter(({ neededBy }) => neededBy === 'verify');
const ofSync = permissions.filter(({ neededBy }) => neededBy === 'function');
const userWithout = (missing?: DocumentedPermission) =>
  missing === undefined ? 'verify' : `verify-without-${ofVerify.indexOf(missing)}`;
const PASSWORD = 'a-password';
const users = [
  ...[undefined, ...ofVerify].map(userWithout),
  'sync',
  'sync-that-may-not-write',
  'sync-that-may-not-create',
];
const kafka = useKafka({
  listeners: ['plaintext', 'scram'],
  authorizer: true,
  users: users.map((username) => ({ username, password: PASSWORD })),
});
const isValid = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync('functions/readiness/report.schema.json', 'utf8')) as object,
);

const NAME = 'the-deployment';
const GROUP = `${NAME}-0123456789-0`;
const compact = { 'cleanup.policy': 'compact' };

let admin: Admin;
let bundle: string;
let folder: string;
let topics: { connectOffsets: string; mm2OffsetsTopic: string; copiedTopic: string };
const instances: FunctionInstance[] = [];
const secrets: SecretsManager[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mm2-migration-verify-'));
  bundle = await bundleVerify({ authentication: 'scram', source: 'secret' });
  admin = kafka().kafka.admin();
  await admin.connect();
  const copiedTopic = await kafka().createTopic();
  topics = {
    connectOffsets: await kafka().createTopic(compact),
    mm2OffsetsTopic: await kafka().createTopic(compact, 25),
    copiedTopic,
  };
  // The one broker is both clusters, and a topic its own copy: everything has been copied.
  const records = [0, 1, 2].map((n) => ({ key: 'k', value: `v ${n}`, timestamp: Date.now() - 60_000 + n }));
  await kafka().produce(copiedTopic, records);
  await kafka().produce(topics.connectOffsets, [
    { key: JSON.stringify(['replicator', { topic: copiedTopic, partition: 0 }]), value: '{"offset":2}' },
  ]);
  await kafka().produce(topics.mm2OffsetsTopic, [
    {
      key: mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic: copiedTopic, partition: 0 }),
      value: '{"offset":2}',
    },
  ]);
  await admin.setOffsets({
    groupId: GROUP,
    topic: topics.connectOffsets,
    partitions: [{ partition: 0, offset: '1' }],
  });
  const names = { name: NAME, ...topics };
  const grantAll = (user: string, rows: readonly DocumentedPermission[]) =>
    grant(
      admin,
      user,
      rows.map((row) => row.grantFor(names)),
    );
  for (const missing of [undefined, ...ofVerify]) {
    await grantAll(
      userWithout(missing),
      ofVerify.filter((row) => row !== missing),
    );
  }
  const but = (operation: string) => [...ofVerify, ...ofSync].filter((row) => row.operation !== operation);
  await grantAll('sync', [...ofVerify, ...ofSync]);
  await grantAll('sync-that-may-not-write', but('Write'));
  // On a topic that does not exist the right to create is asked for.
  await grant(
    admin,
    'sync-that-may-not-create',
    but('Create').map((row) => row.grantFor({ ...names, mm2OffsetsTopic: `${topics.mm2OffsetsTopic}.new` })),
  );
}, 90_000);
afterEach(async () => {
  await Promise.all(instances.splice(0).map((instance) => instance.stop()));
  await Promise.all(secrets.splice(0).map((secret) => secret.close()));
});
afterAll(async () => {
  await admin?.disconnect();
  await rm(folder, { recursive: true, force: true });
  await rm(dirname(bundle), { recursive: true, force: true });
});

interface Deployed {
  readonly username?: string;
  readonly password?: string;
  readonly handler?: 'handler' | 'atDeployment';
  readonly mm2OffsetsTopic?: string;
  readonly brokers?: readonly string[];
  readonly withSource?: boolean;
}

const configurationOf = (secretArn: string, { mm2OffsetsTopic, brokers }: Deployed) => ({
  name: NAME,
  brokers: brokers ?? [kafka().cluster.bootstrapServersOf('scram')],
  authentication: { type: 'scram', secretArn },
  replicatorOffsetsTopic: topics.connectOffsets,
  flows: [{ mm2: { runsAs: 'dedicated', offsetsTopic: mm2OffsetsTopic ?? topics.mm2OffsetsTopic } }],
});

const sourceOf = (secretArn: string) => ({
  brokers: [kafka().cluster.bootstrapServersOf('scram')],
  authentication: { type: 'scram', secretArn, ca: kafka().cluster.caCertificate },
});

/** The verify function as the stack deploys it, for a user of the cluster. */
const deploy = async (deployed: Deployed = {}): Promise<FunctionInstance> => {
  const { username = userWithout(), password = PASSWORD, handler = 'handler', withSource = true } = deployed;
  const secret = await startSecretsManager({ username, password });
  secrets.push(secret);
  const { secretArn } = secret;
  const instance = startFunctionInstance({
    bundle,
    environment: {
      _HANDLER: `index.${handler}`,
      OFFSET_SYNC: JSON.stringify(configurationOf(secretArn, deployed)),
      OFFSET_VERIFY: JSON.stringify({
        ...(withSource && { source: sourceOf(secretArn) }),
        group: GROUP,
        sharesCredentials: username.startsWith('sync'),
      }),
      ...secret.environment,
      NODE_EXTRA_CA_CERTS: kafka().cluster.caCertificateFile,
    },
  });
  instances.push(instance);
  return instance;
};

const ask = async (instance: FunctionInstance, event: object = { records: 10 }): Promise<Report> => {
  const report: unknown = JSON.parse(await instance.invoke(JSON.stringify(event)));
  expect(isValid(report)).toBe(true);
  return report as Report;
};

const codesOf = ({ findings, partitions }: Report) =>
  [...findings, ...partitions.flatMap((partition) => partition.findings)].map(({ code }) => code);

/** Invokes as Lambda does: an error of the function's is an answer, too. */
const invokeBy =
  (instance: FunctionInstance): InvokeFunction =>
  async (_name, event) => {
    try {
      return { payload: await instance.invoke(event), isError: false };
    } catch (error) {
      if (!(error instanceof FunctionError)) {
        throw error;
      }
      const { errorType, errorMessage, trace } = error;
      return { payload: JSON.stringify({ errorType, errorMessage, trace }), isError: true };
    }
  };

const stateOfCluster = async () => ({
  topics: (await admin.listTopics()).sort(),
  group: await admin.fetchOffsets({ groupId: GROUP, topics: [topics.connectOffsets] }),
  ends: await Promise.all(Object.values(topics).map((one) => admin.fetchTopicOffsets(one))),
});

describe('with exactly the documented permissions', () => {
  test('it proves, and leaves topics and group offsets as they were', async () => {
    const before = await stateOfCluster();

    const report = await ask(await deploy());

    expect([report.verdict, codesOf(report)]).toEqual(['READY', expect.not.arrayContaining(['lag', 'unproven'])]);
    expect(report.partitions).toMatchObject([{ topic: topics.copiedTopic, proven: true, next: { true: '3' } }]);
    expect(await stateOfCluster()).toEqual(before);
  });

  test('without the source it says what only the source can tell', async () => {
    const report = await ask(await deploy({ withSource: false }), {});

    expect(report.verdict).toBe('CANNOT TELL');
    expect(report.partitions).toMatchObject([
      {
        proven: false,
        source: null,
        evidence: { reason: 'the source cluster was not given, so its records cannot be read' },
      },
    ]);
  });
});

test.each(ofVerify)('without $title it tells $without', async (missing) => {
  const report = await ask(await deploy({ username: userWithout(missing) }));

  const documented = [...missing.without.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
  expect(codesOf(report).filter((code) => documented.includes(code))).not.toEqual([]);
  expect(report.verdict === 'READY').toBe(missing.without.includes('a note'));
});

describe('the command shows what the function says', () => {
  test('like a look from here: the same table, verdict and exit code', async () => {
    const instance = await deploy();
    const file = join(folder, 'configuration.json');
    const [secret] = secrets;
    await writeFile(
      file,
      JSON.stringify({
        ...configurationOf(secret?.secretArn ?? '', {}),
        authentication: undefined,
        brokers: undefined,
      }),
    );
    const properties = join(folder, 'client.properties');
    const lines = [
      `bootstrap.servers=${kafka().cluster.bootstrapServersOf('scram')}`,
      'security.protocol=SASL_SSL',
      'sasl.mechanism=SCRAM-SHA-512',
      `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="verify" password="${PASSWORD}";`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${kafka().cluster.caCertificateFile}`,
    ];
    await writeFile(properties, lines.join('\n'));
    const [here, there] = [aTerminal(), aTerminal()];
    const clusters = ['--source-properties', properties, '--target-properties', properties, '--group', GROUP];

    const exitCodes = [
      await run(['verify', '--config', file, ...clusters], here),
      await run(['verify', '--function', 'the-function'], there, invokeBy(instance)),
    ];

    expect([here.errors(), there.errors(), exitCodes]).toEqual(['', '', [0, 0]]);
    // What was looked at a moment later is a moment older.
    const timeless = (text: string) => text.replaceAll(/\d{4}-\S+Z|\d+ seconds ago/g, 'then');
    expect(timeless(there.written())).toBe(timeless(here.written()));
    expect(there.written()).toMatch(/^READY at /m);
  });

  test("with the function's own sentence where it cannot look, and never a verdict", async () => {
    const instance = await deploy({ password: 'a-wrong-password' });
    const terminal = aTerminal();

    const exitCode = await run(['verify', '--function', 'the-function'], terminal, invokeBy(instance));

    expect(exitCode).toBe(69);
    expect(terminal.written()).toBe('');
    expect(terminal.errors()).toMatch(
      /^The function the-function: The target cluster \(\S+\) refuses the credentials: /,
    );
    expect(terminal.errors()).not.toContain('a-wrong-password');
  });
});

test('a password that an earlier invocation has read is read again when the brokers refuse it', async () => {
  const instance = await deploy({ password: 'the-old-password' });
  await expect(ask(instance)).rejects.toThrow('refuses the credentials');

  secrets[0]?.put({ username: userWithout(), password: PASSWORD });

  expect(await ask(instance)).toMatchObject({ verdict: 'READY' });
});

describe('the widget', () => {
  const context = { widgetContext: { dashboardName: 'd', theme: 'dark', width: 600, height: 400 } };

  test('shows verdict, partitions and findings as HTML', async () => {
    const html: string = JSON.parse(await (await deploy()).invoke(JSON.stringify({ records: 10, ...context })));

    expect(html).toContain('>READY</strong>');
    expect(html).toContain(`<td>${topics.copiedTopic}</td>`);
    expect(html).not.toMatch(/<script|<iframe|onload=/);
  });

  test('describes itself in Markdown', async () => {
    const markdown: string = JSON.parse(await (await deploy()).invoke('{"describe":true}'));

    expect(markdown).toContain('| **records** | 1000 |');
  });

  test('shows a sentence where a cluster cannot be reached', async () => {
    const instance = await deploy({ brokers: ['127.0.0.1:1'] });

    const html: string = JSON.parse(await instance.invoke(JSON.stringify(context)));

    expect(html).toMatch(/NO ANSWER<\/strong> The target cluster \(127\.0\.0\.1:1\) cannot be reached/);
    expect(html).not.toContain('READY');
  });
});

describe('the check at the deployment', () => {
  const check = async (deployed: Deployed): Promise<unknown> =>
    JSON.parse(await (await deploy({ handler: 'atDeployment', ...deployed })).invoke('{}'));

  test("passes with the documented permissions of the sync's user, and with those of a user of its own", async () => {
    expect(await check({ username: 'sync' })).toEqual({ verdict: 'CANNOT TELL' });
    expect(await check({})).toEqual({ verdict: 'CANNOT TELL' });
  });

  test('passes where MM2 has no offsets topic yet: the sync creates it', async () => {
    expect(await check({ mm2OffsetsTopic: 'not-there-yet' })).toEqual({ verdict: 'NOT YET' });
  });

  test('fails where the sync may not write', async () => {
    const checked = check({ username: 'sync-that-may-not-write' });

    await expect(checked).rejects.toMatchObject({ errorType: 'DeploymentError' });
    await expect(checked).rejects.toThrow(
      `the sync may not Write on MM2's offsets topic "${topics.mm2OffsetsTopic}" with the user name and password of the secret`,
    );
  });

  test('fails where the sync may not create the topic that is missing', async () => {
    const mm2OffsetsTopic = `${topics.mm2OffsetsTopic}.new`;

    await expect(check({ username: 'sync-that-may-not-create', mm2OffsetsTopic })).rejects.toThrow(
      `the sync may not Create on MM2's offsets topic "${mm2OffsetsTopic}"`,
    );
  });

  test('fails where the topic is not as MM2 wants it', async () => {
    const mm2OffsetsTopic = await kafka().createTopic({ 'cleanup.policy': 'delete' });
    await grant(admin, 'verify', [
      { resource: 'topic', name: mm2OffsetsTopic, isPrefix: false, operations: ['Read', 'DescribeConfigs'] },
    ]);

    await expect(check({ mm2OffsetsTopic })).rejects.toThrow(
      `The deployment cannot work: MM2's offsets topic "${mm2OffsetsTopic}" has cleanup.policy=delete`,
    );
  });
});
