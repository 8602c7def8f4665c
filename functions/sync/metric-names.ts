/**
 * The CloudWatch metrics, in namespace {@link METRIC_NAMESPACE}, each with the dimension `service` (the deployment's
 * `name`) over all flows, and once more for each flow with the dimension `flow` beside it. Counts are of records.
 */
export const METRIC = {
  /** Records with a valid offset that was the newest of its key in the batch. */
  translated: 'Translated',
  /** Records that a newer valid one of the same key in the batch made irrelevant; not even read. */
  superseded: 'Superseded',
  /** Records of other connectors on the same Connect cluster. They belong to no flow. */
  foreign: 'Foreign',
  /** Records without a value: Replicator's offset was reset. */
  tombstones: 'Tombstones',
  /** Records that are no Connect offset; those that name no flow's connector belong to no flow. */
  malformed: 'Malformed',
  /** Records that stand acknowledged in MM2's offsets topic. */
  written: 'Written',
  /** Records not written because MM2's offsets topic has them already, or has something later. */
  repeated: 'Repeated',
  /** Records not written because somebody else wrote their key: MM2 at work, or a person. */
  takenOver: 'TakenOver',
  /** Records whose key came from two partitions of Replicator's offsets topic, so that only clocks decided. */
  ambiguous: 'AmbiguousOrder',
  /** Keys that stand in MM2's offsets topic with a value that MM2 takes for no offset. Belongs to no flow. */
  ignored: 'IgnoredValues',
  /** Keys that stand in MM2's offsets topic with a value on which MM2's task would fail. Belongs to no flow. */
  fatal: 'FatalValues',
  /** Keys that stood in MM2's offsets topic and are gone: it was created anew or emptied. Belongs to no flow. */
  missing: 'Missing',
  /**
   * Invocations that gave way to a newer instance of the function: its transaction fenced this one's. They fail, so that
   * the event source repeats the batch, and are no sign of trouble. Belongs to no flow.
   */
  fenced: 'Fenced',
  /** Milliseconds from the moment Replicator flushed the newest offset written until MM2's topic had it. */
  newestRecordAge: 'NewestRecordAge',
} as const;

/** The CloudWatch namespace of every metric here. */
export const METRIC_NAMESPACE = 'mm2-migration';
