import type { Cluster, Kafka } from 'kafkajs';
import { KafkaError } from '../errors.ts';
import type { Mm2Record, Outcome } from '../offsets/last-records.ts';
import { PROVENANCE_HEADER } from '../offsets/provenance.ts';
import { registerCodecs } from './codecs.ts';
import { retrying } from './retrying.ts';

/** An offset for every partition of a topic. */
export type PartitionOffsets = ReadonlyMap<number, bigint>;

/** Reads topics without a consumer group: where they end, and what stands in them. */
export interface TopicLog {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** The offset of the first record of every partition (or the end, where there is none). */
  starts(topic: string): Promise<PartitionOffsets>;
  /** The offset after the last record of every partition, whatever that record is. */
  ends(topic: string): Promise<PartitionOffsets>;
  /**
   * Hands over, until it is disconnected, the records from `from` (inclusive) to `to` (exclusive), each partition's in order, those of open and
   * aborted transactions included: MM2 without exactly-once support reads them as well.
   */
  read(topic: string, from: PartitionOffsets, to: PartitionOffsets, take: (record: Mm2Record) => void): Promise<void>;
}

/** What kafkajs returns from a fetch (its own typing is `any`). */
interface FetchResponse {
  readonly responses: readonly {
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly FetchedMessage[] }[];
  }[];
}

interface FetchedMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | readonly Buffer[]>>;
  readonly isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

const READ_UNCOMMITTED = 0;
/**
 * Bytes of one partition in one fetch. Far more than the broker's largest batch, so that a fetch also gets past the
 * empty batches which compaction leaves behind.
 */
const PARTITION_BYTES = 4 * 1024 * 1024;
/** Milliseconds that the broker may wait for data. There is some, up to the known end, so it answers at once. */
const MAX_WAIT_MS = 500;
/** A control record's key is its version and its type, two 16-bit integers; type 1 is a commit (KIP-98). */
const isCommit = ({ key }: FetchedMessage): boolean => key?.readInt16BE(2) === 1;

/**
 * Where to go on after a fetch. Where compaction has emptied a batch, or its end, nothing tells how far it reaches: the
 * way goes on by single offsets.
 */
const nextPosition = (lastFetched: FetchedMessage | undefined, position: bigint): bigint => {
  const offset = lastFetched === undefined ? -1n : BigInt(lastFetched.offset);
  return offset >= position ? offset + 1n : position + 1n;
};

const last = <T>(values: T | readonly T[] | undefined): T | undefined =>
  Array.isArray(values) ? values.at(-1) : (values as T | undefined);

interface MarkedMessage extends FetchedMessage {
  readonly outcome: Outcome;
}

/** Marks each record, in order, with the outcome of its transaction. */
const withOutcome = (messages: readonly FetchedMessage[]): readonly MarkedMessage[] => {
  const marked: MarkedMessage[] = [];
  // From the end, every marker comes before the records whose outcome it is.
  const outcomes = new Map<string, Outcome>();
  for (const message of messages.toReversed()) {
    const { producerId = '', inTransaction = false } = message.batchContext ?? {};
    if (message.isControlRecord) {
      outcomes.set(producerId, isCommit(message) ? 'committed' : 'aborted');
    } else {
      marked.push({ ...message, outcome: inTransaction ? (outcomes.get(producerId) ?? 'open') : 'committed' });
    }
  }
  return marked.reverse();
};

/** The offset of the first record whose transaction has no marker yet: from there on the outcome depends on what comes. */
const firstUndecided = (messages: readonly FetchedMessage[]): bigint | undefined => {
  const decided = new Set<string>();
  let first: bigint | undefined;
  for (const { offset, batchContext, isControlRecord } of messages.toReversed()) {
    if (!batchContext?.inTransaction) {
      continue;
    }
    if (isControlRecord) {
      decided.add(batchContext.producerId);
    } else if (!decided.has(batchContext.producerId)) {
      first = BigInt(offset);
    }
  }
  return first;
};

const toRecord = (
  partition: number,
  { key, value, offset, timestamp, headers, outcome }: MarkedMessage,
): Mm2Record => ({
  partition,
  offset: BigInt(offset),
  timestamp: Number(timestamp),
  key,
  value,
  provenance: last(headers?.[PROVENANCE_HEADER]),
  outcome,
});

