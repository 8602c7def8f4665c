import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { MAX_PAYLOAD_BYTES } from '../../local/world/event-source/kafka-event.ts';
import { eventOf } from '../../local/world/sync/event-of-records.ts';
import { mm2KeyOf } from '../../local/world/sync/expected-offsets.ts';
import type { Source } from '../../local/world/sync/replicator-history.ts';
import { createSyncWorld, type SyncWorld, type SyncWorldOptions } from '../../local/world/sync/sync-world.ts';
import { useKafka } from '../kafka-fixture.ts';
import { NOISE, reached, reset, sources } from './entries.ts';

jest.setTimeout(90_000);

const kafka = useKafka();
let brokers: readonly string[];
beforeAll(() => {
  brokers = kafka().cluster.brokers;
});

const worlds: SyncWorld[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.close())));

const createWorld = async (options: Omit<SyncWorldOptions, 'brokers'> = {}): Promise<SyncWorld> => {
  const world = await createSyncWorld({ brokers, ...options });
  worlds.push(world);
  return world;
};

const foo = sources('foo', 4);

/** The key of a source partition in the offsets topic of the world's first flow. */
const keyOf = (world: SyncWorld, source: Source): string => {
  const [flow] = world.flows;
  if (flow === undefined) {
    throw new Error('a world has at least one flow');
  }
  return mm2KeyOf(flow, source);
};

describe("MM2's offsets equal what the whole history comes to", () => {
  test('when a batch is delivered twice, ten times, and in pieces', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    const first = await world.flush([...reached(10n, ...foo), ...NOISE]);
    const second = await world.flush(reached(20n, ...foo));
    for (const batch of [first, first, second]) {
      await world.deliver(instance, batch);
    }
    for (let times = 0; times < 10; times++) {
      await world.deliver(instance, second);
    }
    for (const record of [...first, ...second]) {
      await world.deliver(instance, [record]);
    }

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('when an old batch comes after a newer one', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    const old = await world.flush(reached(10n, ...foo));
    const newer = await world.flush(reached(20n, ...foo));
    await world.deliver(instance, old);
    await world.deliver(instance, newer);
    await world.deliver(instance, old);
    await world.deliver(world.startInstance(), old);

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('when Replicator was rewound on purpose, and the rewinding batch is repeated', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    const before = await world.flush(reached(1_000n, ...foo));
    const rewound = await world.flush(reached(3n, ...foo));
    for (const batch of [before, rewound, before, rewound]) {
      await world.deliver(instance, batch);
    }

    expect(await world.offsets()).toEqual(world.expected());
    expect((await world.offsets()).get(keyOf(world, { topic: 'foo', partition: 0 }))).toBe('{"offset":3}');
  });

  test('when a batch holds nothing but malformed records: nothing is written, and the next batch goes through', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    const malformed = await world.flush(NOISE);
    await world.deliver(instance, malformed);
    expect(await world.offsets()).toEqual(new Map());

    await world.deliver(instance, await world.flush(reached(1n, ...foo)));

    expect(await world.offsets()).toEqual(world.expected());
    const warnings = instance.logs.filter((line) => line.includes('Malformed record'));
    expect(warnings).toHaveLength(NOISE.length - 1);
  });

  test('when Replicator is reset: an ignored tombstone changes nothing, a propagated one removes the offset', async () => {
    const ignoring = await createWorld();
    const propagating = await createWorld({ flows: [{ sourceAlias: 'resets', tombstones: 'propagate' }] });
    for (const world of [ignoring, propagating]) {
      const instance = world.startInstance();
      const before = await world.flush(reached(10n, ...foo));
      const tombstones = await world.flush(reset(...foo.slice(0, 2)));
      for (const batch of [before, tombstones, before]) {
        await world.deliver(instance, batch);
      }
    }

    expect(await ignoring.offsets()).toEqual(ignoring.expected());
    expect(await propagating.offsets()).toEqual(propagating.expected());
    expect([...(await propagating.offsets()).values()].filter((value) => value === null)).toHaveLength(2);
  });

  test('when ten thousand keys come in one batch', async () => {
    const world = await createWorld();
    const batch = await world.flush(reached(7n, ...sources('many', 10_000)));

    await world.deliver(world.startInstance(), batch);

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('when a payload is as large as Lambda takes', async () => {
    const world = await createWorld();
    // A topic of 249 characters makes a record of some 600 bytes in the event.
    const longest = 't'.repeat(249);
    const entries = reached(7n, ...sources(longest, 10_000)).map(
      (entry) => ({ ...entry, form: 'envelope' }) as typeof entry,
    );
    const batch = await world.flush(entries);
    const event = eventOf(world.connectOffsets, brokers, batch);
    expect(event.length).toBeGreaterThan(0.9 * MAX_PAYLOAD_BYTES);

    await world.deliver(world.startInstance(), batch);

    expect(await world.offsets()).toEqual(world.expected());
  });

  test("when Connect's REST interface writes a second key for the same source partition", async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    const replicators = await world.flush(reached(10n, ...foo));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const rest = await world.flush(
      reached(3n, ...foo.slice(0, 1)).map((entry) => ({ ...entry, form: 'rest' }) as typeof entry),
    );
    for (const batch of [replicators, rest, replicators]) {
      await world.deliver(instance, batch);
    }

    expect(await world.offsets()).toEqual(world.expected());
    expect(instance.logs.some((line) => line.includes('two partitions'))).toBe(true);
  });

  test('when old workers wrote their offsets in envelopes', async () => {
    const world = await createWorld();
    const entries = reached(10n, ...foo).map((entry) => ({ ...entry, form: 'envelope' }) as typeof entry);
    await world.deliver(world.startInstance(), await world.flush(entries));

    expect(await world.offsets()).toEqual(world.expected());
  });

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])("when MM2's offsets topic is compressed with %s", async (codec) => {
    const world = await createWorld();
    const config = { 'cleanup.policy': 'compact', 'compression.type': codec };
    await kafka().createTopic(config, 5, world.flows[0]?.offsetsTopic);
    const old = await world.flush(reached(10n, ...foo));
    await world.deliver(world.startInstance(), old);
    await world.deliver(world.startInstance(), await world.flush(reached(20n, ...foo)));

    // Only an instance that can read the topic knows that this batch is old.
    await world.deliver(world.startInstance(), old);

    expect(await world.offsets()).toEqual(world.expected());
  });

  test("when Replicator's offsets topic is deleted and created anew", async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    for (let offset = 1n; offset <= 5n; offset++) {
      await world.deliver(instance, await world.flush(reached(offset * 100n, ...foo)));
    }
    await world.recreateConnectOffsets();

    await world.deliver(instance, await world.flush(reached(550n, ...foo)));

    expect(await world.offsets()).toEqual(world.expected());
    expect(instance.logs.some((line) => line.includes('created anew'))).toBe(true);
  });
});

