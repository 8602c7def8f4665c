import { KafkaError } from '../errors.ts';
import { createPartitioner } from '../kafka/partitioner.ts';
import type { LogRecord, PartitionOffsets, TopicExtent, TopicLog } from '../kafka/topic-log.ts';
import type { Appended } from '../kafka/transaction.ts';
import type { Flow } from '../offsets/flow.ts';
import { createLastRecords, isEqual, type LastRecords } from '../offsets/last-records.ts';

/** An MM2 offsets topic as it stands: read to its end once, and from then on followed. */
export interface FollowedTopic {
  readonly name: string;
  readonly lastRecords: LastRecords;
  /** The partitions to write a key to: the one that Java picks, and any other in which something stands for it. */
  partitionsFor(key: string): readonly number[];
  /**
   * Reads what others wrote since, which one look at the topic tells.
   *
   * @throws KafkaError when it is no longer the topic that was read: created anew, emptied, or with more partitions
   */
  catchUp(): Promise<void>;
  /**
   * Takes note of records of our own, and reads what others had appended before them since the last look.
   *
   * @returns the keys of what was read, each as often as it was read
   * @throws KafkaError when it is no longer the topic that was read
   */
  appended(appended: Appended): Promise<readonly string[]>;
  /**
   * Makes sure, before a transaction is committed, that the records were appended to the topic that was looked at.
   *
   * @throws KafkaError when the topic was deleted and created anew meanwhile
   */
  ensureSame(): Promise<void>;
  /** The transaction in which records were appended was committed: its marker ends the partitions. */
  committed(): void;
  /** The transaction failed: whatever was appended is read like anybody's. */
  failed(): void;
}

/** A record that was seen at the end of a partition: where the log has lost its end meanwhile, it no longer stands there. */
type Landmark = Pick<LogRecord, 'offset' | 'key' | 'value'>;

/** How far a partition is known. */
interface Position {
  /** The offset of the first record that was neither read nor written here. */
  readonly unread: bigint;
  /** The offset of the first record whose transaction was still open: from there on it has to be read again. */
  readonly undecided: bigint | undefined;
  /** Where the partition ends unless somebody else writes. */
  readonly expected: bigint;
  /** The last record that was read or written here, none in an empty partition. */
  readonly landmark: Landmark | undefined;
  /** The epoch of the leader that had it. */
  readonly epoch: number | undefined;
}

const isSameContent = (a: Landmark, b: Landmark): boolean => isEqual(a.key, b.key) && isEqual(a.value, b.value);

/** A copy that does not keep the whole answer of a broker in memory. */
const copyOf = ({ offset, key, value }: Landmark): Landmark => ({
  offset,
  key: key && Buffer.from(key),
  value: value && Buffer.from(value),
});

const startOf = ({ unread, undecided }: Position): bigint => undecided ?? unread;

