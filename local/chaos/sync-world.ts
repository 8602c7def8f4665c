import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type IHeaders, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import {
  CONFIGURATION_VARIABLE,
  type ConfigurationOptions,
  parseConfiguration,
} from '../../functions/configuration/configuration.ts';
import type { Flow, FlowOptions } from '../../functions/configuration/flow.ts';
import { openTopicLog } from '../../functions/kafka/topic-log.ts';
import { FUNCTION_ENVIRONMENT } from '../../infra/bundling.ts';
import { EventBatch } from '../event-source/kafka-event.ts';
import { bundleFunction } from '../lambda/bundle.ts';
import { type FunctionInstance, startFunctionInstance } from '../lambda/function-instance.ts';
import { bytesOf, type Entry, expectedOffsets, type Placed } from './history.ts';

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
}

/** Replicator's offsets topic, instances of the function, and MM2's offsets topics, all of them real. */
export interface SyncWorld {
  readonly connectOffsets: string;
  readonly flows: readonly Flow[];
  /** Everything that was flushed, in order. */
  readonly history: readonly Placed[];
  /** Starts an instance of the function, of the bundle that is deployed. */
  startInstance(flows?: readonly FlowOptions[]): FunctionInstance;
  /** Appends to Replicator's offsets topic, as a Connect worker does. */
  flush(entries: readonly Entry[]): Promise<readonly Placed[]>;
  /** Delivers records in one event, once. @throws FunctionError when the function fails */
  deliver(instance: FunctionInstance, records: readonly Placed[]): Promise<void>;
  /** Delivers records in one event until the function takes it, as the event source does. */
  deliverUntilTaken(instance: FunctionInstance, records: readonly Placed[]): Promise<void>;
  /** Writes to an MM2 offsets topic as MM2 or a person would. */
  writeAsSomebodyElse(key: string, value: string | null, topic?: string, headers?: IHeaders): Promise<void>;
  /** The last value of every key in an MM2 offsets topic, as MM2 reads it. */
  offsets(topic?: string): Promise<ReadonlyMap<string, string | null>>;
  /** What the MM2 offsets topic must hold by the history, with the given keys taken over by somebody else. */
  expected(takenOver?: ReadonlyMap<string, string | null>, topic?: string): ReadonlyMap<string, string | null>;
  /** Deletes Replicator's offsets topic and creates it anew; the history is forgotten. */
  recreateConnectOffsets(): Promise<void>;
  close(): Promise<void>;
}

const PARTITIONS = 25;
const EVENT_SOURCE = 'arn:aws:kafka:us-east-1:123456789012:cluster/local/0';
/** Milliseconds between two deliveries of a batch that the function did not take. */
const RETRY_DELAY = 250;
/** Milliseconds after which a batch that is not taken fails the test. */
const RETRY_TIMEOUT = 90_000;

/** Builds the event that holds exactly these records. */
export const eventOf = (topic: string, brokers: readonly string[], records: readonly Placed[]): string => {
  const batch = new EventBatch({ eventSourceArn: EVENT_SOURCE, bootstrapServers: brokers.join(',') });
  for (const { key, value, partition, offset, timestamp } of records) {
    const bytes = { key: key === null ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value) };
    const record = {
      topic,
      partition,
      offset,
      timestamp,
      timestampType: 'CREATE_TIME',
      headers: [],
      ...bytes,
    } as const;
    if (!batch.offer(record)) throw new Error(`${records.length} records do not fit into one event`);
  }
  return batch.toJson();
};

/** Creates a world of its own on a cluster that many worlds may share. */
export async function createSyncWorld(options: SyncWorldOptions): Promise<SyncWorld> {
  const { brokers, access, timeoutMs = 30_000 } = options;
  const id = randomUUID().slice(0, 8);
  const flowOptions = options.flows ?? [{ sourceAlias: `primary-${id}` }];
  const connectOffsets = `connect-offsets-${id}`;
  const configure = (flows: readonly FlowOptions[]): ConfigurationOptions => ({
    name: `sync-${id}`,
    brokers: [...brokers],
    replicatorOffsetsTopic: connectOffsets,
    flows: [...flows],
    ...access?.configuration,
  });
  let { flows } = parseConfiguration('the flows of a world', configure(flowOptions));
  let history: Placed[] = [];

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
  const createConnectOffsets = () =>
    admin.createTopics({
      topics: [
        {
          topic: connectOffsets,
          numPartitions: PARTITIONS,
          configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
        },
      ],
    });
  await createConnectOffsets();
  const bundle = await bundleFunction(access?.authentication);
  const instances: FunctionInstance[] = [];

  const partitionOf = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }));

  /** Sends entries of one partition, and tells where they stand. */
  const append = async (partition: number, entries: readonly Entry[]): Promise<readonly Placed[]> => {
    const timestamp = Date.now();
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
    }));
  };

  const offsetsTopic = () => flows[0]?.offsetsTopic ?? '';
  const deliver = async (instance: FunctionInstance, records: readonly Placed[]) => {
    await instance.invoke(eventOf(connectOffsets, brokers, records));
  };

  return {
    connectOffsets,
    get flows() {
      return flows;
    },
    get history() {
      return history;
    },
    startInstance: (changed = flowOptions) => {
      ({ flows } = parseConfiguration('the flows of a world', configure(changed)));
      const instance = startFunctionInstance({
        bundle,
        environment: {
          ...FUNCTION_ENVIRONMENT,
          ...access?.environment,
          [CONFIGURATION_VARIABLE]: JSON.stringify(configure(changed)),
        },
        timeoutMs,
      });
      instances.push(instance);
      return instance;
    },
    flush: async (entries) => {
      const byPartition = Map.groupBy(entries, (entry) => {
        const { key } = bytesOf(entry);
        return partitionOf({ topic: connectOffsets, partitionMetadata, message: { key: key ?? '', value: null } });
      });
      const placed: Placed[] = [];
      for (const [partition, ofPartition] of byPartition) placed.push(...(await append(partition, ofPartition)));
      history.push(...placed);
      return placed;
    },
    deliver,
    deliverUntilTaken: async (instance, records) => {
      const until = performance.now() + RETRY_TIMEOUT;
      for (;;) {
        try {
          await deliver(instance, records);
          return;
        } catch (error) {
          if (performance.now() > until) throw error;
          await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
        }
      }
    },
    writeAsSomebodyElse: async (key, value, topic = offsetsTopic(), headers = {}) => {
      await producer.send({ topic, messages: [{ key, value, headers }] });
    },
    offsets: async (topic = offsetsTopic()) => {
      const values = new Map<string, string | null>();
      await log.read(topic, await log.starts(topic), await log.ends(topic), ({ key, value }) =>
        values.set(key?.toString() ?? '', value?.toString() ?? null),
      );
      return values;
    },
    expected: (takenOver = new Map(), topic = offsetsTopic()) =>
      new Map([...(expectedOffsets(history, flows).get(topic) ?? []), ...takenOver]),
    recreateConnectOffsets: async () => {
      await admin.deleteTopics({ topics: [connectOffsets] });
      while ((await admin.listTopics()).includes(connectOffsets))
        await new Promise((resolve) => setTimeout(resolve, 100));
      await createConnectOffsets();
      history = [];
    },
    close: async () => {
      await Promise.allSettled(instances.map((instance) => instance.stop()));
      await Promise.allSettled([admin.disconnect(), producer.disconnect(), log.disconnect()]);
      await rm(dirname(bundle), { recursive: true, force: true });
    },
  };
}
