import type { LogRecord, Outcome } from '../../../../functions/kafka/topic-log.ts';

/** Who really wrote a record: the judge need not believe any header. */
export type Author = 'sync' | 'somebody-else' | 'hand-back';

/** A transaction, as its coordinator knows it. */
export interface ModelTransaction {
  outcome: Outcome;
  readonly author: Author;
  /** The partitions it has records in: each gets a marker at its end. */
  readonly touched: Map<string, number>;
}

/** What somebody appends. */
export interface NewRecord {
  readonly key: string;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly author: Author;
}

/** A record as it stands in its partition. */
export interface ModelRecord extends NewRecord {
  readonly kind: 'record';
  readonly offset: number;
  /** Every record of the model has another one, so it also tells their order. */
  readonly timestamp: number;
  readonly transaction: ModelTransaction | undefined;
}

/** The end of a transaction: it takes an offset of its own. */
interface Marker {
  readonly kind: 'marker';
  readonly offset: number;
  readonly transaction: ModelTransaction;
}

/** A partition; an offset at which nothing stands was compacted. */
export interface ModelPartition {
  start: number;
  end: number;
  entries: (ModelRecord | Marker)[];
}

/** A topic; one that is created anew is another one with the same name. */
export interface ModelTopic {
  readonly id: string;
  /** When it became empty, by the model's clock. */
  emptiedAt: number;
  readonly partitions: ModelPartition[];
}

/** What a partition's record is by the markers that stand before `to`. */
const outcomeBefore = ({ entries }: ModelPartition, { transaction }: ModelRecord, to: number): Outcome => {
  if (transaction === undefined) {
    return 'committed';
  }
  const hasEnded = entries.some(
    (entry) => entry.kind === 'marker' && entry.transaction === transaction && entry.offset < to,
  );
  return hasEnded ? transaction.outcome : 'open';
};

const toBuffers = (headers: NewRecord['headers']): LogRecord['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]));

const emptyPartition = (): ModelPartition => ({ start: 0, end: 0, entries: [] });

/** A Kafka cluster in memory: topics by their id, transactions with markers, epochs of transactional ids. */
export type Cluster = ReturnType<typeof createCluster>;

/** @param startsAt The model's clock at its beginning, in milliseconds; it goes on by a second with every record. */
export const createCluster = (startsAt: number) => {
  const topics = new Map<string, ModelTopic>();
  const open = new Set<ModelTransaction>();
  /** The newest epoch of every transactional id, and its open transaction. */
  const coordinator = new Map<string, { readonly epoch: number; transaction: ModelTransaction | undefined }>();
  let [now, created, aborted] = [startsAt, 0, 0];

  const topicOf = (name: string): ModelTopic => {
    const topic = topics.get(name);
    if (topic === undefined) {
      throw new TypeError(`The model has no topic ${name}`);
    }
    return topic;
  };
  const partitionOf = (name: string, index: number): ModelPartition => {
    const partition = topicOf(name).partitions[index];
    if (partition === undefined) {
      throw new TypeError(`The model's topic ${name} has no partition ${index}`);
    }
    return partition;
  };
  const tick = (): number => {
    now += 1_000;
    return now;
  };

  const begin = (author: Author): ModelTransaction => {
    const transaction: ModelTransaction = { outcome: 'open', author, touched: new Map() };
    open.add(transaction);
    return transaction;
  };
  const end = (transaction: ModelTransaction | undefined, outcome: Outcome) => {
    if (transaction === undefined || !open.delete(transaction)) {
      return;
    }
    transaction.outcome = outcome;
    aborted += outcome === 'aborted' && transaction.author === 'sync' ? 1 : 0;
    for (const touched of transaction.touched.keys()) {
      const [name = '', index] = touched.split(' ');
      // A topic that was created anew meanwhile may have fewer partitions.
      const partition = topicOf(name).partitions[Number(index)];
      partition?.entries.push({ kind: 'marker', offset: partition.end, transaction });
      if (partition) {
        partition.end += 1;
      }
    }
  };

  return {
    now: () => now,
    /** Lets time go by without a record. */
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
    topicOf,
    partitionOf,
    hasOpenTransaction: () => open.size > 0,
    /** How many transactions of the sync's were aborted so far. */
    aborts: () => aborted,
    /** Creates a topic, in place of the one that has the name. */
    createTopic: (name: string, partitions: number) => {
      created += 1;
      topics.set(name, {
        id: `${name}-${created}`,
        emptiedAt: tick(),
        partitions: Array.from({ length: partitions }, emptyPartition),
      });
    },
    addPartition: (name: string) => {
      topicOf(name).partitions.push(emptyPartition());
    },
    /** Deletes all records, as `kafka-delete-records.sh` does: the ends stay. */
    deleteRecords: (name: string) => {
      const topic = topicOf(name);
      topic.emptiedAt = tick();
      for (const partition of topic.partitions) {
        partition.entries = [];
        partition.start = partition.end;
      }
    },
    /** Leaves offsets at which nothing stands, as other connectors' compacted records do. */
    skip: (name: string, index: number, count: number) => {
      partitionOf(name, index).end += count;
    },
    append: (name: string, index: number, record: NewRecord, transaction?: ModelTransaction): number => {
      const partition = partitionOf(name, index);
      const offset = partition.end;
      partition.entries.push({ kind: 'record', ...record, offset, timestamp: tick(), transaction });
      partition.end += 1;
      transaction?.touched.set(`${name} ${index}`, index);
      return offset;
    },
    begin,
    end,
    /** Takes a transactional id over: whoever had it is fenced, and what they had begun is aborted. @returns the epoch */
    takeOver: (transactionalId: string): number => {
      const { epoch = 0, transaction } = coordinator.get(transactionalId) ?? {};
      if (transaction) {
        end(transaction, 'aborted');
      }
      coordinator.set(transactionalId, { epoch: epoch + 1, transaction: undefined });
      return epoch + 1;
    },
    isFenced: (transactionalId: string, epoch: number) => coordinator.get(transactionalId)?.epoch !== epoch,
    /** Begins the transaction of a transactional id's owner. */
    beginOwned: (transactionalId: string): ModelTransaction => {
      const transaction = begin('sync');
      const owner = coordinator.get(transactionalId);
      if (owner) {
        owner.transaction = transaction;
      }
      return transaction;
    },
    /** The records of a partition from `from` to `to`, as far as a reader who stops at `to` can tell. */
    read: (name: string, index: number, from: number, to: number): readonly LogRecord[] => {
      const partition = partitionOf(name, index);
      return partition.entries.flatMap((entry): readonly LogRecord[] =>
        entry.kind === 'marker' || entry.offset < from || entry.offset >= to
          ? []
          : [
              {
                partition: index,
                offset: BigInt(entry.offset),
                timestamp: entry.timestamp,
                key: Buffer.from(entry.key),
                value: entry.value === null ? null : Buffer.from(entry.value),
                headers: toBuffers(entry.headers),
                outcome: outcomeBefore(partition, entry, to),
              },
            ],
      );
    },
  };
};
