import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type IHeaders, Kafka, logLevel, Partitioners, type Producer, type Transaction } from 'kafkajs';
import {
  CONFIGURATION_VARIABLE,
  type ConfigurationOptions,
  parseConfiguration,
} from '../../../functions/configuration/configuration.ts';
import type { FlowOptions } from '../../../functions/configuration/flow-options.ts';
import { openTopicLog, type PartitionOffsets } from '../../../functions/kafka/topic-log.ts';
import type { Flow } from '../../../functions/offsets/flow.ts';
import type { Mm2Record } from '../../../functions/offsets/last-records.ts';
import { FUNCTION_ENVIRONMENT } from '../../../infra/bundling.ts';
import { ensureOffsetsTopic } from '../kafka/create-topics.ts';
import { bundleFunction } from '../lambda/bundle.ts';
import { type FunctionInstance, startFunctionInstance } from '../lambda/function-instance.ts';
import { defaultPartition } from './default-partition.ts';
import { eventOf } from './event-of-records.ts';
import { expectedOffsets } from './expected-offsets.ts';
import { bytesOf, type Entry, type Placed } from './replicator-history.ts';

/** How the function of a world reaches its cluster. */
export interface WorldAccess {
  readonly authentication: 'none' | 'scram' | 'mtls';
  readonly configuration: Pick<ConfigurationOptions, 'authentication' | 'brokers'>;
  readonly environment: Readonly<Record<string, string>>;
}

export interface SyncWorldOptions {
  /** The target cluster, which holds Replicator's offsets topic and MM2's. */
  readonly brokers: readonly string[];
  /** @default one dedicated MM2 under an alias that no other world has */
  readonly flows?: readonly FlowOptions[];
  /** @default plaintext, without authentication */
  readonly access?: WorldAccess;
  /** Milliseconds until Lambda ends an invocation. @default 30,000 */
  readonly timeoutMs?: number;
  /** The function's bundle. @default one of the function as it stands, which goes with the world */
  readonly bundle?: string;
}

/** A record that the function did not write. */
export interface SomebodyElsesRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string | null;
}

