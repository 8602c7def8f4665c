import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readInputs } from '../../../cli/inputs.ts';
import { run } from '../../../cli/main.ts';
import { wayBackToReplicator } from '../../../cli/repair/back.ts';
import { carryOut, prepare } from '../../../cli/repair/run.ts';
import { sourceGroupsOf } from '../../../cli/repair/source-groups.ts';
import { messageOf } from '../../../functions/errors.ts';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import { PROVENANCE_HEADER, placeHeader } from '../../../functions/offsets/provenance.ts';
import { openReadingCluster, type ReadingCluster } from '../../../functions/verify/reading-cluster.ts';
import { useKafka } from '../../kafka-fixture.ts';
import { aTerminal } from '../a-terminal.ts';

jest.setTimeout(60_000);

const kafka = useKafka();
let folder: string;
let cluster: ReadingCluster;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mm2-migration-repair-'));
  cluster = await openReadingCluster(kafka().kafka);
}, 30_000);
afterAll(async () => {
  await cluster?.close();
  await rm(folder, { recursive: true, force: true });
});

const EVENT_SOURCE = 'arn:aws:kafka:eu-west-1:123456789012:cluster/target/1';
const FLUSHED_AT = 1_700_000_000_000;
const RECORDS = [0, 1, 2, 3].map((n) => ({ key: 'k', value: `v ${n}`, timestamp: Date.now() - 60_000 + n }));

/**
 * A topic of four records that is its own copy, for the one broker is both clusters; of which Replicator has stored the
 * second one and was killed.
 *
 * @param by Who wrote the same to MM2's offsets topic.
 */
const afterKill = async (by: 'the sync' | 'MM2' | 'nobody' = 'the sync') => {
  const topic = await kafka().createTopic();
  await kafka().produce(topic, RECORDS);
  const compact = { 'cleanup.policy': 'compact' };
  const replicatorOffsetsTopic = await kafka().createTopic(compact);
  const offsetsTopic = await kafka().createTopic(compact);
  const flush = (offset: bigint) =>
    kafka().produce(replicatorOffsetsTopic, [
      {
        key: `["replicator",{"topic":"${topic}","partition":0}]`,
        value: `{"offset":${offset}}`,
        timestamp: FLUSHED_AT,
      },
    ]);
  await flush(1n);
  const place = {
    eventSource: EVENT_SOURCE,
    topic: replicatorOffsetsTopic,
    partition: 0,
    offset: 0n,
    timestamp: FLUSHED_AT,
  };
  const key = mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition: 0 });
  if (by !== 'nobody') {
    const headers = by === 'the sync' ? { ...placeHeader(place) } : {};
    await kafka().produce(offsetsTopic, [{ key, value: mm2Value(1n), headers }]);
  }
  const brokers = kafka().cluster.brokers;
  const flows = [{ mm2: { runsAs: 'dedicated', offsetsTopic } }];
  const options = { name: topic, brokers, replicatorOffsetsTopic, flows };
  const write = async (content: object): Promise<string> => {
    const file = join(folder, `${topic}.json`);
    await writeFile(file, JSON.stringify(content));
    return file;
  };
  return {
    topic,
    flush,
    storeAsMm2: (offset: bigint) => kafka().produce(offsetsTopic, [{ key, value: mm2Value(offset) }]),
    file: await write({ ...options, source: { brokers } }),
    withoutSource: () => write(options),
    /** The last value under every key of Replicator's offsets topic. */
    flushed: async () => {
      const last = new Map<string, string | undefined>();
      const { starts, ends } = await cluster.log.extent(replicatorOffsetsTopic);
      await cluster.log.read(replicatorOffsetsTopic, starts, ends, ({ key, value }) => {
        last.set(String(key), value?.toString());
      });
      return last;
    },
    /** What a way back leaves that died before it committed. */
    abortedFlush: async (offset: bigint) => {
      const producer = kafka().kafka.producer({
        transactionalId: `dead-${topic}`,
        maxInFlightRequests: 1,
        idempotent: true,
      });
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.send({
        topic: replicatorOffsetsTopic,
        messages: [{ key: `["replicator",{"topic":"${topic}","partition":0}]`, value: `{"offset":${offset}}` }],
      });
      await transaction.abort();
      await producer.disconnect();
    },
    appendToCopy: () => kafka().produce(topic, [{ key: 'k', value: 'another' }]),
    /** The last record under MM2's key. */
    stored: async () => {
      let last: { readonly value: string | undefined; readonly provenance: string | undefined } | undefined;
      const { starts, ends } = await cluster.log.extent(offsetsTopic);
      await cluster.log.read(offsetsTopic, starts, ends, ({ value, headers }) => {
        last = { value: value?.toString(), provenance: headers[PROVENANCE_HEADER]?.toString() };
      });
      return last;
    },
  };
};