/**
 * Takes kafkajs's cluster out of it, which has what a consumer lacks: reading given partitions from given offsets.
 * A consumer hands it to its partition assigners (part of kafkajs's documented interface) when it is created, before
 * it joins any group; so no group is ever joined, which saves seconds at every cold start
 * (`group.initial.rebalance.delay.ms` is 3 s by default) and the permissions on a group.
 */
const clusterOf = (kafka: Kafka): Cluster => {
  let cluster: Cluster | undefined;
  kafka.consumer({
    groupId: 'never-joined',
    readUncommitted: true,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        cluster = config.cluster;
        return {
          name: 'none',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: '', metadata: Buffer.of() }),
        };
      },
    ],
  });
  if (cluster === undefined) {
    throw new Error('kafkajs gave no cluster to the partition assigner: use kafkajs 2.2.4');
  }
  return cluster;
};

/** Opens a {@link TopicLog} on the brokers of `kafka`. */
export const openTopicLog = (kafka: Kafka): TopicLog => {
  registerCodecs();
  const cluster = clusterOf(kafka);

  let disconnected = false;
  /** kafkajs would connect anew, for a read that nobody waits for any more. */
  const ensureOpen = () => {
    if (disconnected) {
      throw new KafkaError('The connection was closed in the middle of a read');
    }
  };
  const refresh = async () => {
    ensureOpen();
    await cluster.refreshMetadata();
  };

  const offsets = async (topic: string, fromBeginning: boolean): Promise<PartitionOffsets> => {
    await retrying(() => cluster.addTargetTopic(topic), refresh);
    await cluster.refreshMetadataIfNecessary();
    const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }));
    const [found] = await retrying(() => cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }]), refresh);
    return new Map(found?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  };

  const fetch = async (topic: string, partition: number, offset: bigint): Promise<readonly FetchedMessage[]> => {
    ensureOpen();
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    if (nodeId === undefined) {
      throw new KafkaError(`Partition ${partition} of "${topic}" has no leader at the moment`);
    }
    const broker = await cluster.findBroker({ nodeId });
    const response: FetchResponse = await broker.fetch({
      isolationLevel: READ_UNCOMMITTED,
      maxWaitTime: MAX_WAIT_MS,
      // One partition alone, for what is left out of a response because others filled it looks like an empty batch.
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset.toString(), maxBytes: PARTITION_BYTES }] }],
    });
    return response.responses.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages));
  };

  const readPartition = async (
    topic: string,
    partition: number,
    from: bigint,
    to: bigint,
    take: (record: Mm2Record) => void,
  ): Promise<void> => {
    let pending: readonly FetchedMessage[] = [];
    for (let position = from; position < to; ) {
      const fetched = await retrying(() => fetch(topic, partition, position), refresh);
      // A fetch returns whole batches, so records before the position come along, and some from beyond the end.
      const wanted = fetched.filter(({ offset }) => BigInt(offset) >= position && BigInt(offset) < to);
      position = nextPosition(fetched.at(-1), position);
      const known = [...pending, ...wanted];
      const undecided = (position < to ? firstUndecided(known) : undefined) ?? to;
      ensureOpen();
      for (const message of withOutcome(known)) {
        if (BigInt(message.offset) < undecided) {
          take(toRecord(partition, message));
        }
      }
      pending = known.filter(({ offset }) => BigInt(offset) >= undecided);
    }
  };

  return {
    connect: () => cluster.connect(),
    disconnect: async () => {
      disconnected = true;
      await cluster.disconnect();
    },
    starts: (topic) => offsets(topic, true),
    ends: (topic) => offsets(topic, false),
    read: async (topic, from, to, take) => {
      ensureOpen();
      await retrying(() => cluster.addTargetTopic(topic), refresh);
      // One after the other: kafkajs opens a connection anew for every request that comes before the first is open.
      for (const [partition, end] of to) {
        await readPartition(topic, partition, from.get(partition) ?? 0n, end, take);
      }
    },
  };
};
