import { type DecodedValue, decodeKey, decodeValue, type SourcePartition } from '../offsets/replicator-record.ts';
import { replicatorKey } from './replicator-key.ts';

/** A record of an offsets topic, as far as it is looked at here. */
export interface OffsetsRecord {
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** How its transaction ended. @default 'committed' */
  readonly outcome?: 'committed' | 'aborted' | 'open';
}

/** What Replicator's offsets topic says of one source partition. */
export interface ReplicatorOffset {
  readonly source: SourcePartition;
  /** The stored offset + 1; `undefined` where a tombstone has reset it. */
  readonly next: bigint | undefined;
  /** When it was flushed, in milliseconds since the epoch. */
  readonly flushedAt: number;
  /** Where the record stands in Replicator's offsets topic. */
  readonly stands: { readonly partition: number; readonly offset: bigint };
  /** Why there is more than one answer: keys of two forms, or one key in two partitions of the topic. */
  readonly ambiguity: string | undefined;
  /**
   * Where it stands more than once: the stored offset + 1 under the key of Replicator's own form, which alone it reads and
   * writes; absent where no such key holds one.
   */
  readonly ownNext?: bigint;
}

/**
 * The offset up to which Replicator itself has copied: what stands under another form of its key (Connect's REST
 * interface writes one) nobody has acknowledged.
 */
export const acknowledgedNext = ({ next, ownNext }: ReplicatorOffset): bigint | undefined => ownNext ?? next;

/** Why Replicator's offset is not certain, where keys of several forms say different things; else `undefined`. */
export const disagreementOf = ({ ambiguity, next, ownNext }: ReplicatorOffset): string | undefined =>
  ambiguity === undefined || ownNext === next ? undefined : ambiguity;

/** A key under which something stands for a source partition, in one partition of Replicator's offsets topic. */
export interface ReplicatorKey {
  readonly key: string;
  readonly partition: number;
  /** The stored offset + 1 of the last record; `undefined` for a tombstone, and for what is no offset. */
  readonly next: bigint | undefined;
  /** Whether the last record is a tombstone: it stands no more. */
  readonly isTombstone: boolean;
  /** Whether a record of an aborted or open transaction follows, which a reader of uncommitted records takes for the last. */
  readonly isDisturbed?: boolean;
}

/** What Replicator's offsets topic says of one connector. */
export interface ConnectorProgress {
  /** Every key of the connector, by `<partition> <topic>`. */
  readonly keys: ReadonlyMap<string, readonly ReplicatorKey[]>;
  /** By `<partition> <topic>`. */
  readonly offsets: ReadonlyMap<string, ReplicatorOffset>;
  /** The last time the connector flushed, in milliseconds since the epoch. */
  readonly lastFlush: number | undefined;
  /** How many of its keys hold no readable offset. */
  readonly malformed: number;
}

/** Follows Replicator's offsets topic. */
export interface ReplicatorProgress {
  /** Takes a record in, in the order of its partition. */
  read(record: OffsetsRecord): void;
  of(connector: string): ConnectorProgress;
  /** The other connectors that have offsets in the topic. */
  others(): readonly string[];
}

/** The name of a source partition in maps. */
export const partitionName = ({ topic, partition }: SourcePartition): string => `${partition} ${topic}`;

/** A key in one partition of the offsets topic, and its last valid record there. */
interface Cell {
  readonly connector: string;
  readonly source: SourcePartition;
  readonly keyText: string;
  readonly partition: number;
  next: bigint | undefined;
  offset: bigint;
  at: number;
  settled: boolean;
  malformed: boolean;
  /** What its last record is. */
  last: DecodedValue;
  /** Whether a record follows that does not count, for its transaction was aborted or is still open. */
  disturbed: boolean;
}

/** Whether the key has the form in which Replicator writes and reads it. */
const isOwn = ({ connector, source, keyText }: Cell): boolean => keyText === replicatorKey(connector, source);

/** A key of another form that was removed says nothing any more, whether the flow propagates tombstones or not. */
const isRemoved = (cell: Cell): boolean => cell.last.kind === 'tombstone' && !isOwn(cell);

const ambiguityOf = (settled: readonly Cell[]): string | undefined => {
  const cells = settled.filter((cell) => !isRemoved(cell));
  const forms = [...new Set(cells.map(({ keyText }) => keyText))];
  if (forms.length > 1) {
    return `it stands under ${forms.length} keys: ${forms.join(' and ')}`;
  }
  const partitions = cells.map(({ partition }) => partition).sort((a, b) => a - b);
  return partitions.length > 1 ? `its key stands in the partitions ${partitions.join(' and ')}` : undefined;
};