describe('several flows', () => {
  test('that share an offsets topic keep apart', async () => {
    const mm2 = (connector: string) => ({ runsAs: 'connect', connector, offsetsTopic: 'shared-offsets' }) as const;
    const flows = [
      { name: 'a', replicatorConnector: 'replicator', mm2: mm2('mm2-a') },
      { name: 'b', replicatorConnector: 'replicator-b', mm2: mm2('mm2-b') },
    ];
    const world = await createWorld({ flows });
    const instance = world.startInstance();
    const ofB = reached(30n, ...foo).map((entry) => ({ ...entry, connector: 'replicator-b' }) as typeof entry);
    const batch = await world.flush([...reached(10n, ...foo), ...ofB]);
    await world.deliver(instance, batch);
    await world.deliver(instance, batch);

    const offsets = await world.offsets();
    expect(offsets).toEqual(world.expected());
    expect(offsets.size).toBe(2 * foo.length);
  });

  test('of which one is added later: a replay brings it the offsets of idle partitions', async () => {
    const first = { name: 'first', sourceAlias: `first-${Date.now()}` };
    const added = { name: 'added', sourceAlias: `added-${Date.now()}`, replicatorConnector: 'replicator-b' };
    const world = await createWorld({ flows: [first] });
    const ofB = reached(30n, ...foo).map((entry) => ({ ...entry, connector: 'replicator-b' }) as typeof entry);
    await world.deliver(world.startInstance(), await world.flush([...reached(10n, ...foo), ...ofB]));

    const instance = world.startInstance([first, added]);
    await world.deliver(instance, world.history);

    for (const { offsetsTopic } of world.flows) {
      expect(await world.offsets(offsetsTopic)).toEqual(world.expected(new Map(), offsetsTopic));
    }
    expect(world.flows).toHaveLength(2);
  });
});

