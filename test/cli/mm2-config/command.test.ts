import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../../cli/main.ts';
import { aTerminal } from '../a-terminal.ts';

const REPLICATOR = {
  name: 'replicator',
  'topic.whitelist': 'orders',
  'src.kafka.bootstrap.servers': 'source-1:9092',
  'src.kafka.sasl.jaas.config': 'a.B required password="hunter2";',
};
const SEVERAL = {
  brokers: ['target-1:9092'],
  flows: [
    { name: 'one', replicatorConnector: 'replicator', mm2: { runsAs: 'strimzi', targetAlias: 'dr' } },
    { name: 'two', replicatorConnector: 'other', sourceAlias: 'eu' },
  ],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mm2-config-command-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

let files = 0;
const file = async (name: string, content: unknown): Promise<string> => {
  files += 1;
  const path = join(folder, `${files}-${name}`);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const free = (name: string): string => {
  files += 1;
  return join(folder, `${files}-${name}`);
};

const mm2Config = async (...words: readonly string[]) => {
  const terminal = aTerminal();
  const exitCode = await run(['mm2-config', ...words], terminal);
  return { exitCode, out: terminal.written(), err: terminal.errors() };
};

/** With Replicator's configuration and the flows, as the issue's form of a user would. */
const given = async (configuration: unknown, replicator: unknown = REPLICATOR, ...words: readonly string[]) =>
  mm2Config(...['-c', await file('c.json', configuration), '-p', await file('replicator.json', replicator), ...words]);

describe('the form', () => {
  test("is what the flow's preset says, and the flow is the one of Replicator's name", async () => {
    const { exitCode, out, err } = await given(SEVERAL);

    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toMatch(/kind: KafkaMirrorMaker2[\s\S]*alias: dr[\s\S]*bootstrapServers: target-1:9092/);
  });

  test('is what --as says', async () => {
    const { exitCode, out, err } = await given({ flows: [{}] }, REPLICATOR, '--as', 'connect');

    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name: 'MirrorSourceConnector', initial_state: 'STOPPED' });
    expect(err).toContain('\nreplication.policy.class: Replicator keeps');
  });

  test('takes a cdk.json, and its way to authenticate where Replicator says nothing of the target', async () => {
    const migration = { cluster: { brokers: ['k:9096'] }, authentication: { type: 'scram' }, flows: [{}] };

    const { out } = await given({ context: { migration } });

    expect(out).toContain('\nbackup.bootstrap.servers=k:9096\n');
    expect(out).toContain('\nbackup.sasl.mechanism=SCRAM-SHA-512\n');
  });
});

describe('the output', () => {
  test('is written into a file that does not exist yet', async () => {
    const output = free('mm2.properties');

    const first = await given({ flows: [{}] }, REPLICATOR, '--output', output);
    const second = await given({ flows: [{}] }, REPLICATOR, '--output', output);

    expect([first.exitCode, first.out]).toEqual([0, '']);
    expect(await readFile(output, 'utf8')).toContain('\nclusters=primary, backup\n');
    expect(second.exitCode).toBe(64);
    expect(second.err).toMatch(/exists already, and is left as it is; remove it, or give another name\n$/);
  });

  test('is two files for MSK Connect, or none', async () => {
    const [output, taken] = [free('mm2.json'), await file('taken.worker.properties', 'mine')];
    const flows = [{ mm2: { runsAs: 'connect', connector: 'mm2', offsetsTopic: 'o' } }];

    const written = await given({ flows }, REPLICATOR, '--as', 'msk-connect', '-o', output);
    const refused = await given(
      { flows },
      REPLICATOR,
      '--as',
      'msk-connect',
      '-o',
      taken.replace('.worker.properties', '.json'),
    );

    expect(written.exitCode).toBe(0);
    expect(JSON.parse(await readFile(output, 'utf8'))).toMatchObject({ connectorName: 'mm2' });
    expect(await readFile(output.replace('.json', '.worker.properties'), 'utf8')).toContain(
      '\noffset.storage.topic=o\n',
    );
    expect(written.err).toContain('MSK Connect has no stopped connectors');
    expect(refused.exitCode).toBe(64);
    await expect(readFile(taken.replace('.worker.properties', '.json'))).rejects.toThrow('ENOENT');
  });

  test('is written with exit code 2 where something has to be seen to before MM2 is started', async () => {
    const { exitCode, out, err } = await given({ flows: [{}] }, { ...REPLICATOR, 'topic.whitelist': 'a,__b' });

    expect(exitCode).toBe(2);
    expect(out).toContain('\n# BLOCKS topic-never-copied: ');
    expect(err).toBe('Before MM2 is started, see to: topic-never-copied\n');
  });
});