const repair = async (words: readonly string[], answers: readonly string[] = []) => {
  const terminal = aTerminal(undefined, answers);
  const exitCode = await run(['repair', '--flush-interval', '1', ...words], terminal);
  return { exitCode, written: terminal.written(), errors: terminal.errors() };
};

/** Does something again and again while a command runs. */
const during = async <T>(command: Promise<T>, act: () => Promise<unknown>): Promise<T> => {
  let isOver = false;
  const acting = (async () => {
    while (!isOver) {
      await act();
      await sleep(200);
    }
  })();
  try {
    return await command;
  } finally {
    isOver = true;
    await acting;
  }
};

const UNTOUCHED = expect.objectContaining({ value: '{"offset":1}' });

// At the same time: they mostly wait, each in a world of its own.
describe('npx mm2-migration repair', () => {
  test.concurrent('says what it would write and why, and writes nothing without a yes: exit code 1', async () => {
    const answering = [[], ['n'], ['']];

    const answered = await Promise.all(
      answering.map(async (answers) => {
        const { file, topic, stored } = await afterKill();
        return { topic, answer: await repair(['--config', file], answers), stored: await stored() };
      }),
    );

    for (const { topic, answer, stored } of answered) {
      expect(answer.exitCode).toBe(1);
      expect(answer.written).toMatch(
        new RegExp(
          `${topic} +0 +2 +4 +stale: Replicator was killed before it had flushed: MM2 would copy 2 offsets again`,
        ),
      );
      expect(answer.written).toContain("1 offset of MM2's to write, 0 refused, 0 right already; watched for ");
      expect(answer.written).toContain('Nothing was written: --yes writes it');
      expect(stored).toEqual(UNTOUCHED);
    }
  });

  test.concurrent.each([
    ['with --yes', ['--yes'], []],
    ['with a yes at the prompt', [], ['y']],
  ])(
    'writes the true offset and reads it back, %s: exit code 0, and nothing is left to do',
    async (_what, words, answers) => {
      const { file, topic, stored } = await afterKill();

      const answer = await repair(['--config', file, ...words], answers);
      const verified = await run(['verify', '--config', file], aTerminal());
      const again = await repair(['--config', file, '--yes']);

      expect(answer).toMatchObject({
        exitCode: 0,
        written: expect.stringContaining(`${topic}-0: 4: written, and read back`),
      });
      expect(await stored()).toEqual({
        value: '{"offset":3}',
        provenance: expect.stringMatching(
          `^{"eventSource":"${EVENT_SOURCE}",.*"partition":0,"offset":0,"timestamp":${FLUSHED_AT + 1},"proof":true}$`,
        ),
      });
      expect(verified).toBe(0);
      expect(again).toMatchObject({
        exitCode: 0,
        written: expect.stringContaining("0 offsets of MM2's to write, 0 refused, 1 right already"),
      });
    },
  );

  test.concurrent('answers with JSON, and asks nothing', async () => {
    const { file, topic, stored } = await afterKill();

    const dry = await repair(['--config', file, '--json'], ['y']);
    const before = await stored();
    const written = await repair(['--config', file, '--json', '--yes']);

    const answerOf = (outcome: string) => ({
      whose: 'MM2',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      watchedSeconds: expect.any(Number),
      changes: [
        {
          flow: 'replicator',
          topic,
          partition: 0,
          cause: 'stale',
          reason: expect.any(String),
          next: { now: '2', true: '4' },
          outcome,
        },
      ],
      refused: [],
      right: [],
    });
    expect([dry.exitCode, JSON.parse(dry.written)]).toEqual([1, answerOf('planned')]);
    expect(before).toEqual(UNTOUCHED);
    expect([written.exitCode, JSON.parse(written.written)]).toEqual([0, answerOf('verified')]);
  });

  test.concurrent('refuses where Replicator flushes, or something is copied, while it watches: exit code 1', async () => {
    const [flushing, copying] = await Promise.all([afterKill(), afterKill()]);

    const answers = await Promise.all([
      during(repair(['--config', flushing.file, '--yes']), () => flushing.flush(1n)),
      during(repair(['--config', copying.file, '--yes']), copying.appendToCopy),
    ]);

    expect(answers.map(({ exitCode }) => exitCode)).toEqual([1, 1]);
    expect(answers[0].written).toContain(
      `refused moving: ${flushing.topic}-0: the connector "replicator" has flushed `,
    );
    expect(answers[1].written).toContain(
      `refused moving: ${copying.topic}-0: partition 0 of "${copying.topic}" has got `,
    );
    expect([await flushing.stored(), await copying.stored()]).toEqual([UNTOUCHED, UNTOUCHED]);
  });

  test.concurrent('refuses what MM2 wrote: exit code 2', async () => {
    const { file, topic, stored } = await afterKill('MM2');

    const answer = await repair(['--config', file, '--yes']);

    expect(answer).toMatchObject({ exitCode: 2, written: expect.stringContaining(`refused taken-over: ${topic}-0: `) });
    expect(await stored()).toEqual(UNTOUCHED);
  });

  test.concurrent('says what to give where nothing tells the event source: exit code 2, and writes once it is given', async () => {
    const { file, stored } = await afterKill('nobody');

    const without = await repair(['--config', file, '--yes']);
    const before = await stored();
    const given = await repair(['--config', file, '--yes', '--event-source', EVENT_SOURCE]);

    expect(without).toMatchObject({ exitCode: 2, written: expect.stringContaining('by --event-source') });
    expect(before).toBeUndefined();
    expect(given.exitCode).toBe(0);
    expect(await stored()).toMatchObject({ value: '{"offset":3}' });
  });

  test.concurrent('says in one sentence what is missing or wrong: exit code 64', async () => {
    const { withoutSource } = await afterKill();

    const source = await repair(['--config', await withoutSource()]);
    const eventSource = await repair(['--event-source', 'my-cluster']);
    const seconds = await repair(['--flush-interval', '0']);

    expect(source).toMatchObject({
      exitCode: 64,
      errors: expect.stringMatching(/^The source cluster is not known[^\n]*\n$/),
    });
    expect([eventSource.exitCode, seconds.exitCode]).toEqual([64, 64]);
    expect(eventSource.errors).toContain('Give the ARN of the cluster');
    expect(seconds.errors).toContain('Give a whole number of seconds');
  });
});

