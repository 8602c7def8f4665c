import { KafkaError } from '../errors.ts';
import { createPartitioner } from '../kafka/partitioner.ts';
import type { LogRecord, PartitionOffsets, TopicExtent, TopicLog } from '../kafka/topic-log.ts';
import type { Flow } from '../offsets/flow.ts';
import { createLastRecords, type LastRecords } from '../offsets/last-records.ts';

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
  appended(partition: number, baseOffset: bigint, count: number): Promise<readonly string[]>;
  /** The transaction in which records were appended was committed: its marker ends the partitions. */
  committed(): void;
  /** The transaction failed: whatever was appended is read like anybody's. */
  failed(): void;
}

/** How far a partition is known. */
interface Position {
  /** The offset of the first record that was neither read nor written here. */
  readonly unread: bigint;
  /** The offset of the first record whose transaction was still open: from there on it has to be read again. */
  readonly undecided: bigint | undefined;
  /** Where the partition ends unless somebody else writes. */
  readonly expected: bigint;
}

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

  /** @returns the keys of the flows that were read */
  const read = async (from: PartitionOffsets, to: PartitionOffsets): Promise<readonly string[]> => {
    const keys: string[] = [];
    const open = new Map<number, bigint>();
    await log.read(name, from, to, (record: LogRecord) => {
      if (!lastRecords.follows(record) || own.get(record.partition)?.has(record.offset)) {
        return;
      }
      lastRecords.read(record);
      keys.push(record.key?.toString() ?? '');
      if (record.outcome === 'open' && !open.has(record.partition)) {
        open.set(record.partition, record.offset);
      }
    });
    for (const [partition, end] of to) {
      positions.set(partition, { unread: end, undecided: open.get(partition), expected: end });
    }
    return keys;
  };

  const { id, starts, ends } = await log.extent(name);
  await read(starts, ends);
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
      const grown = new Map([...now.ends].filter(([partition, end]) => end > positionOf(partition).expected));
      await read(new Map([...grown.keys()].map((partition) => [partition, startOf(positionOf(partition))])), grown);
    },
    appended: async (partition, baseOffset, count) => {
      const position = positionOf(partition);
      if (!before.has(partition)) {
        before.set(partition, position);
      }
      if (baseOffset < position.expected) {
        throw changed(`Partition ${partition} of "${name}" has lost records from offset ${baseOffset} on`);
      }
      const keys =
        baseOffset > position.expected
          ? await read(new Map([[partition, startOf(position)]]), new Map([[partition, baseOffset]]))
          : [];
      if (baseOffset > position.expected && (await log.id(name)) !== id) {
        throw changed(`"${name}" was deleted and created anew`);
      }
      const offsets = own.get(partition) ?? new Set();
      own.set(partition, offsets);
      for (let index = 0; index < count; index += 1) {
        offsets.add(baseOffset + BigInt(index));
      }
      const end = baseOffset + BigInt(count);
      positions.set(partition, { ...positionOf(partition), unread: end, expected: end });
      return keys;
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
