/**
 * A flow: one Replicator connector, and the MM2 connector that takes over from it. Where MM2 keeps its offsets follows
 * from how it runs.
 */
export interface Flow {
  /** The flow's name in logs and metrics. */
  readonly name: string;
  /** The Replicator connector's name, the first element of its offsets' keys. */
  readonly replicatorConnector: string;
  /** MM2's alias of the source cluster. */
  readonly sourceAlias: string;
  /** The MM2 connector's name, the first element of its offsets' keys. */
  readonly mm2Connector: string;
  /** MM2's offsets topic. */
  readonly offsetsTopic: string;
  /** What a tombstone in Replicator's offsets topic does: nothing, or it removes MM2's offset, too. */
  readonly tombstones: 'ignore' | 'propagate';
  /**
   * Milliseconds since the epoch. Somebody else's records in MM2's offsets topic that are older than this count as
   * absent: they are left from an earlier, given up attempt with MM2.
   */
  readonly overwriteBefore?: number;
}
