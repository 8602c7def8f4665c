/**
 * A flow: one Replicator connector, and the MM2 connector that takes over from it. Where that one keeps its offsets
 * depends on how MM2 runs (`functions/configuration/presets.ts`).
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
  /** What a tombstone in Replicator's offsets topic does: nothing, or it removes MM2's offset as well. */
  readonly tombstones: 'ignore' | 'propagate';
  /**
   * Milliseconds since the epoch. Records of somebody else in MM2's offsets topic that are older than this are treated
   * as if they were not there: they remain from an earlier attempt with MM2 that was given up.
   */
  readonly overwriteBefore?: number;
}
