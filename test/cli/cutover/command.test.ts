import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { CutoverMessage } from '../../../cli/cutover/messages.ts';
import { run } from '../../../cli/main.ts';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import { freePorts } from '../../../local/world/kafka/ports.ts';
import { useKafka } from '../../kafka-fixture.ts';
import { aTerminal } from '../a-terminal.ts';

jest.setTimeout(90_000);

const kafka = useKafka();
let folder: string;
let validate: (message: unknown) => boolean;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mm2-migration-cutover-'));
  const schema = join(import.meta.dirname, '../../../cli/cutover/messages.schema.json');
  validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(await readFile(schema, 'utf8')));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The cluster by which a function knows what it writes. */
const EVENT_SOURCE = ['--event-source', `arn:aws:kafka:eu-west-1:123456789012:cluster/target/${'0'.repeat(8)}`];

let files = 0;
const writeConfiguration = async (content: unknown): Promise<string> => {
  files += 1;
  const file = join(folder, `${files}.json`);
  await writeFile(file, JSON.stringify(content));
  return file;
};

const cutover = async (words: readonly string[], answers: readonly string[] = []) => {
  const terminal = aTerminal(undefined, answers);
  const exitCode = await run(['cutover', '--flush-interval', '1', ...words], terminal);
  return { exitCode, written: terminal.written(), errors: terminal.errors() };
};

const RECORDS = [0, 1, 2, 3].map((n) => ({ key: 'k', value: `v ${n}`, timestamp: Date.now() - 60_000 + n }));

/**
 * A topic that is its own copy: the one broker is both clusters, so everything has been copied.
 *
 * @param replicator Replicator's stored offset; 3 is the last record's.
 */
const createState = async (replicator: bigint) => {
  const topic = await kafka().createTopic();
  await kafka().produce(topic, RECORDS);
  const compact = { 'cleanup.policy': 'compact' };
  const replicatorOffsetsTopic = await kafka().createTopic(compact);
  const offsetsTopic = await kafka().createTopic(compact);
  const flush = (offset: bigint) =>
    kafka().produce(replicatorOffsetsTopic, [
      { key: JSON.stringify(['replicator', { topic, partition: 0 }]), value: `{"offset":${offset}}` },
    ]);
  await flush(replicator);
  const brokers = kafka().cluster.brokers;
  const config = await writeConfiguration({
    name: `sync-${topic}`,
    brokers,
    replicatorOffsetsTopic,
    flows: [{ mm2: { runsAs: 'dedicated', offsetsTopic } }],
    source: { brokers },
  });
  return {
    topic,
    config,
    flush,
    /** As MM2 does when it has copied. */
    storeMm2: (offset: bigint) =>
      kafka().produce(offsetsTopic, [
        {
          key: mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition: 0 }),
          value: mm2Value(offset),
        },
      ]),
  };
};

const messagesOf = (written: string): readonly CutoverMessage[] =>
  written
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as CutoverMessage);

