import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { run } from '../../cli/main.ts';
import { mm2Key, mm2Value } from '../../functions/offsets/mm2-record.ts';
import { freePorts } from '../../local/world/kafka/ports.ts';
import { useKafka } from '../kafka-fixture.ts';
import { aTerminal, type KeptTerminal } from './a-terminal.ts';

jest.setTimeout(90_000);

const kafka = useKafka();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mm2-migration-cli-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

let files = 0;
const writeText = async (name: string, text: string): Promise<string> => {
  files += 1;
  const file = join(folder, `${files}-${name}`);
  await writeFile(file, text);
  return file;
};
const writeConfiguration = (content: unknown): Promise<string> =>
  writeText('configuration.json', typeof content === 'string' ? content : JSON.stringify(content));

const verify = async (...words: readonly string[]): Promise<KeptTerminal & { readonly exitCode: number }> => {
  const terminal = aTerminal();
  const exitCode = await run(['verify', ...words], terminal);
  return { ...terminal, exitCode };
};

const lastLine = ({ written }: KeptTerminal) => written().trimEnd().split('\n').at(-1);

const RECORDS = [0, 1, 2, 3].map((n) => ({ key: 'k', value: `v ${n}`, timestamp: Date.now() - 60_000 + n }));

/**
 * A topic that is its own copy: the one broker is both clusters, so everything has been copied.
 *
 * @param replicator Replicator's stored offset; 3 is the last record's.
 */
const createState = async (replicator: bigint, mm2: bigint | undefined, connector = 'replicator') => {
  const topic = await kafka().createTopic();
  await kafka().produce(topic, RECORDS);
  const compact = { 'cleanup.policy': 'compact' };
  const replicatorOffsetsTopic = await kafka().createTopic(compact);
  const offsetsTopic = await kafka().createTopic(compact);
  await kafka().produce(replicatorOffsetsTopic, [
    { key: JSON.stringify([connector, { topic, partition: 0 }]), value: `{"offset":${replicator}}` },
  ]);
  const storeMm2Value = (value: string) =>
    kafka().produce(offsetsTopic, [
      { key: mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition: 0 }), value },
    ]);
  const storeMm2 = (offset: bigint) => storeMm2Value(mm2Value(offset));
  if (mm2 !== undefined) {
    await storeMm2(mm2);
  }
  const brokers = kafka().cluster.brokers;
  const options = { brokers, replicatorOffsetsTopic, flows: [{ mm2: { runsAs: 'dedicated', offsetsTopic } }] };
  return { topic, storeMm2, storeMm2Value, options, withSource: { ...options, source: { brokers } } };
};

