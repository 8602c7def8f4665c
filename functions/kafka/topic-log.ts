import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { KafkaError } from '../errors.ts';
import { registerCodecs } from './codecs.ts';
import { clusterOf, describeTopic, fetchBatches, findCoordinator, type TopicDescription } from './kafkajs-internals.ts';
import type { FetchedBatch, FetchedRecord } from './record-batch.ts';
import { retrying } from './retrying.ts';

/** What became of a record's transaction; a record without one is committed. */
export type Outcome = 'committed' | 'aborted' | 'open';

/** A record of any topic, as its partition holds it. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** By name; a list where a name comes more than once. A header's value can be null. */
  readonly headers: Readonly<Record<string, Buffer | null | readonly (Buffer | null)[]>>;
  readonly outcome: Outcome;
}

/** An offset for every partition of a topic. */
export type PartitionOffsets = ReadonlyMap<number, bigint>;

/** A topic as it is at a moment. */
export interface TopicExtent extends TopicDescription {
  /** The offset of the first record of every partition (or the end, where there is none). */
  readonly starts: PartitionOffsets;
  /** The offset after the last record of every partition, whatever that record is. */
  readonly ends: PartitionOffsets;
}

/** Reads topics without a consumer group: what they are, where they begin and end, and what stands in them. */
export interface TopicLog {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** The topic's id, `undefined` where brokers tell none. @throws what kafkajs throws for a topic that there is not */
  id(topic: string): Promise<string | undefined>;
  /** Looks at the topic as it is now, partitions that were added this moment included. @throws as `id` does */
  extent(topic: string): Promise<TopicExtent>;
  /** The offset of the first record of every partition (or the end, where there is none). @throws as `id` does */
  starts(topic: string): Promise<PartitionOffsets>;
  /** The offset after the last record of every partition. @throws as `id` does */
  ends(topic: string): Promise<PartitionOffsets>;
  /** Tells why a transactional id has no coordinator. @throws what kafkajs throws for the broker's error, if there is one */
  findCoordinator(transactionalId: string): Promise<void>;
  /**
   * Hands over, until it is disconnected, the records from `from` (inclusive) to `to` (exclusive), each partition's in
   * order, those of open and aborted transactions included: a reader of uncommitted records sees them as well.
   */
  read(topic: string, from: PartitionOffsets, to: PartitionOffsets, take: (record: LogRecord) => void): Promise<void>;
}

/** A {@link TopicLog} that also finds its way by time, which following a topic does not take. */
export interface TimedTopicLog extends TopicLog {
  /**
   * The offset of a partition's first record whose timestamp is not before `timestamp`; `undefined` where there is none.
   *
   * @param timestamp Milliseconds since the epoch.
   * @throws as `id` does
   */
  offsetAt(topic: string, partition: number, timestamp: number): Promise<bigint | undefined>;
}

/** A leader that has just become one does not show the end yet that its predecessor showed (KIP-207). */
class NotThereYetError extends KafkaError {
  readonly retriable = true;
}

/** A control record's key is its version and its type, two 16-bit integers; type 1 is a commit (KIP-98). */
const isCommit = ({ records: [marker] }: FetchedBatch): boolean => marker?.key?.readInt16BE(2) === 1;

/** The outcome of every batch, in order. */
const outcomesOf = (batches: readonly FetchedBatch[]): readonly Outcome[] => {
  const outcomes: Outcome[] = [];
  // From the end, every marker comes before the records whose outcome it is.
  const markers = new Map<bigint, Outcome>();
  for (const batch of batches.toReversed()) {
    if (batch.isControlBatch) {
      markers.set(batch.producerId, isCommit(batch) ? 'committed' : 'aborted');
    }
    outcomes.push(batch.inTransaction ? (markers.get(batch.producerId) ?? 'open') : 'committed');
  }
  return outcomes.reverse();
};

const toRecord = (partition: number, fetched: FetchedRecord, outcome: Outcome): LogRecord => ({
  partition,
  offset: fetched.offset,
  timestamp: fetched.timestamp,
  key: fetched.key,
  value: fetched.value,
  headers: fetched.headers,
  outcome,
});

/** What a fetch of one partition brought. */
interface Answer {
  readonly partition: number;
  /** Where the reading of the partition ends. */
  readonly end: bigint;
  readonly batches: readonly FetchedBatch[];
  /** Whether it was the partition's last one. */
  readonly isLast: boolean;
}

/** Keeps one step ahead of whoever takes the answers: the brokers prepare the next one while one is worked on. */
const ahead = async function* (answers: AsyncGenerator<Answer, void>): AsyncGenerator<Answer, void> {
  let next = answers.next();
  for (;;) {
    const { done, value } = await next;
    if (done) {
      return;
    }
    next = answers.next();
    // Whoever stops in the middle does not wait for it.
    next.catch(() => undefined);
    // So that the request has gone out before the work begins.
    await nextTurn();
    yield value;
  }
};

