/** A record of the source partition, as the proof sees it. */
export interface SourceEntry {
  readonly offset: bigint;
  /** The fingerprint of what its copy shares (`contentOf`). */
  readonly content: string;
  /** False for what the copier may have left out on purpose: aborted records, and those that came from a cycle. */
  readonly expected: boolean;
}

/** One side of a comparison: a range of a partition that was read completely. */
export interface ComparedLog<Entry> {
  /** The offset of the log's first record. */
  readonly start: bigint;
  /** From here on the log was read … */
  readonly from: bigint;
  /** … up to here, its end at the time. */
  readonly end: bigint;
  /** Whether records may be missing in the middle (`cleanup.policy` has `compact`, or is not known). */
  readonly compacted: boolean;
  /** In the log's order. */
  readonly entries: readonly Entry[];
}

/** What a proof is made of. */
export interface ProofInput {
  /** Replicator's stored offset + 1: everything before was copied. */
  readonly replicatorNext: bigint;
  /** MM2's stored offset + 1, where it has one: MM2 may have begun there. */
  readonly mm2Next?: bigint | undefined;
  readonly source: ComparedLog<SourceEntry>;
  /** The fingerprints of the target partition's records; those that no source entry has may be left out. */
  readonly target: ComparedLog<string>;
}
