import { KafkaError } from '../errors.ts';
import type { PartitionOffsets, TopicLog } from '../kafka/topic-log.ts';
import { createPartitioner } from '../kafka/transaction.ts';
import type { Flow } from '../offsets/flow.ts';
import { createLastRecords, type LastRecords } from '../offsets/last-records.ts';

/** An MM2 offsets topic as it stands: read to its end once, and from then on followed. */
export interface FollowedTopic {
  readonly name: string;
  readonly lastRecords: LastRecords;
  partitionOf(key: string): number;
  /**
   * Reads what others wrote since, which one look at the topic's ends tells.
   *
   * @throws KafkaError when the topic was created anew or has lost records
   */
  catchUp(): Promise<void>;
  /**
   * Takes note of records of our own, and reads what others had appended before them since the last look.
   *
   * @returns the keys of what was read, each as often as it was read
   * @throws KafkaError when the topic has lost records
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

  const positionOf = (partition: number): Position => {
    const position = positions.get(partition);
    if (position === undefined) {
      throw new KafkaError(`Partition ${partition} of "${name}" is new; the topic is read again`);
    }
    return position;
  };

  /** @returns the keys of the flows that were read */
  const read = async (from: PartitionOffsets, to: PartitionOffsets): Promise<readonly string[]> => {
    const keys: string[] = [];
    const open = new Map<number, bigint>();
    await log.read(name, from, to, (record) => {
      if (!lastRecords.follows(record)) {
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

  const [starts, ends] = await Promise.all([log.starts(name), log.ends(name)]);
  await read(starts, ends);

  return {
    name,
    lastRecords,
    partitionOf: createPartitioner(ends.size),
    catchUp: async () => {
      const now = await log.ends(name);
      if (now.size !== positions.size) {
        throw new KafkaError(`"${name}" has ${now.size} partitions now instead of ${positions.size}; it is read again`);
      }
      const grown = new Map<number, bigint>();
      for (const [partition, end] of now) {
        const { unread, expected } = positionOf(partition);
        if (end < unread) {
          throw new KafkaError(
            `Partition ${partition} of "${name}" ends at offset ${end}, but ${unread} had been reached: the topic was ` +
              'created anew or has lost records; it is read again from the start',
          );
        }
        if (end > expected) {
          grown.set(partition, end);
        }
      }
      await read(new Map([...grown.keys()].map((partition) => [partition, startOf(positionOf(partition))])), grown);
    },
    appended: async (partition, baseOffset, count) => {
      const position = positionOf(partition);
      if (!before.has(partition)) {
        before.set(partition, position);
      }
      if (baseOffset < position.expected) {
        throw new KafkaError(`Partition ${partition} of "${name}" has lost records from offset ${baseOffset} on`);
      }
      const keys =
        baseOffset > position.expected
          ? await read(new Map([[partition, startOf(position)]]), new Map([[partition, baseOffset]]))
          : [];
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
    },
    failed: () => {
      for (const [partition, position] of before) {
        positions.set(partition, position);
      }
      before.clear();
    },
  };
};