/** Replicator's offsets topic, instances of the function, and MM2's offsets topics, all of them real. */
export interface SyncWorld {
  /** The deployment's: the function's transactional id, and the beginning of its event source's consumer group. */
  readonly name: string;
  readonly connectOffsets: string;
  readonly flows: readonly Flow[];
  /** Everything that was flushed, in order. */
  readonly history: readonly Placed[];
  /**
   * Starts an instance of the function, of the bundle that is deployed.
   *
   * @param deployment Which one it belongs to: two of them share no transactional id. @default the only one
   */
  startInstance(flows?: readonly FlowOptions[], deployment?: string): FunctionInstance;
  /**
   * Appends to Replicator's offsets topic, as a Connect worker does.
   *
   * @param clock Milliseconds by which the worker's clock is fast. @default 0
   */
  flush(entries: readonly Entry[], clock?: number): Promise<readonly Placed[]>;
  /** Delivers records in one event, once. @throws FunctionError when the function fails */
  deliver(instance: FunctionInstance, records: readonly Placed[]): Promise<void>;
  /** Delivers records in one event until the function takes it, as the event source does. */
  deliverUntilTaken(instance: FunctionInstance, records: readonly Placed[]): Promise<void>;
  /** Makes sure that an MM2 offsets topic is there, as MM2 does when it starts. */
  createOffsetsTopic(topic?: string): Promise<void>;
  /** Writes to an MM2 offsets topic as MM2 or a person would. */
  writeAsSomebodyElse(key: string, value: string | null, topic?: string, headers?: IHeaders): Promise<void>;
  /** The same in a transaction, which the caller has to end; the records are acknowledged. */
  openAsSomebodyElse(records: readonly SomebodyElsesRecord[]): Promise<Pick<Transaction, 'commit' | 'abort'>>;
  /** Where the partitions of an MM2 offsets topic end. */
  ends(topic?: string): Promise<PartitionOffsets>;
  /** Everything that stands in an MM2 offsets topic, each partition's records in order. */
  records(topic?: string): Promise<readonly Mm2Record[]>;
  /** The last value of every key in an MM2 offsets topic, as MM2 reads it. */
  offsets(topic?: string): Promise<ReadonlyMap<string, string | null>>;
  /** What the MM2 offsets topic must hold by the history, with the given keys taken over by somebody else. */
  expected(takenOver?: ReadonlyMap<string, string | null>, topic?: string): ReadonlyMap<string, string | null>;
  /** Deletes Replicator's offsets topic and creates it anew; the history is forgotten. */
  recreateConnectOffsets(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds between two deliveries of a batch that the function did not take. */
const RETRY_DELAY_MS = 250;
/** Milliseconds after which an open transaction of somebody else is aborted: more than any test takes. */
const TRANSACTION_TIMEOUT_MS = 600_000;
/** Milliseconds after which a batch that is not taken fails the test. */
const RETRY_TIMEOUT_MS = 90_000;

/** Creates a world of its own on a cluster that many worlds may share. */
export const createSyncWorld = async (options: SyncWorldOptions): Promise<SyncWorld> => {
  const { brokers, access, timeoutMs = 30_000 } = options;
  const id = randomUUID().slice(0, 8);
  const flowOptions = options.flows ?? [{ sourceAlias: `primary-${id}` }];
  const name = `sync-${id}`;
  const connectOffsets = `connect-offsets-${id}`;
  const configure = (flows: readonly FlowOptions[]): ConfigurationOptions => ({
    name,
    brokers: [...brokers],
    replicatorOffsetsTopic: connectOffsets,
    flows: [...flows],
    ...access?.configuration,
  });
  let { flows } = parseConfiguration('the flows of a world', configure(flowOptions));
  let history: Placed[] = [];
  let generation = 0;

  const kafka = new Kafka({
    clientId: 'world',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 10 },
  });
  const admin = kafka.admin();
  const producer: Producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const log = openTopicLog(kafka);
  await Promise.all([admin.connect(), producer.connect(), log.connect()]);
  await ensureOffsetsTopic(admin, connectOffsets);
  const bundle = options.bundle ?? (await bundleFunction(access?.authentication));
  const instances: FunctionInstance[] = [];
  const transactionals: Producer[] = [];

  /** Sends entries of one partition, and tells where they stand. */
  const append = async (partition: number, entries: readonly Entry[], clock: number): Promise<readonly Placed[]> => {
    const timestamp = Date.now() + clock;
    const [ack] = await producer.send({
      topic: connectOffsets,
      messages: entries.map((entry) => ({ ...bytesOf(entry), partition, timestamp: String(timestamp) })),
    });
    const base = BigInt(ack?.baseOffset ?? 0);
    return entries.map((entry, index) => ({
      entry,
      ...bytesOf(entry),
      partition,
      offset: base + BigInt(index),
      timestamp: BigInt(timestamp),
      generation,
    }));
  };

  const offsetsTopic = () => flows[0]?.offsetsTopic ?? '';
  const records = async (topic = offsetsTopic()): Promise<readonly Mm2Record[]> => {
    const read: Mm2Record[] = [];
    await log.read(topic, await log.starts(topic), await log.ends(topic), (record) => read.push(record));
    return read;
  };
  const deliver = async (instance: FunctionInstance, records: readonly Placed[]) => {
    await instance.invoke(eventOf(connectOffsets, brokers, records));
  };

  return {
    name,
    connectOffsets,
    get flows() {
      return flows;
    },
    get history() {
      return history;
    },
    startInstance: (changed = flowOptions, deployment = `sync-${id}`) => {
      ({ flows } = parseConfiguration('the flows of a world', configure(changed)));
      const instance = startFunctionInstance({
        bundle,
        environment: {
          ...FUNCTION_ENVIRONMENT,
          ...access?.environment,
          [CONFIGURATION_VARIABLE]: JSON.stringify({ ...configure(changed), name: deployment }),
        },
        timeoutMs,
      });
      instances.push(instance);
      return instance;
    },
    flush: async (entries, clock = 0) => {
      const byPartition = Map.groupBy(entries, (entry) => defaultPartition(bytesOf(entry).key ?? ''));
      const placed: Placed[] = [];
      for (const [partition, ofPartition] of byPartition) {
        placed.push(...(await append(partition, ofPartition, clock)));
      }
      history.push(...placed);
      return placed;
    },
    deliver,
    deliverUntilTaken: async (instance, records) => {
      const until = performance.now() + RETRY_TIMEOUT_MS;
      for (;;) {
        try {
          await deliver(instance, records);
          return;
        } catch (error) {
          if (performance.now() > until) {
            throw error;
          }
          await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
        }
      }
    },
    createOffsetsTopic: async (topic = offsetsTopic()) => {
      await ensureOffsetsTopic(admin, topic);
    },
    writeAsSomebodyElse: async (key, value, topic = offsetsTopic(), headers = {}) => {
      await producer.send({ topic, messages: [{ key, value, headers }] });
    },
    openAsSomebodyElse: async (records) => {
      const transactional = kafka.producer({
        transactionalId: randomUUID(),
        createPartitioner: Partitioners.DefaultPartitioner,
        maxInFlightRequests: 1,
        transactionTimeout: TRANSACTION_TIMEOUT_MS,
      });
      transactionals.push(transactional);
      await transactional.connect();
      const transaction = await transactional.transaction();
      for (const { topic, key, value } of records) {
        await transaction.send({ topic, messages: [{ key, value }] });
      }
      return transaction;
    },
    ends: (topic = offsetsTopic()) => log.ends(topic),
    records,
    offsets: async (topic) =>
      new Map((await records(topic)).map(({ key, value }) => [key?.toString() ?? '', value?.toString() ?? null])),
    expected: (takenOver = new Map(), topic = offsetsTopic()) =>
      new Map([...(expectedOffsets(history, flows).get(topic) ?? []), ...takenOver]),
    recreateConnectOffsets: async () => {
      await admin.deleteTopics({ topics: [connectOffsets] });
      while ((await admin.listTopics()).includes(connectOffsets)) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await ensureOffsetsTopic(admin, connectOffsets);
      history = [];
      generation += 1;
    },
    close: async () => {
      await Promise.allSettled(instances.map((instance) => instance.stop()));
      await Promise.allSettled([admin, log, producer, ...transactionals].map((one) => one.disconnect()));
      if (options.bundle === undefined) {
        await rm(dirname(bundle), { recursive: true, force: true });
      }
    },
  };
};