describe('npx mm2-migration cutover', () => {
  test('translates and repairs with --yes until the point of no return, in lines of the contract', async () => {
    const { config } = await createState(1n);

    const { exitCode, written } = await cutover([
      '--config',
      config,
      ...EVENT_SOURCE,
      '--yes',
      '--confirm-closed',
      '--json',
      '--until',
      'point-of-no-return',
    ]);
    const messages = messagesOf(written);

    expect(exitCode).toBe(0);
    expect(messages.filter((message) => !validate(message))).toEqual([]);
    expect(messages.filter(({ event }) => event === 'changed')).toEqual([
      expect.objectContaining({ state: 'drained', change: expect.stringMatching(/^1 of MM2's offsets were written/) }),
      expect.objectContaining({
        state: 'proven',
        change: expect.stringMatching(/next offset was set right: .* from 2 to 4$/),
      }),
    ]);
    expect(messages.at(-1)).toMatchObject({ event: 'ended', ending: 'reached', reached: 'point-of-no-return' });

    // Started again it has nothing left to change.
    const again = await cutover(['--config', config, '--yes', '--confirm-closed', '--json', '--until', 'proven']);
    expect(messagesOf(again.written).some(({ event }) => event === 'changed')).toBe(false);
  });

  test('changes nothing where nobody answers, and says how to go on and back', async () => {
    const { config } = await createState(1n);

    const { exitCode, written, errors } = await cutover(['--config', config, ...EVENT_SOURCE]);

    expect(exitCode).toBe(1);
    expect(errors).toContain("Translate all of Replicator's offsets from here? [y/N]");
    expect(written).toMatch(/^checked +ok +1 partition, nothing blocks/m);
    expect(written).toMatch(
      /Nothing was changed in this run\.\nTo go on: .*--yes for changes.*\nTo go back: .*Replicator again/,
    );
  });

  test('asks at every change, and takes yes for an answer alone', async () => {
    const { config } = await createState(1n);

    const { exitCode, errors } = await cutover(['--config', config, ...EVENT_SOURCE], ['y', 'yes', 'perhaps']);

    expect(exitCode).toBe(1);
    expect(errors.match(/\[y\/N\]/g)).toHaveLength(3);
  });

  test.each([
    [1n, [], 'Is the event source mapping switched off?'],
    [3n, ['--confirm-closed'], 'Is Replicator stopped?'],
  ])(
    'takes --yes for no answer to what the clusters do not tell, Replicator at %s',
    async (offset, options, question) => {
      const { config } = await createState(offset);

      const words = ['--config', config, ...EVENT_SOURCE, '--yes', '--json', '--until', 'proven'];
      const { exitCode, written } = await cutover([...words, ...options]);
      const asked = messagesOf(written).filter((message) => message.event === 'question' && message.answer !== 'yes');

      expect(exitCode).toBe(1);
      expect(asked).toEqual([expect.objectContaining({ question, answer: 'nobody' })]);
      expect(await cutover([...words, '--confirm-stopped', '--confirm-closed'])).toMatchObject({ exitCode: 0 });
    },
  );

  test('is blocked where offsets are to be translated, and nothing tells the event source', async () => {
    const { config } = await createState(1n);

    const { exitCode, written } = await cutover(['--config', config, '--yes']);

    expect(exitCode).toBe(2);
    expect(written).toMatch(/^drained +BLOCKED +event-source-unknown: .*--event-source$/m);
    expect(written).toContain('Nothing was changed in this run.');
  });

  test('is blocked where MM2 was started while Replicator still runs', async () => {
    const { config, flush, storeMm2 } = await createState(1n);
    await storeMm2(3n);

    const running = cutover(['--config', config, '--yes']);
    for (let flushes = 0; flushes < 3; flushes += 1) {
      await sleep(700);
      await flush(2n);
    }
    const { exitCode, written } = await running;

    expect(exitCode).toBe(2);
    expect(written).toMatch(/^replicator-stopped +BLOCKED +MM2 or a person .*: stop MM2, and hand the keys back/m);
  });

  test('goes on after MM2 was started, to the report in both forms', async () => {
    const { config, storeMm2, topic } = await createState(1n);
    await storeMm2(2n);
    const [page, json] = [join(folder, 'report.html'), join(folder, 'report.json')];

    const cuttingOver = cutover([
      ...['--config', config, '--yes', '--confirm-closed', '--timeout', '60'],
      ...['--report', page, '--report', json],
    ]);
    // MM2 is seen at work by an offset that moves.
    let isOver = false;
    void cuttingOver.finally(() => {
      isOver = true;
    });
    for (let stored = 3n; !isOver; stored = stored === 3n ? 2n : 3n) {
      await storeMm2(stored);
      await sleep(200);
    }
    const { exitCode, written } = await cuttingOver;

    expect(exitCode).toBe(0);
    expect(written).toMatch(/^taken-over +ok +MM2 went on at exactly the next record in 1 partition/m);
    expect(written).toMatch(/^0 duplicated, 0 lost of \d+ records compared; the report is in /m);
    expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
      duplicated: 0,
      partitions: [{ topic, resumedAt: '2', firstCopied: '2', copy: 'right' }],
    });
    expect(await readFile(page, 'utf8')).toContain(topic);
  });
});

describe('what cannot be', () => {
  test.each([
    [['--until', 'later'], /Give one of checked, replicator-stopped/],
    [['--report', 'report.txt'], /ends in \.html or \.json/],
    [['--report', '/nowhere/report.json'], /--report: \/nowhere\/report.json cannot be written/],
    [['--disable-mapping', 'mine'], /UUID/],
    [['--event-source', 'mine'], /Give the ARN of the cluster/],
    [['--flush-interval', '0'], /whole number of seconds/],
  ])('is refused: %j', async (words, message) => {
    const { config } = await createState(1n);

    const { exitCode, errors, written } = await cutover(['--config', config, ...words]);

    expect([exitCode, written]).toEqual([64, '']);
    expect(errors).toMatch(message);
    expect(await readdir(folder)).not.toContain('report.txt');
  });

  test('is a cutover without the source', async () => {
    const config = await writeConfiguration({ brokers: kafka().cluster.brokers });

    const { exitCode, errors } = await cutover(['--config', config]);

    expect([exitCode, errors]).toEqual([64, expect.stringMatching(/source cluster is not known.*--source-properties/)]);
  });

  test('is a cluster that never answers', async () => {
    const [port] = await freePorts(1);
    const brokers = [`127.0.0.1:${port}`];
    const config = await writeConfiguration({ brokers, source: { brokers } });

    const { exitCode, errors } = await cutover(['--config', config]);

    expect([exitCode, errors]).toEqual([69, expect.stringMatching(/target cluster .* cannot be reached/)]);
  });
});
