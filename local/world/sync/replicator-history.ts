/** Something that a Connect worker, or a mishap, put into Replicator's offsets topic. */
export type Entry =
  | {
      readonly kind: 'offset';
      readonly connector: string;
      readonly source: Source;
      readonly offset: bigint;
      readonly form: KeyForm;
    }
  | { readonly kind: 'tombstone'; readonly connector: string; readonly source: Source; readonly form: KeyForm }
  /** Anything else: malformed, or another connector's. It must change nothing. */
  | { readonly kind: 'noise'; readonly key: string | null; readonly value: string | null };

/** A partition of a source topic. */
export interface Source {
  readonly topic: string;
  readonly partition: number;
}

/** As Replicator writes a key, as old workers do, or as Connect's REST interface does. */
export type KeyForm = 'plain' | 'envelope' | 'rest';

/** An entry, and where it stands in Replicator's offsets topic. */
export interface Placed {
  readonly entry: Entry;
  readonly key: string | null;
  readonly value: string | null;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: bigint;
  /** How often the topic had been deleted and created anew when the entry was flushed. */
  readonly generation: number;
}

const sourceJson = ({ topic, partition }: Source, form: KeyForm): string =>
  form === 'rest' ? JSON.stringify({ partition, topic }) : JSON.stringify({ topic, partition });

/** The key and the value that an entry has in the topic. */
export const bytesOf = (entry: Entry): { readonly key: string | null; readonly value: string | null } => {
  if (entry.kind === 'noise') {
    return entry;
  }
  const plain = `[${JSON.stringify(entry.connector)},${sourceJson(entry.source, entry.form)}]`;
  const key = entry.form === 'envelope' ? `{"schema":null,"payload":${plain}}` : plain;
  return { key, value: entry.kind === 'tombstone' ? null : `{"offset":${entry.offset}}` };
};

/** Whether a record counts as later than another one of the same source partition. */
export const isLater = (a: Placed, b: Placed): boolean => {
  if (a.generation !== b.generation) {
    return a.generation > b.generation;
  }
  if (a.partition === b.partition) {
    // What was proven when a record was the last one has its place, and is stamped right after it.
    return a.offset === b.offset ? a.timestamp > b.timestamp : a.offset > b.offset;
  }
  // Two partitions have no order: the newer timestamp wins, of equal ones the higher partition.
  return a.timestamp === b.timestamp ? a.partition > b.partition : a.timestamp > b.timestamp;
};
