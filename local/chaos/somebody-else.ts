import { setTimeout as sleep } from 'node:timers/promises';
import { type IHeaders, Kafka, logLevel, Partitioners } from 'kafkajs';
import { OFFSETS_TOPIC_PARTITIONS } from '../../functions/writing/offsets-topic.ts';
import { defaultPartition } from '../world/sync/default-partition.ts';
import { mm2KeyOf } from '../world/sync/expected-offsets.ts';
import type { SyncWorld } from '../world/sync/sync-world.ts';
import { forgedHeaders, HAND_BACK } from './headers.ts';
import { openTransaction } from './open-transaction.ts';
import type { Act, PlannedKey, RoundPlan, Transaction, Write } from './round-plan.ts';
import { createTopicChanges } from './topic-changes.ts';
import type { TakenOver } from './verdict.ts';

/** What somebody else has done to an MM2 offsets topic since it was created. */
export interface Done {
  readonly takenOver: ReadonlyMap<string, TakenOver>;
  /** Keys that they wrote in a transaction that was aborted. */
  readonly aborted: ReadonlySet<string>;
  /** Keys that they once had, and gave back. */
  readonly handedBack: ReadonlySet<string>;
  /** How many partitions the topic had, first and last and in between. */
  readonly partitionCounts: readonly number[];
}

/** Something was done; a transaction is still open, and ends a moment later. */
export interface Acted {
  readonly ended: Promise<void>;
}

/** Everybody but the sync: MM2, and persons with Kafka's own tools. They do not go through the proxy. */
export interface SomebodyElse {
  act(act: Act): Promise<Acted>;
  /** From here on the function must not write the keys that somebody else has. */
  settle(): Promise<void>;
  /** What was done to a topic, by its real name. */
  done(topic: string): Done;
  close(): Promise<void>;
}

interface Mutable {
  readonly takenOver: Map<string, TakenOver>;
  readonly aborted: Set<string>;
  readonly handedBack: Set<string>;
  readonly partitionCounts: number[];
}

interface Outgoing {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string | null;
  readonly headers?: IHeaders;
}

/** Milliseconds for which somebody else's transaction stays open. */
const OPEN_FOR_MS = 300;
/** Milliseconds after which an open transaction is aborted: more than any round takes. */
const TRANSACTION_TIMEOUT_MS = 600_000;
/** By how many records a partition is filled beyond where it ended. */
const BEYOND = 2;