describe('two instances of the function', () => {
  test('at once end in the same offsets as one', async () => {
    const world = await createWorld();
    const [one, other] = [world.startInstance(), world.startInstance()];
    for (let offset = 1n; offset <= 4n; offset++) {
      const batch = await world.flush(reached(offset, ...foo));
      await Promise.all([world.deliverUntilTaken(one, batch), world.deliverUntilTaken(other, batch)]);
    }

    expect(await world.offsets()).toEqual(world.expected());
  });

  test('of which the older one comes late with an old batch: it is refused or skips', async () => {
    const world = await createWorld();
    const [older, newer] = [world.startInstance(), world.startInstance()];
    const old = await world.flush(reached(1n, ...foo));
    await world.deliver(older, old);
    const recent = await world.flush(reached(2n, ...foo));
    await world.deliver(newer, recent);
    await world.deliverUntilTaken(older, old);
    await world.deliverUntilTaken(newer, recent);

    expect(await world.offsets()).toEqual(world.expected());
  });
});

describe('somebody else at work in the offsets topic', () => {
  test('keeps what it wrote, through a replay of the whole topic before and after', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(10n, ...foo)));
    await world.deliver(world.startInstance(), world.history);
    expect(await world.offsets()).toEqual(world.expected());

    const takenOver = new Map(foo.slice(0, 2).map((source) => [keyOf(world, source), '{"offset":500}']));
    for (const [key, value] of takenOver) {
      await world.writeAsSomebodyElse(key, value);
    }
    await world.deliverUntilTaken(instance, await world.flush(reached(20n, ...foo)));
    await world.deliver(world.startInstance(), world.history);

    expect(await world.offsets()).toEqual(world.expected(takenOver));
  });

  test('is reported once for every key', async () => {
    const world = await createWorld();
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(10n, ...foo)));
    for (const source of foo) {
      await world.writeAsSomebodyElse(keyOf(world, source), '{"offset":500}');
    }
    for (let offset = 11n; offset <= 13n; offset++) {
      await world.deliver(instance, await world.flush(reached(offset, ...foo)));
    }

    expect(instance.logs.filter((line) => line.includes('Left alone'))).toHaveLength(foo.length);
  });
});

describe("the README's command to hand a key back", () => {
  test('makes the sync write the key again', async () => {
    const world = await createWorld();
    const [source] = foo;
    if (source === undefined) {
      throw new Error('foo has partitions');
    }
    const key = keyOf(world, source);
    const instance = world.startInstance();
    await world.deliver(instance, await world.flush(reached(10n, source)));
    await world.writeAsSomebodyElse(key, '{"offset":500}');
    await world.deliver(instance, await world.flush(reached(20n, source)));
    expect((await world.offsets()).get(key)).toBe('{"offset":500}');

    await handBack(world, key);
    await world.deliver(instance, await world.flush(reached(30n, source)));

    expect(await world.offsets()).toEqual(world.expected());
  });
});

/** Runs what `kafka-console-producer.sh` runs, with the options and the input that the README gives. */
const handBack = async (world: SyncWorld, key: string): Promise<void> => {
  const { java, classpath, version } = kafka().cluster.distribution;
  const mainClass = version.startsWith('3.') ? 'kafka.tools.ConsoleProducer' : 'org.apache.kafka.tools.ConsoleProducer';
  const properties = ['parse.key=true', 'parse.headers=true', 'null.marker=NULL'].flatMap((one) => ['--property', one]);
  const topic = world.flows[0]?.offsetsTopic ?? '';
  const producer = promisify(execFile)(java, [
    ...['-cp', classpath, mainClass, '--bootstrap-server', brokers.join(','), '--topic', topic],
    ...properties,
  ]);
  producer.child.stdin?.end(`mm2-migration:handed-back\t${key}\tNULL\n`);
  await producer;
};