test('--flows prints the flows of both configurations, which the configuration takes', async () => {
  const replicator = await file('replicator.json', REPLICATOR);
  const written = await given({ flows: [{ mm2: { runsAs: 'dedicated', offsetsTopic: 'o' } }] });
  const mm2 = await file('mm2.properties', written.out);

  const { exitCode, out } = await mm2Config('--flows', '-p', replicator, '--mm2-config', mm2);

  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toEqual({
    flows: [
      { replicatorConnector: 'replicator', sourceAlias: 'primary', mm2: { runsAs: 'dedicated', offsetsTopic: 'o' } },
    ],
  });
});

describe('wrong usage ends with exit code 64, one sentence, and nothing written', () => {
  test.each<[string, readonly string[], string]>([
    ["without Replicator's configuration", [], "Give Replicator's configuration with --replicator-config FILE"],
    ['a form that there is not', ['--as', 'helm'], 'Allowed choices are dedicated, strimzi, connect, msk-connect.'],
    ['a replication factor that is none', ['--replication-factor', '0'], 'Give a whole number from 1 to'],
    [
      'a place for secrets that no reference can hold',
      ['--secrets-file', '/a:b'],
      'Give an absolute path without colons',
    ],
    ['a file that there is not', ['-p', 'no-such.json'], '--replicator-config no-such.json cannot be read'],
  ])('%s', async (_, words, message) => {
    const { exitCode, out, err } = await mm2Config(...words);

    expect([exitCode, out]).toEqual([64, '']);
    expect(err).toContain(message);
  });

  test.each<[string, unknown, unknown, readonly string[], RegExp]>([
    [
      'a Replicator of no flow',
      SEVERAL,
      { ...REPLICATOR, name: 'x' },
      [],
      /configures the connector "x", and none of the flows "one", "two" reads/,
    ],
    [
      'a Replicator of another flow',
      SEVERAL,
      REPLICATOR,
      ['--flow', 'two'],
      /the flow "two" reads the offsets of "other"/,
    ],
    ['a flow that there is not', SEVERAL, REPLICATOR, ['--flow', 'x'], /has no flow "x"; name one of "one", "two"/],
    [
      'a Replicator without a name, of several',
      SEVERAL,
      { ...REPLICATOR, name: undefined },
      [],
      /does not say its connector's name/,
    ],
    ['a form that the flow is not for', SEVERAL, REPLICATOR, ['--as', 'dedicated'], /does not fit --as dedicated/],
    [
      'MSK Connect without a file',
      { flows: [{}] },
      REPLICATOR,
      ['--as', 'msk-connect'],
      /writes two files; name the first with --output/,
    ],
    ['--flows without MM2', { flows: [{}] }, REPLICATOR, ['--flows'], /--flows needs both configurations/],
    ["MM2's configuration without --flows", { flows: [{}] }, REPLICATOR, ['-m', 'x'], /go with --flows/],
    ['another connector', { flows: [{}] }, { 'connector.class': 'a.B' }, [], /connector\.class is "a\.B"/],
  ])('%s', async (_, configuration, replicator, words, message) => {
    const { exitCode, out, err } = await given(configuration, replicator, ...words);

    expect([exitCode, out]).toEqual([64, '']);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).not.toContain('hunter2');
  });
});

test('a Replicator without a name is that of the only flow', async () => {
  const { exitCode, out } = await given({ flows: [{}] }, { ...REPLICATOR, name: undefined });

  expect(exitCode).toBe(0);
  expect(out).toContain('\nclusters=primary, backup\n');
});
