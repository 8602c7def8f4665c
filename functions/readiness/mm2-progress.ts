import { isJsonObject, parseConnectJson } from '../offsets/connect-json.ts';
import type { Flow } from '../offsets/flow.ts';
import { mm2Key, mm2KeyPrefix } from '../offsets/mm2-record.ts';
import { type Headers, provenanceOf } from '../offsets/provenance.ts';
import type { SourcePartition } from '../offsets/replicator-record.ts';
import { classifyValue, type StoredValue } from '../offsets/stored-value.ts';
import { type OffsetsRecord, partitionName } from './replicator-progress.ts';

/** A record of MM2's offsets topic. */
export interface Mm2OffsetsRecord extends OffsetsRecord {
  readonly headers: Headers;
  readonly outcome: 'committed' | 'aborted' | 'open';
}

/** What MM2's offsets topic says of one source partition, as MM2 reads it. */
export interface Mm2Offset {
  readonly stored: StoredValue;
  /** Whether the sync wrote it, or MM2 or a person did. */
  readonly by: 'the-sync' | 'somebody-else';
  /** Why MM2 may see something else than this. */
  readonly ambiguity: string | undefined;
}

/** A key that seems to mean a source partition, and that MM2 never finds. */
export interface UnreachableKey {
  readonly source: SourcePartition;
  readonly key: string;
  readonly reason: string;
  /** Whether it names the flow's own connector and cluster, and is only written in another form. */
  readonly sameNames: boolean;
}

/** Follows one of MM2's offsets topics. */
export interface Mm2Progress {
  /** Takes a record in, in the order of its partition. */
  read(record: Mm2OffsetsRecord): void;
  of(flow: Flow, source: SourcePartition): Mm2Offset | undefined;
  /** The source partitions that have something stored for a flow. */
  partitionsOf(flow: Flow): readonly SourcePartition[];
  /** The event sources from which the sync has written, of those that read this Replicator's offsets topic. */
  eventSources(replicatorOffsetsTopic: string): ReadonlySet<string>;
  /**
   * The keys with a value that a flow's MM2 never finds, by {@link partitionName}.
   *
   * @param others The flows whose own keys are none of them.
   */
  unreachable(flow: Flow, others: readonly Flow[]): ReadonlyMap<string, readonly UnreachableKey[]>;
}