export const createSomebodyElse = async (
  world: SyncWorld,
  plan: RoundPlan,
  brokers: readonly string[],
): Promise<SomebodyElse> => {
  const kafka = new Kafka({
    clientId: 'somebody-else',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 10 },
  });
  const changes = createTopicChanges(kafka);
  const createProducer = (transactionalId?: string) =>
    kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      // So that nothing is written twice.
      idempotent: true,
      maxInFlightRequests: 1,
      ...(transactionalId !== undefined && { transactionalId, transactionTimeout: TRANSACTION_TIMEOUT_MS }),
    });
  const producers: ReturnType<typeof createProducer>[] = [];
  const topics = new Map<string, Mutable>();
  let filler = 0;

  const connected = async (transactionalId?: string) => {
    const producer = createProducer(transactionalId);
    producers.push(producer);
    await producer.connect();
    return producer;
  };
  let writing: ReturnType<typeof connected> | undefined;

  const doneTo = (topic: string): Mutable => {
    const done = topics.get(topic) ?? {
      takenOver: new Map(),
      aborted: new Set(),
      handedBack: new Set(),
      partitionCounts: [OFFSETS_TOPIC_PARTITIONS],
    };
    topics.set(topic, done);
    return done;
  };
  const partitionOf = (topic: string, key: string): number =>
    defaultPartition(key, doneTo(topic).partitionCounts.at(-1));

  const nameOf = ({ flow: index, source }: PlannedKey): Pick<Outgoing, 'topic' | 'key'> => {
    const flow = world.flows[index];
    if (flow === undefined) {
      throw new Error(`the plan names flow ${index}, and there are ${world.flows.length}`);
    }
    return { topic: flow.offsetsTopic, key: mm2KeyOf(flow, source) };
  };
  /** The real name of a topic of the plan. */
  const realName = (offsetsTopic: string): string => {
    const index = plan.flows.findIndex((flow) => flow.offsetsTopic === offsetsTopic);
    return world.flows[index]?.offsetsTopic ?? offsetsTopic;
  };

  const outgoing = (write: Write): Outgoing => {
    const { topic, key } = nameOf(write);
    const count = doneTo(topic).partitionCounts.at(-1) ?? OFFSETS_TOPIC_PARTITIONS;
    const partition = (partitionOf(topic, key) + (write.elsewhere ? 1 : 0)) % count;
    return { topic, key, partition, value: write.value, ...(write.header && { headers: forgedHeaders(write.header) }) };
  };

  const send = async (records: readonly Outgoing[]): Promise<void> => {
    writing ??= connected();
    const producer = await writing;
    // One by one: a key's last record is the last one of the list.
    for (const { topic, ...message } of records) {
      await producer.send({ topic, messages: [message] });
    }
  };

  /** The producer that knew a topic as it was knows of the change only after minutes. */
  const forgetTopics = async (): Promise<void> => {
    const producer = await writing;
    writing = undefined;
    await producer?.disconnect();
  };

  const takeOver = async (writes: readonly Write[], transaction: Transaction): Promise<Acted> => {
    for (const topic of new Set(writes.map((write) => nameOf(write).topic))) {
      await changes.ensure(topic, OFFSETS_TOPIC_PARTITIONS);
    }
    const records = writes.map(outgoing);
    for (const { topic, key, value, partition } of records) {
      const done = doneTo(topic);
      if (transaction === 'aborted') {
        done.aborted.add(key);
      } else {
        done.takenOver.set(key, { value, partition, settledAt: done.takenOver.get(key)?.settledAt });
        done.handedBack.delete(key);
      }
    }
    if (transaction === 'none') {
      await send(records);
      return { ended: Promise.resolve() };
    }
    const messages = records.map(({ topic, ...message }) => ({ topic, messages: [message] }));
    const opened = await openTransaction(connected, messages, transaction);
    // While it is open, the function cannot know whose the keys are, and repeats.
    const ended = sleep(OPEN_FOR_MS).then(opened.end);
    ended.catch(() => undefined);
    return { ended };
  };

  const handBack = async (keys: readonly PlannedKey[]): Promise<void> => {
    const records = keys.map(nameOf);
    await send(
      records.map(({ topic, key }) => ({
        topic,
        key,
        partition: partitionOf(topic, key),
        value: null,
        headers: HAND_BACK,
      })),
    );
    for (const { topic, key } of records) {
      doneTo(topic).takenOver.delete(key);
      doneTo(topic).handedBack.add(key);
    }
  };

  const addPartitions = async (topic: string, added: number): Promise<void> => {
    await changes.ensure(topic, OFFSETS_TOPIC_PARTITIONS);
    const { partitionCounts } = doneTo(topic);
    const count = (partitionCounts.at(-1) ?? OFFSETS_TOPIC_PARTITIONS) + added;
    await changes.extend(topic, count);
    partitionCounts.push(count);
    await forgetTopics();
  };

  const createAnew = async (topic: string, writes: readonly Write[], filled: boolean): Promise<void> => {
    await changes.ensure(topic, OFFSETS_TOPIC_PARTITIONS);
    const ends = await changes.ends(topic);
    await changes.remove(topic);
    topics.delete(topic);
    // Also where it stays away: it would be looked for with every other topic, until that fails.
    await forgetTopics();
    if (writes.length === 0 && !filled) {
      return;
    }
    await changes.ensure(topic, OFFSETS_TOPIC_PARTITIONS);
    await takeOver(writes, 'none');
    if (filled) {
      for (const [partition, end] of [...ends].filter(([partition]) => partition < OFFSETS_TOPIC_PARTITIONS)) {
        await fill(topic, partition, Number(end) + BEYOND);
      }
    }
  };

  const fill = async (topic: string, partition: number, records: number): Promise<void> => {
    writing ??= connected();
    const messages = Array.from({ length: records }, () => {
      filler += 1;
      return { key: `filler-${filler}`, value: '{}', partition };
    });
    for (const { key, value } of messages) {
      doneTo(topic).takenOver.set(key, { value, partition, settledAt: undefined });
    }
    await (await writing).send({ topic, messages });
  };

  return {
    act: async (act) => {
      switch (act.kind) {
        case 'taken-over':
          return await takeOver(act.writes, act.transaction);
        case 'handed-back':
          await handBack(act.keys);
          break;
        case 'partitions-added':
          await addPartitions(realName(act.offsetsTopic), act.count);
          break;
        case 'mm2-topic-created-anew':
          await createAnew(realName(act.offsetsTopic), act.writes, act.filled);
          break;
        case 'replicator-topic-created-anew':
          await world.recreateConnectOffsets();
          break;
      }
      return { ended: Promise.resolve() };
    },
    settle: async () => {
      for (const [topic, { takenOver }] of topics) {
        const open = [...takenOver].filter(([, { settledAt }]) => settledAt === undefined);
        if (open.length > 0) {
          const settledAt = await changes.ends(topic);
          for (const [key, one] of open) {
            takenOver.set(key, { ...one, settledAt });
          }
        }
      }
    },
    done: doneTo,
    close: async () => {
      await Promise.allSettled(producers.map((producer) => producer.disconnect()));
    },
  };
};
