/** A consumer group, as far as it can be seen without joining it. */
export type GroupState =
  | { readonly kind: 'members'; readonly group: string; readonly members: number }
  /** It exists, and nobody is in it. */
  | { readonly kind: 'empty'; readonly group: string }
  /** The cluster knows no such group. */
  | { readonly kind: 'absent'; readonly group: string }
  /** It may not be seen, or nobody said which one it is. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What tells whether anything was written between two looks: each mark changes with every record, and never back. */
export interface Marks {
  /** Of the flows' Replicator connectors in their offsets topic. */
  readonly replicator: string;
  /** Of the topics that are copied to. */
  readonly target: string;
  /** Of the keys of the flows in MM2's offsets topics. */
  readonly mm2: string;
  /** Of the source topics: which they are, and the partitions whose beginning has passed the record MM2 has to go on at. */
  readonly source: string;
}

/** What one look at the clusters has shown. */
export interface Look {
  /** Milliseconds by a clock that never goes back. */
  readonly at: number;
  readonly marks: Marks;
  /** The source partitions whose offset MM2 or a person wrote. */
  readonly takenOver: readonly string[];
  /** Where MM2 would go on by what stands there; by names that tell flows apart. */
  readonly ownNext: ReadonlyMap<string, bigint | undefined>;
  /** The source partitions for which MM2 does not have what Replicator has stored: the sync still has to write it. */
  readonly behind: readonly string[];
  /** How many records of Replicator's offsets topic the event source has still to deliver; `undefined` where nobody knows. */
  readonly undelivered: bigint | undefined;
  /**
   * Whether every flow's Replicator connector has had committed records left to copy for some time. Where it is so, and
   * nothing is copied or flushed for longer than a flush interval, no Replicator runs; where not, an idle one looks the same.
   */
  readonly hasUncopied: boolean;
  /** On the source. */
  readonly replicatorGroup: GroupState;
  /** On the target: the event source's. */
  readonly eventGroup: GroupState;
  /** The event source mapping, as AWS has it (`State`); nothing where nobody named one. */
  readonly mapping?: { readonly uuid: string; readonly state: string } | undefined;
}