/** Opens a {@link TimedTopicLog} on the brokers of `kafka`. */
export const openTopicLog = (kafka: Kafka): TimedTopicLog => {
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

  const describe = (topic: string) => retrying(() => describeTopic(cluster, topic), refresh);

  /** Describes the topic, and makes sure that kafkajs knows its partitions and their leaders. */
  const follow = async (topic: string): Promise<TopicDescription> => {
    await retrying(() => cluster.addTargetTopic(topic), refresh);
    const description = await describe(topic);
    if (cluster.findTopicPartitionMetadata(topic).length !== description.leaderEpochs.size) {
      await refresh();
    }
    return description;
  };

  const offsets = async (topic: string, count: number, fromBeginning: boolean): Promise<PartitionOffsets> => {
    const partitions = Array.from({ length: count }, (_, partition) => ({ partition }));
    const [found] = await retrying(() => cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }]), refresh);
    return new Map(found?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  };

  /** @returns nothing only where there is nothing from `offset` to `to`, because compaction left nothing */
  const fetch = async (
    topic: string,
    partition: number,
    offset: bigint,
    to: bigint,
  ): Promise<readonly FetchedBatch[]> => {
    ensureOpen();
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    if (nodeId === undefined) {
      throw new KafkaError(`Partition ${partition} of "${topic}" has no leader at the moment`);
    }
    const { batches, highWatermark } = await fetchBatches(
      await cluster.findBroker({ nodeId }),
      topic,
      partition,
      offset,
    );
    if (batches.length === 0 && highWatermark < to) {
      throw new NotThereYetError(
        `Partition ${partition} of "${topic}" ended at offset ${to}, and its leader now has no more than ` +
          `${highWatermark}: another broker has become the leader, and has to catch up or has lost records`,
      );
    }
    return batches;
  };

  /** Fetches one partition after the other: kafkajs opens a connection anew for every request before the first is open. */
  const fetchAll = async function* (topic: string, from: PartitionOffsets, to: PartitionOffsets) {
    for (const [partition, end] of to) {
      for (let position = from.get(partition) ?? 0n; position < end; ) {
        const batches = await retrying(() => fetch(topic, partition, position, end), refresh);
        const after = batches.at(-1)?.end ?? position;
        position = after > position ? after : end;
        yield { partition, end, batches, isLast: position >= end } satisfies Answer;
      }
    }
  };

  return {
    connect: () => cluster.connect(),
    disconnect: async () => {
      disconnected = true;
      await cluster.disconnect();
    },
    findCoordinator: (transactionalId) => findCoordinator(cluster, transactionalId),
    id: async (topic) => (await describe(topic)).id,
    extent: async (topic) => {
      const description = await follow(topic);
      const count = description.leaderEpochs.size;
      const [starts, ends] = await Promise.all([offsets(topic, count, true), offsets(topic, count, false)]);
      return { ...description, starts, ends };
    },
    starts: async (topic) => await offsets(topic, (await follow(topic)).leaderEpochs.size, true),
    ends: async (topic) => await offsets(topic, (await follow(topic)).leaderEpochs.size, false),
    offsetAt: async (topic, partition, timestamp) => {
      await retrying(() => cluster.addTargetTopic(topic), refresh);
      const asked = [{ topic, partitions: [{ partition }], fromTimestamp: timestamp }];
      const [found] = await retrying(() => cluster.fetchTopicsOffset(asked), refresh);
      const offset = found?.partitions[0]?.offset;
      return offset === undefined || BigInt(offset) < 0n ? undefined : BigInt(offset);
    },
    read: async (topic, from, to, take) => {
      ensureOpen();
      await retrying(() => cluster.addTargetTopic(topic), refresh);
      /** What was fetched of a partition and not handed over: from the first batch on whose outcome is not known yet. */
      let waiting: readonly FetchedBatch[] = [];
      for await (const { partition, end, batches: fetched, isLast } of ahead(fetchAll(topic, from, to))) {
        ensureOpen();
        // A marker from beyond the end would make the outcome a matter of how much a fetch happens to return.
        const batches = [...waiting, ...fetched.filter((batch) => !batch.isControlBatch || batch.end <= end)];
        const outcomes = outcomesOf(batches);
        const undecided = isLast ? -1 : outcomes.indexOf('open');
        const decided = undecided === -1 ? batches.length : undecided;
        const start = from.get(partition) ?? 0n;
        for (const [index, batch] of batches.slice(0, decided).entries()) {
          if (batch.isControlBatch) {
            continue;
          }
          for (const record of batch.records) {
            // A fetch returns whole batches, so records before the start come along, and some from beyond the end.
            if (record.offset >= start && record.offset < end) {
              take(toRecord(partition, record, outcomes[index] ?? 'open'));
            }
          }
        }
        waiting = batches.slice(decided);
      }
    },
  };
};
