import type { UnusableKeys } from '../offsets/last-records.ts';
import type { Translation } from '../offsets/translate.ts';

/** Keys by MM2 offsets topic. */
export type KeysByTopic = ReadonlyMap<string, ReadonlySet<string>>;

/** What became of the translations of a batch. */
export interface WriteOutcome {
  /** They stand, acknowledged by all in-sync replicas and committed, in MM2's offsets topics. */
  readonly written: readonly Translation[];
  /** They stood there before, or something later does. */
  readonly repeated: readonly Translation[];
  /** Somebody else wrote their keys, before or while they were sent. */
  readonly takenOver: readonly Translation[];
  /** Written although their offset was not higher: Replicator's offsets topic was created anew. */
  readonly recreated: readonly Translation[];
  /** Not written although their offset was higher: they come from a topic that was deleted, or a clock is wrong. */
  readonly stale: readonly Translation[];
  /** Their key also came from another partition of Replicator's offsets topic: only clocks decided. */
  readonly ambiguous: readonly Translation[];
  /** Another deployment of the sync wrote a later offset for their keys while they were sent. */
  readonly contested: readonly Translation[];
  /** Written to another partition of MM2's offsets topic besides, where their key stood: partitions were added. */
  readonly repartitioned: readonly Translation[];
  /** Keys of the flows, by topic, that stand in MM2's offsets topic with a value that MM2 would not resume from. */
  readonly unusable: ReadonlyMap<string, UnusableKeys>;
  /** Keys that stood in MM2's offsets topics when this process last looked, and stand there no more. */
  readonly missing: KeysByTopic;
}