describe('npx mm2-migration verify', () => {
  test('is READY with exit code 0, and says so in the last line', async () => {
    const { withSource, topic } = await createState(3n, 3n);

    const answer = await verify('--config', await writeConfiguration(withSource));

    expect(answer.exitCode).toBe(0);
    expect(answer.written()).toContain(topic);
    expect(lastLine(answer)).toMatch(/^READY at .*: 0 copied again, 0 skipped, 1 of 1 partitions proven/);
    expect(answer.errors()).toBe('');
  });

  test('is NOT YET with exit code 1 while the sync has not written, and READY as soon as it has', async () => {
    const { withSource, storeMm2 } = await createState(3n, undefined);
    const file = await writeConfiguration(withSource);

    const before = await verify('--config', file);
    const watching = verify('--config', file, '--watch', '--interval', '1');
    await storeMm2(3n);
    const after = await watching;

    expect([before.exitCode, lastLine(before)]).toEqual([1, expect.stringMatching(/^NOT YET /)]);
    expect([after.exitCode, lastLine(after)]).toEqual([0, expect.stringMatching(/^READY /)]);
  });

  test('is BLOCKED with exit code 2 where Replicator was killed before it flushed', async () => {
    const { withSource } = await createState(1n, 1n);

    const answer = await verify('--config', await writeConfiguration(withSource));

    expect([answer.exitCode, lastLine(answer)]).toEqual([2, expect.stringMatching(/^BLOCKED at .*: 2 copied again/)]);
    expect(answer.written()).toContain('blocks stale: ');
  });

  test('is CANNOT TELL with exit code 3 without the source', async () => {
    const { options } = await createState(3n, 3n);

    const answer = await verify('--config', await writeConfiguration(options));

    expect([answer.exitCode, lastLine(answer)]).toEqual([3, expect.stringMatching(/^CANNOT TELL /)]);
  });

  test('answers with JSON of the contract', async () => {
    const { withSource } = await createState(1n, 1n);

    const answer = await verify('--config', await writeConfiguration(withSource), '--json');

    const report: unknown = JSON.parse(answer.written());
    const schema = JSON.parse(await readFile('functions/readiness/report.schema.json', 'utf8'));
    expect(new Ajv2020({ strict: false }).validate(schema, report)).toBe(true);
    expect(report).toMatchObject({
      verdict: 'BLOCKED',
      copiedAgain: 2,
      partitions: [{ proven: true, next: { true: '4' } }],
    });
  });

  test('counts duplicates and losses with --records all', async () => {
    const { withSource } = await createState(3n, 3n);

    const answer = await verify('--config', await writeConfiguration(withSource), '--records', 'all');

    expect(answer.written()).toContain('\n0 duplicated, 0 lost of 4 records compared\n');
  });

  test('gives up watching when the time is up, with the last verdict', async () => {
    const { withSource } = await createState(3n, undefined);
    const file = await writeConfiguration(withSource);

    const answer = await verify('--config', file, '--watch', '--interval', '1', '--timeout', '3', '--json');

    expect(answer.exitCode).toBe(1);
    const looks = answer.written().trim().split('\n');
    expect(looks.length).toBeGreaterThan(1);
    expect(looks.map((line) => JSON.parse(line).verdict)).toEqual(looks.map(() => 'NOT YET'));
  });

  test('writes a page besides, with the table and with JSON', async () => {
    const { withSource, topic } = await createState(1n, 1n);
    const file = await writeConfiguration(withSource);
    const page = join(folder, 'report.html');

    const table = await verify('--config', file, '--html', page);
    const first = await readFile(page, 'utf8');
    const json = await verify('--config', file, '--html', page, '--json');
    const second = await readFile(page, 'utf8');

    expect([table.exitCode, lastLine(table)]).toEqual([2, expect.stringMatching(/^BLOCKED at /)]);
    expect(first.includes('<title>BLOCKED: ') && first.includes(topic)).toBe(true);
    expect(second.includes(JSON.parse(json.written()).at)).toBe(true);
  });

  test('writes the page at each look of --watch', async () => {
    const { withSource, storeMm2 } = await createState(3n, undefined);
    const page = join(folder, 'watched.html');
    const titleOf = async () => /<title>(.*?):/.exec(await readFile(page, 'utf8').catch(() => ''))?.[1];

    const watching = verify('--config', await writeConfiguration(withSource), '--html', page, '-w', '-i', '1');
    let first = await titleOf();
    while (first === undefined) {
      await sleep(50);
      first = await titleOf();
    }
    await storeMm2(3n);
    await watching;

    expect([first, await titleOf()]).toEqual(['NOT YET', 'READY']);
  });

  test('lets no connector name and no stored value act upon the terminal, as a table or as JSON', async () => {
    const hostile = '\u001b[2J\u0007\u009b31m\u202eevil';
    const { withSource, storeMm2Value } = await createState(3n, 3n, hostile);
    await storeMm2Value(hostile);
    const flows = withSource.flows.map((flow) => ({ ...flow, name: 'its-flow', replicatorConnector: hostile }));
    const file = await writeConfiguration({ ...withSource, flows });

    const table = await verify('--config', file);
    const json = await verify('--config', file, '--json');

    expect([table.exitCode, json.exitCode]).toEqual([2, 2]);
    for (const { written } of [table, json]) {
      expect(written().replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
    expect(table.written()).toContain(String.raw`\u{1b}[2J\u{7}\u{9b}31m\u{202e}evil`);
    expect(json.written()).toContain(String.raw`\u001b[2J\u0007\u009b31m\u202eevil`);
  });

  test("takes a cdk.json, and knows the event source's group by it", async () => {
    const { withSource } = await createState(3n, 3n);
    const { brokers, ...rest } = withSource;
    const migration = { ...rest, name: 'here', cluster: { brokers }, authentication: { type: 'none' } };

    const answer = await verify('--config', await writeConfiguration({ context: { migration } }));

    expect(answer.exitCode).toBe(0);
    expect(answer.written()).toMatch(/the event source's group "here-[0-9a-f]{10}-0" has committed nothing/);
  });
});

/** A dedicated MM2 that takes over what {@link createState} makes. */
const mm2Properties = (
  { options, topic }: Awaited<ReturnType<typeof createState>>,
  changes: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const [brokers, offsetsTopic] = [options.brokers.join(','), options.flows[0]?.mm2.offsetsTopic ?? ''];
  const settings = {
    clusters: 'primary,backup',
    'primary.bootstrap.servers': brokers,
    'backup.bootstrap.servers': brokers,
    'primary->backup.enabled': 'true',
    'primary->backup.topics': topic,
    'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
    'offset.storage.topic': offsetsTopic,
    ...changes,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  return writeText('mm2.properties', lines.join('\n'));
};

const codesOf = (answer: KeptTerminal): readonly string[] =>
  JSON.parse(answer.written()).findings.map(({ code }: { readonly code: string }) => code);

describe('with files that the team has', () => {
  test("checks MM2's configuration, and names the line to change", async () => {
    const state = await createState(3n, 3n);
    const file = await writeConfiguration(state.withSource);
    const right = await mm2Properties(state);
    const wrong = await mm2Properties(state, { 'offset.storage.topic': 'elsewhere' });

    const good = await verify('--config', file, '--mm2-config', right);
    const bad = await verify('--config', file, '--mm2-config', wrong);

    expect([good.exitCode, lastLine(good)]).toEqual([0, expect.stringMatching(/^READY /)]);
    expect([bad.exitCode, lastLine(bad)]).toEqual([2, expect.stringMatching(/^BLOCKED /)]);
    expect(bad.written()).toMatch(
      /blocks wrong-offsets-topic: .*"elsewhere".* To do: change line 7 of .*mm2\.properties/,
    );
  });

  test('cannot tell what a config provider resolves, where it matters', async () => {
    const state = await createState(3n, 3n);
    const file = await writeConfiguration(state.withSource);
    const matters = await mm2Properties(state, { 'offset.storage.topic': `\${file:/topics:mm2}` });
    const doesNot = await mm2Properties(state, { 'replication.factor': `\${file:/topics:factor}` });

    const doubtful = await verify('--config', file, '--mm2-config', matters);
    const sure = await verify('--config', file, '--mm2-config', doesNot);

    expect([doubtful.exitCode, lastLine(doubtful)]).toEqual([3, expect.stringMatching(/^CANNOT TELL /)]);
    expect(doubtful.written()).toContain('warns  wrong-offsets-topic-unknown: ');
    expect([sure.exitCode, lastLine(sure)]).toEqual([0, expect.stringMatching(/^READY /)]);
    expect(sure.written()).toContain('notes  replication-factor-unknown: ');
  });

  test('connects to both clusters as MM2 does, where nothing else tells how', async () => {
    const state = await createState(3n, 3n);
    const { brokers: _brokers, ...options } = state.options;

    const answer = await verify('-c', await writeConfiguration(options), '--mm2-config', await mm2Properties(state));

    expect([answer.exitCode, lastLine(answer)]).toEqual([0, expect.stringMatching(/^READY /)]);
  });

  test("says why it does not connect to MM2's source, and looks at the rest", async () => {
    const state = await createState(3n, 3n);
    const mm2 = await mm2Properties(state, { 'primary.security.protocol': 'NONE' });

    const answer = await verify('-c', await writeConfiguration(state.options), '--mm2-config', mm2, '--json');

    expect(answer.exitCode).toBe(3);
    expect(codesOf(answer)).toContain('source-unknown');
    expect(answer.written()).toContain('primary.security.protocol');
  });

  test("checks Replicator's configuration, and looks for the copies where it puts them", async () => {
    const state = await createState(3n, 3n);
    await kafka().produce(await kafka().createTopic({}, 1, `${state.topic}.copy`), RECORDS);
    const file = await writeConfiguration(state.withSource);
    const replicator = (format: string) =>
      writeText(
        'replicator.json',
        JSON.stringify({ name: 'replicator', 'topic.whitelist': state.topic, 'topic.rename.format': format }),
      );
    const renamed = await replicator(`\${topic}.copy`);

    const found = await verify('-c', file, '--replicator-config', renamed);
    const sought = await verify('-c', file, '--replicator-config', await replicator(`\${topic}.elsewhere`));
    const both = await verify('-c', file, '--replicator-config', renamed, '--mm2-config', await mm2Properties(state));

    expect([found.exitCode, lastLine(found)]).toEqual([0, expect.stringMatching(/^READY /)]);
    expect(sought.exitCode).toBe(3);
    expect(sought.written()).toContain(`the target cluster has no topic "${state.topic}.elsewhere"`);
    expect(both.exitCode).toBe(2);
    expect(both.written()).toContain('blocks topic-names: ');
  });

  test("connects with a Kafka client's properties, which win over the configuration", async () => {
    const { options } = await createState(3n, 3n);
    const [port] = await freePorts(1);
    const nowhere = [`127.0.0.1:${port}`];
    const file = await writeConfiguration({ ...options, brokers: nowhere, source: { brokers: nowhere } });
    const client = await writeText('client.properties', `bootstrap.servers=${options.brokers.join(',')}\n`);

    const answer = await verify('-c', file, '--source-properties', client, '--target-properties', client);

    expect([answer.exitCode, lastLine(answer)]).toEqual([0, expect.stringMatching(/^READY /)]);
  });

  test('takes the brokers of the configuration where the properties name none', async () => {
    const { withSource } = await createState(3n, 3n);
    const { brokers, ...rest } = withSource;
    const migration = { ...rest, name: 'here', cluster: { brokers }, authentication: { type: 'scram' } };
    const file = await writeConfiguration({ context: { migration } });
    const client = await writeText('client.properties', 'security.protocol=PLAINTEXT\n');

    const answer = await verify('-c', file, '--source-properties', client, '--target-properties', client);

    expect([answer.exitCode, answer.errors()]).toEqual([0, '']);
  });

  test.each(['--mm2-config', '--replicator-config', '--source-properties', '--target-properties'])(
    'ends with exit code 64 where %s names no file',
    async (option) => {
      const file = await writeConfiguration({ brokers: ['a:1'] });

      const answer = await verify('-c', file, option, 'no-such-file.json');

      expect(answer.exitCode).toBe(64);
      expect(answer.errors()).toMatch(new RegExp(`^${option} no-such-file\\.json cannot be read: .*\\n$`));
    },
  );

  test('ends with exit code 64 where --html names no file that can be written, before it reads anything', async () => {
    const page = join(folder, 'missing', 'report.html');

    const answer = await verify('-c', await writeConfiguration({ brokers: ['a:1'] }), '--html', page);

    expect([answer.exitCode, answer.written()]).toEqual([64, '']);
    expect(answer.errors()).toMatch(/^--html: .*report\.html cannot be written: .*ENOENT: .* name a file .*\n$/);
  });

  test('ends with exit code 64 for properties with a wrong value, and tells no password', async () => {
    const client = await writeText(
      'client.properties',
      'security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=Module required password=hunter2!;\n',
    );

    const answer = await verify('-c', await writeConfiguration({ brokers: ['a:1'] }), '--target-properties', client);

    expect(answer.exitCode).toBe(64);
    expect(answer.errors()).toMatch(/^--target-properties .*client\.properties: sasl\.jaas\.config .*\n$/);
    expect(answer.errors()).not.toContain('hunter2');
  });
});

describe('in trouble', () => {
  test('tells in one sentence which cluster cannot be reached, with exit code 69', async () => {
    const { withSource } = await createState(3n, 3n);
    const [port] = await freePorts(1);
    const source = { brokers: [`127.0.0.1:${port}`] };

    const answer = await verify('--config', await writeConfiguration({ ...withSource, source }));

    expect(answer.exitCode).toBe(69);
    expect(answer.errors()).toMatch(/^The source cluster \(127\.0\.0\.1:\d+\) cannot be reached: .*\n$/);
    expect(answer.written()).toBe('');
  });

  test.each<[string, readonly string[], string]>([
    ['an unknown option', ['--no-such-option'], "unknown option '--no-such-option'"],
    ['a number of records that is none', ['--records', 'many'], 'Give a whole number from 0 to 1000000, or "all".'],
    ['a timeout that is none', ['--timeout', '0'], 'Give a whole number of seconds from 1 to 999999.'],
    ['a file that there is not', ['--config', 'no-such-file.json'], 'no-such-file.json cannot be read'],
  ])('ends with exit code 64 for %s', async (_name, words, message) => {
    const answer = await verify(...words);

    expect(answer.exitCode).toBe(64);
    expect(answer.errors()).toContain(message);
  });

  test.each<[string, unknown, string]>([
    ['no JSON', 'not JSON', 'is not JSON'],
    ['JSON that is no object', [], 'is no JSON object'],
    ['no brokers', {}, 'brokers is missing'],
    ['a field that it does not know', { brokers: ['a:1'], no: 1 }, 'no is not a known field'],
    [
      'a wrong source',
      { brokers: ['a:1'], source: { brokers: 'x' } },
      'source: brokers is "x"; give the source\'s brokers',
    ],
    [
      'a source with a password in the wrong place',
      { brokers: ['a:1'], source: { brokers: ['b:1'], authentication: { type: 'scram', password: 'hunter2' } } },
      'authentication.secretArn is missing',
    ],
    [
      'a secret that the stack makes',
      {
        context: {
          migration: { cluster: { brokers: ['a:9096'] }, authentication: { type: 'scram' }, flows: [{}] },
        },
      },
      'with --target-secret',
    ],
  ])('ends with exit code 64 for a configuration with %s', async (_name, content, message) => {
    const answer = await verify('--config', await writeConfiguration(content));

    expect(answer.exitCode).toBe(64);
    expect(answer.errors()).toContain(message);
    expect(answer.errors()).not.toContain('hunter2');
  });
});

describe('the program', () => {
  test('explains itself, and every option', async () => {
    const terminal = aTerminal();

    expect(await run(['verify', '--help'], terminal)).toBe(0);
    for (const part of ['--config', '--records', '--json', '--watch', '--timeout', 'CANNOT TELL', 'Examples:']) {
      expect(terminal.written()).toContain(part);
    }
  });

  const program = (...words: readonly string[]) =>
    promisify(execFile)('node_modules/.bin/node', ['bin/mm2-migration.js', ...words]);

  test('runs from a clone', async () => {
    expect((await program('--help')).stdout).toContain('Usage: mm2-migration');
  });

  test('gives up a look when the time is up, with exit code 69', async () => {
    const [port] = await freePorts(1);
    const file = await writeConfiguration({ brokers: [`127.0.0.1:${port}`] });

    await expect(program('verify', '--config', file, '--timeout', '1')).rejects.toMatchObject({
      code: 69,
      stdout: '',
      stderr: expect.stringContaining('Gave up after 1 seconds'),
    });
  });

  test('ends with exit code 64 without a command', async () => {
    expect(await run([], aTerminal())).toBe(64);
  });
});