describe('npx mm2-migration repair --way-back', () => {
  test.concurrent("says what it would write to Replicator's offsets, and writes it and the group: exit codes 1 and 0", async () => {
    const { file, topic, flushed, stored } = await afterKill('MM2');
    const key = `["replicator",{"topic":"${topic}","partition":0}]`;
    const words = ['--config', file, '--way-back', '--source-group', `group-${topic}`];

    // Act
    const dry = await repair(words);
    const before = await flushed();
    const written = await repair([...words, '--yes']);
    const again = await repair([...words, '--yes']);

    // Assess
    expect(dry.exitCode).toBe(1);
    expect(dry.written).toMatch(new RegExp(`${topic} +0 +2 +4 +behind: Replicator would copy 2 offsets again`));
    expect(before).toEqual(new Map([[key, '{"offset":1}']]));
    expect(written).toMatchObject({
      exitCode: 0,
      errors: '',
      written: expect.stringContaining('1 of 1 offset written'),
    });
    expect(await flushed()).toEqual(new Map([[key, '{"offset":3}']]));
    expect(await cluster.committed(`group-${topic}`, topic)).toEqual(new Map([[0, 4n]]));
    expect(again).toMatchObject({ exitCode: 0, written: expect.stringContaining('0 refused, 1 right already') });
    expect(await stored()).toEqual(UNTOUCHED);
  });

  test.concurrent('writes nothing while the group has a member, and says so in one sentence', async () => {
    const { file, topic, flushed } = await afterKill('MM2');
    const group = `group-${topic}`;
    const consumer = kafka().kafka.consumer({ groupId: group });
    const joined = new Promise<void>((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, () => resolve());
    });
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ eachMessage: async () => undefined });
    await joined;

    const answer = await repair(['--config', file, '--way-back', '--yes', '--source-group', group]);
    await consumer.disconnect();

    expect(answer.exitCode).toBe(64);
    expect(answer.written).not.toContain('perhaps');
    expect(answer.errors).toMatch(/^The consumer group "group-.*" on the source has members: stop Replicator[^\n]*\n$/);
    expect([...(await flushed()).values()]).toEqual(['{"offset":1}']);
  });

  test.concurrent('writes again what a run before has written and not committed', async () => {
    const { file, flushed, abortedFlush } = await afterKill('MM2');
    await abortedFlush(3n);

    const answer = await repair(['--config', file, '--way-back', '--yes']);

    expect(answer).toMatchObject({ exitCode: 0, written: expect.stringContaining('1 of 1 offset written') });
    expect([...(await flushed()).values()]).toEqual(['{"offset":3}']);
  });

  test.concurrent('tells what may stand where an error ended the writing', async () => {
    const { file } = await afterKill('MM2');
    const inputs = await readInputs({ config: file });
    const way = wayBackToReplicator(inputs, undefined);
    const quiet = () => undefined;
    const prepared = await prepare(inputs, way, { records: 10, watchMs: 100 }, quiet);
    const gone = new Error('the broker is gone');
    const failing = { ...way, write: () => Promise.reject(gone) };

    const carriedOut = carryOut(inputs, failing, prepared, quiet);

    await expect(carriedOut).rejects.toMatchObject({
      name: 'InterruptedWrite',
      cause: gone,
      outcomes: new Map(prepared.plan.changes.map((change) => [change, 'perhaps-written'])),
    });
  });

  test.concurrent("names the groups that were set before another one's members refused", async () => {
    const { topic } = await afterKill('nobody');
    const [idle, busy] = [`idle-${topic}`, `busy-${topic}`];
    const consumer = kafka().kafka.consumer({ groupId: busy });
    const joined = new Promise<void>((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, () => resolve());
    });
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ eachMessage: async () => undefined });
    await joined;
    const { brokers } = kafka().cluster;
    const groups = sourceGroupsOf({ name: 'source', brokers, security: { ssl: false }, credentials: 'none' });
    const positions = [idle, busy].map((group) => ({ group, source: { topic, partition: 0 }, next: 4n }));

    const set = await groups.set(positions).catch(messageOf);
    const isIdle = await groups.ensureIdle(positions).catch(messageOf);
    await consumer.disconnect();

    expect(set).toBe(
      `The consumer group "${busy}" on the source has members: stop Replicator, and run repair again. Replicator's offsets ` +
        `are written. Set were the groups "${idle}" for "${topic}"; run repair again for the others`,
    );
    expect(isIdle).toBe(
      `The consumer group "${busy}" on the source has members: stop Replicator, and run repair again`,
    );
    expect(await cluster.committed(idle, topic)).toEqual(new Map([[0, 4n]]));
  });

  test.concurrent("refuses while MM2's offsets move: exit code 1", async () => {
    const { file, topic, storeAsMm2, flushed } = await afterKill('MM2');

    const answer = await during(repair(['--config', file, '--way-back', '--yes']), () => storeAsMm2(2n));

    expect(answer).toMatchObject({ exitCode: 1, written: expect.stringContaining(`refused moving: ${topic}-0: MM2`) });
    expect([...(await flushed()).values()]).toEqual(['{"offset":1}']);
  });
});