/** The record that counts: in a partition of the topic the last one, whatever the form of its key; else the newest. */
const lastOf = (cells: readonly Cell[]): Cell => {
  const last = new Map<number, Cell>();
  for (const cell of cells) {
    const other = last.get(cell.partition);
    last.set(cell.partition, other && other.offset > cell.offset ? other : cell);
  }
  return [...last.values()].reduce((a, b) => ((b.at - a.at || b.partition - a.partition) > 0 ? b : a));
};

/**
 * Collects what Replicator's offsets topic says, by the rules of the sync (`translate.ts`): in each partition of the
 * topic the last valid record of a source partition counts (one of a transaction that was aborted, or is open, does not), a tombstone only where the flow propagates it, and of
 * several partitions the newest record.
 *
 * @param connectors The Replicator connectors of the flows, and whether a tombstone of theirs counts.
 */
export const createReplicatorProgress = (
  connectors: ReadonlyMap<string, 'ignore' | 'propagate'>,
): ReplicatorProgress => {
  const known = new Set(connectors.keys());
  const others = new Set<string>();
  const cells = new Map<string, Cell>();
  /** Keys that are nobody's here, so that each is decoded once. */
  const foreign = new Set<string>();
  const lastFlush = new Map<string, number>();

  const cellOf = ({ partition, key }: OffsetsRecord): Cell | undefined => {
    const keyText = key?.toString('latin1') ?? '';
    const name = `${partition} ${keyText}`;
    const cell = cells.get(name);
    if (cell || foreign.has(keyText)) {
      return cell;
    }
    const decoded = decodeKey(key, known);
    if (decoded.kind === 'foreign') {
      others.add(decoded.connector);
    }
    if (decoded.kind !== 'ours') {
      foreign.add(keyText);
      return undefined;
    }
    const { connector, source } = decoded;
    const created: Cell = {
      connector,
      source,
      keyText: key?.toString() ?? '',
      partition,
      next: undefined,
      offset: 0n,
      at: 0,
      settled: false,
      malformed: false,
      last: { kind: 'tombstone' } as const,
      disturbed: false,
    };
    cells.set(name, created);
    return created;
  };

  return {
    read: (record) => {
      const cell = cellOf(record);
      if (cell === undefined) {
        return;
      }
      cell.disturbed = record.outcome === 'aborted' || record.outcome === 'open';
      if (cell.disturbed) {
        return;
      }
      lastFlush.set(cell.connector, Math.max(lastFlush.get(cell.connector) ?? 0, record.timestamp));
      const value = decodeValue(record.value);
      cell.last = value;
      cell.malformed = value.kind === 'malformed';
      if (value.kind === 'offset' || (value.kind === 'tombstone' && connectors.get(cell.connector) === 'propagate')) {
        cell.next = value.kind === 'offset' ? value.offset + 1n : undefined;
        cell.offset = record.offset;
        cell.at = record.timestamp;
        cell.settled = true;
      }
    },
    of: (connector) => {
      const ofConnector = [...cells.values()].filter((cell) => cell.connector === connector);
      const settled = ofConnector.filter((cell) => cell.settled);
      const offsets = new Map<string, ReplicatorOffset>();
      for (const [name, ofPartition] of Map.groupBy(settled, ({ source }) => partitionName(source))) {
        const newest = lastOf(ofPartition);
        const own = ofPartition.filter(isOwn);
        const ownNext = own.length === 0 ? undefined : lastOf(own).next;
        offsets.set(name, {
          source: newest.source,
          next: newest.next,
          flushedAt: newest.at,
          stands: { partition: newest.partition, offset: newest.offset },
          ambiguity: ambiguityOf(ofPartition),
          ...(ofPartition.length > 1 && ownNext !== undefined && { ownNext }),
        });
      }
      const keyOf = ({ keyText, partition, last, disturbed }: Cell): ReplicatorKey => ({
        key: keyText,
        partition,
        next: last.kind === 'offset' ? last.offset + 1n : undefined,
        isTombstone: last.kind === 'tombstone',
        ...(disturbed && { isDisturbed: true }),
      });
      const keys = Map.groupBy(ofConnector, ({ source }) => partitionName(source));
      return {
        keys: new Map([...keys].map(([name, ofPartition]) => [name, ofPartition.map(keyOf)])),
        offsets,
        lastFlush: lastFlush.get(connector),
        malformed: ofConnector.filter((cell) => cell.malformed).length,
      };
    },
    others: () => [...others].sort(),
  };
};