/** Reads a topic to its end, and follows it. */
export const followTopic = async (log: TopicLog, name: string, flows: readonly Flow[]): Promise<FollowedTopic> => {
  const lastRecords = createLastRecords(flows.filter(({ offsetsTopic }) => offsetsTopic === name));
  const positions = new Map<number, Position>();
  /** The positions before the transaction at work. */
  const before = new Map<number, Position>();
  /** The offsets of the transaction at work, by partition: what is known need not be read. */
  const own = new Map<number, Set<bigint>>();

  const changed = (what: string): KafkaError =>
    new KafkaError(`${what}: it is no longer the topic that was read, and is read again from its start`);

  const positionOf = (partition: number): Position => {
    const position = positions.get(partition);
    if (position === undefined) {
      throw changed(`Partition ${partition} of "${name}" is new`);
    }
    return position;
  };

  /**
   * Reads partitions from where each is known to.
   *
   * @returns the keys of the flows that were read
   * @throws KafkaError when the last record that was seen does not stand there any more
   */
  const read = async (to: PartitionOffsets): Promise<readonly string[]> => {
    const keys: string[] = [];
    const open = new Map<number, bigint>();
    const landmarks = new Map<number, Landmark>();
    const from = new Map(
      [...to.keys()].map((partition) => {
        const position = positionOf(partition);
        const start = startOf(position);
        const landmark = position.landmark?.offset;
        return [partition, landmark !== undefined && landmark < start ? landmark : start];
      }),
    );
    const missed = new Set([...to.keys()].filter((partition) => positionOf(partition).landmark !== undefined));
    await log.read(name, from, to, (record: LogRecord) => {
      const { partition, offset } = record;
      const position = positionOf(partition);
      landmarks.set(partition, record);
      if (offset === position.landmark?.offset && isSameContent(record, position.landmark)) {
        missed.delete(partition);
      }
      if (offset < startOf(position) || !lastRecords.follows(record) || own.get(partition)?.has(offset)) {
        return;
      }
      lastRecords.read(record);
      keys.push(record.key?.toString() ?? '');
      if (record.outcome === 'open' && !open.has(partition)) {
        open.set(partition, offset);
      }
    });
    for (const [partition, end] of to) {
      const { epoch, landmark: before } = positionOf(partition);
      if (missed.has(partition)) {
        throw changed(`Partition ${partition} of "${name}" has another record at offset ${before?.offset} than before`);
      }
      const last = landmarks.get(partition);
      const landmark = last ? copyOf(last) : before;
      positions.set(partition, { unread: end, undecided: open.get(partition), expected: end, landmark, epoch });
    }
    return keys;
  };

  const { id, starts, ends, leaderEpochs } = await log.extent(name);
  for (const [partition, start] of starts) {
    const epoch = leaderEpochs.get(partition);
    positions.set(partition, { unread: start, undecided: undefined, expected: start, landmark: undefined, epoch });
  }
  await read(ends);
  const partitionOf = createPartitioner(ends.size);

  /** What shows that this is no longer the topic that was read. */
  const changeIn = (now: TopicExtent): string | undefined => {
    if (now.id !== id) {
      return `"${name}" was deleted and created anew`;
    }
    if (now.ends.size !== ends.size) {
      return `"${name}" has ${now.ends.size} partitions now instead of ${ends.size}`;
    }
    for (const [partition, end] of now.ends) {
      const { unread } = positionOf(partition);
      if (end < unread) {
        return `Partition ${partition} of "${name}" ends at offset ${end}, but ${unread} had been reached: it was created anew or has lost records`;
      }
      const [start, known] = [now.starts.get(partition), starts.get(partition)];
      if (start !== known) {
        return `Partition ${partition} of "${name}" starts at offset ${start} instead of ${known}: records were deleted`;
      }
    }
    return undefined;
  };

  return {
    name,
    lastRecords,
    partitionsFor: (key) => [...new Set([partitionOf(key), ...lastRecords.partitionsOf(key)])],
    catchUp: async () => {
      const now = await log.extent(name);
      const change = changeIn(now);
      if (change !== undefined) {
        throw changed(change);
      }
      // A new leader may lack what its predecessor had, and others may have written in its place since.
      const suspected = [...now.ends].filter(([partition, end]) => {
        const { expected, epoch } = positionOf(partition);
        return end > expected || now.leaderEpochs.get(partition) !== epoch;
      });
      await read(new Map(suspected));
      for (const [partition] of suspected) {
        positions.set(partition, { ...positionOf(partition), epoch: now.leaderEpochs.get(partition) });
      }
    },
    appended: async ({ partition, baseOffset, records }) => {
      const position = positionOf(partition);
      if (!before.has(partition)) {
        before.set(partition, position);
      }
      if (baseOffset < position.expected) {
        throw changed(`Partition ${partition} of "${name}" has lost records from offset ${baseOffset} on`);
      }
      const keys = baseOffset > position.expected ? await read(new Map([[partition, baseOffset]])) : [];
      const offsets = own.get(partition) ?? new Set();
      own.set(partition, offsets);
      for (const index of records.keys()) {
        offsets.add(baseOffset + BigInt(index));
      }
      const end = baseOffset + BigInt(records.length);
      const last = records.at(-1);
      const landmark = last && { offset: end - 1n, key: Buffer.from(last.key), value: last.value };
      positions.set(partition, { ...positionOf(partition), unread: end, expected: end, landmark });
      return keys;
    },
    ensureSame: async () => {
      if ((await log.id(name)) !== id) {
        throw changed(`"${name}" was deleted and created anew`);
      }
    },
    committed: () => {
      for (const partition of before.keys()) {
        const position = positionOf(partition);
        positions.set(partition, { ...position, expected: position.expected + 1n });
      }
      before.clear();
      own.clear();
    },
    failed: () => {
      for (const [partition, position] of before) {
        positions.set(partition, position);
      }
      before.clear();
      own.clear();
    },
  };
};