interface Last {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** The last record of a key in one partition, for either kind of reader. */
interface Cell {
  /** What a reader of committed records sees: an MM2 with exactly-once. */
  committed: Last | undefined;
  /** What any other MM2 sees. */
  last: Last;
  open: boolean;
}

const isEqual = (a: Buffer | null | undefined, b: Buffer | null | undefined): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? a.equals(b) : (a ?? null) === (b ?? null);

const ambiguityOf = (cells: readonly Cell[]): string | undefined => {
  if (cells.length === 1 && cells[0]?.committed === cells[0]?.last) {
    return undefined;
  }
  const [first] = cells;
  const differs = cells.some(({ last }) => !isEqual(last.value, first?.last.value));
  if (differs) {
    const partitions = cells.map(({ last }) => last.partition).sort((a, b) => a - b);
    return `its key has different values in the partitions ${partitions.join(' and ')}, and MM2 reads them in no defined order`;
  }
  if (cells.some(({ open }) => open)) {
    return 'its last record belongs to a transaction that is still open';
  }
  if (cells.some(({ committed, last }) => !isEqual(committed?.value, last.value))) {
    return 'its last record belongs to a transaction that was aborted, which an MM2 with exactly-once does not see and any other does';
  }
  return undefined;
};

/** What a key means that some MM2 connector, or a person, has written. */
interface Meaning {
  readonly connector: string;
  readonly cluster: string;
  readonly source: SourcePartition;
}

/** What MM2 and the sync write nearly always: it need not go through a parser. */
const PLAIN_KEY = /^\["([\w.> -]+)",\{"cluster":"([\w.> -]+)","partition":(0|[1-9]\d{0,8}),"topic":"([\w.-]+)"\}\]$/;

const meaningOf = (key: Buffer, text: string): Meaning | undefined => {
  const [, plainConnector, plainCluster, plainPartition, plainTopic] = PLAIN_KEY.exec(text) ?? [];
  if (plainConnector !== undefined && plainCluster !== undefined && plainTopic !== undefined) {
    const source = { topic: plainTopic, partition: Number(plainPartition) };
    return { connector: plainConnector, cluster: plainCluster, source };
  }
  try {
    const json = parseConnectJson(key);
    const [connector, fields] = Array.isArray(json) && json.length === 2 ? json : [];
    if (typeof connector !== 'string' || !isJsonObject(fields)) {
      return undefined;
    }
    const { cluster, topic, partition } = fields;
    const isMm2s = typeof cluster === 'string' && typeof topic === 'string' && typeof partition === 'bigint';
    return isMm2s ? { connector, cluster, source: { topic, partition: Number(partition) } } : undefined;
  } catch {
    return undefined;
  }
};

/** Collects what stands in one of MM2's offsets topics, as MM2 reads it: every partition, whoever wrote it. */
export const createMm2Progress = (): Mm2Progress => {
  const keys = new Map<
    string,
    { readonly key: Buffer; readonly meaning: Meaning | undefined; readonly cells: Map<number, Cell> }
  >();

  const lastOf = (cells: ReadonlyMap<number, Cell>): Last | undefined =>
    [...cells.values()].map(({ last }) => last).reduce((a, b) => (b.timestamp > a.timestamp ? b : a));

  const meanings = () =>
    [...keys.values()].flatMap(({ key, meaning, cells }) =>
      meaning && lastOf(cells)?.value ? [{ ...meaning, key: key.toString() }] : [],
    );

  return {
    read: ({ partition, offset, timestamp, key, value, headers, outcome }) => {
      if (key === null) {
        return;
      }
      // Bytes count: a key that is not UTF-8 must not become another one.
      const name = key.toString('latin1');
      const entry = keys.get(name) ?? { key, meaning: meaningOf(key, name), cells: new Map<number, Cell>() };
      keys.set(name, entry);
      const last: Last = { partition, offset, timestamp, value, headers };
      entry.cells.set(partition, {
        committed: outcome === 'committed' ? last : entry.cells.get(partition)?.committed,
        last,
        open: outcome === 'open',
      });
    },
    of: (flow, source) => {
      const key = mm2Key({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias, ...source });
      const entry = keys.get(Buffer.from(key).toString('latin1'));
      const last = entry && lastOf(entry.cells);
      if (entry === undefined || last === undefined) {
        return undefined;
      }
      const provenance = provenanceOf(last.headers).kind;
      const ours = provenance === 'ours' || provenance === 'handed-back';
      return {
        stored: classifyValue(last.value),
        by: ours ? 'the-sync' : 'somebody-else',
        ambiguity: ambiguityOf([...entry.cells.values()]),
      };
    },
    partitionsOf: (flow) => {
      const prefix = mm2KeyPrefix({ connector: flow.mm2Connector, sourceAlias: flow.sourceAlias });
      return meanings().flatMap(({ key, source }) => (key.startsWith(prefix) ? [source] : []));
    },
    eventSources: (replicatorOffsetsTopic) =>
      new Set(
        [...keys.values()].flatMap(({ cells }) =>
          [...cells.values()].flatMap(({ committed }) => {
            const provenance = committed && provenanceOf(committed.headers);
            return provenance?.kind === 'ours' && provenance.place.topic === replicatorOffsetsTopic
              ? [provenance.place.eventSource]
              : [];
          }),
        ),
      ),
    unreachable: (flow, others) => {
      const isKeyOf = (key: string, source: SourcePartition) => (one: Flow) =>
        key === mm2Key({ connector: one.mm2Connector, sourceAlias: one.sourceAlias, ...source });
      const found = meanings().flatMap(({ connector, cluster, source, key }): readonly UnreachableKey[] => {
        if ([flow, ...others].some(isKeyOf(key, source))) {
          return [];
        }
        if (connector !== flow.mm2Connector) {
          return [{ source, key, reason: `it names the connector "${connector}"`, sameNames: false }];
        }
        if (cluster !== flow.sourceAlias) {
          return [{ source, key, reason: `it names the cluster "${cluster}"`, sameNames: false }];
        }
        return [{ source, key, reason: 'its JSON has another order, spacing or escaping', sameNames: true }];
      });
      return Map.groupBy(found, ({ source }) => partitionName(source));
    },
  };
};
