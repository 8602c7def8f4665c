/*
 * What the codes of findings mean, for the legend. `docs/verify.md` has the same codes with what to do; on a page each
 * finding says that itself.
 */

/** By code. */
export const meanings: Readonly<Record<string, string>> = {
  // Of a partition.
  behind: "the sync has not written Replicator's newest offset yet",
  missing: 'MM2 finds no offset, and would copy everything again',
  uncovered: 'neither Replicator nor MM2 has an offset, and the source partition is not empty',
  stale: "the copies reach further than Replicator's offset: it was killed, or has not flushed yet",
  ahead: "MM2's offset lies after what was copied: MM2 would skip records",
  'out-of-range': "MM2's offset is not in the source's log, and MM2 begins with the earliest record",
  'taken-over': "MM2 or a person wrote MM2's offset, and the sync leaves it alone",
  'ignored-value': 'MM2 takes the stored value for no offset, and would copy everything again',
  'fatal-value': "MM2's task dies of the stored value",
  'unreachable-key': "a key that looks like this partition's and that MM2 never finds",
  'ambiguous-key': 'an offset that stands in two partitions of an offsets topic, or under two keys',
  gap: 'source records before the true next offset have no copy in the target',
  unproven: 'the records do not tell the true next offset',
  // Of a flow and its topics.
  'offsets-topic-missing': "MM2's offsets topic does not exist yet, or may not be seen",
  'cleanup-policy': "MM2's offsets topic is not compacted, and MM2 refuses to start",
  'partition-count': "MM2's offsets topic has another number of partitions than 25",
  replication: "MM2's offsets topic has one replica",
  'replicator-offsets-topic-missing': "Replicator's offsets topic is not on the target cluster, or may not be seen",
  'replicator-cleanup-policy': "Replicator's offsets topic is not compacted: offsets of idle partitions expire",
  'connector-unknown': "the flow's Replicator connector has no offsets",
  'connector-uncovered': 'a connector with offsets that no flow covers',
  undelivered: 'the event source has still records to deliver',
  lag: "the event source's group has committed nothing, or may not be seen",
  flush: 'when Replicator stored its offsets last',
  'flush-old': 'Replicator stored its offsets last more than ten minutes ago',
  'left-out': 'a topic that stands in the offsets, and that the source does not have or MM2 never copies',
  'source-unknown': "MM2's configuration names the source, and it cannot be connected with",
  // Of the configurations.
  'mm2-of-no-flow': 'the file is not of an MM2 that takes over a flow',
  'replicator-of-no-flow': 'the file is not of a Replicator that a flow names',
  'flow-not-checked': 'the files describe another flow',
  'mm2-disabled': 'the direction is switched off: MM2 copies nothing',
  'wrong-alias': "MM2's alias of the source is not the flow's: no offset is found",
  'wrong-connector-name': "MM2's connector has another name than the flow's: no offset is found",
  'wrong-offsets-topic': "MM2 reads another offsets topic than the flow's",
  'wrong-replicator-connector': 'the flow reads the offsets of another connector than this Replicator',
  'wrong-replicator-offsets-topic': "the sync translates another offsets topic than this Replicator's",
  'topics-refused': 'a pattern of topics that MM2 cannot read',
  'topic-not-covered': 'MM2 does not copy a topic that Replicator copies',
  'topic-never-copied': 'MM2 takes the topic for an internal one, whatever is configured',
  'topic-added': 'MM2 copies a topic that Replicator does not, from its first record on',
  'topic-names': 'MM2 names target topics in another way than Replicator, and goes on in other topics',
  'mm2-re-encodes': 'a converter of MM2 changes the bytes',
  'replicator-re-encodes': 'a converter of Replicator changes the bytes: copies cannot be compared',
  'transforms-differ': 'Replicator and MM2 have different transforms',
  'auto-offset-reset': 'MM2 does not begin a partition without an offset at its earliest record',
  'offset-start-consumer': "Replicator goes on from the source's consumer group",
  'no-group-offsets': "Replicator's progress does not stand in a consumer group besides",
  'partitions-not-preserved': 'Replicator places records anew: nothing can be proven',
  cycle: 'MM2 copies both ways with unchanged names: records go round forever',
  'provenance-filter': 'Replicator marks its copies and skips what came from the target; MM2 does neither',
  'isolation-differs': 'only one of Replicator and MM2 copies records of aborted transactions',
  'fewer-tasks': 'MM2 has fewer tasks than Replicator, and may not keep up',
  'timestamps-differ': 'topics that Replicator created stamp their copies themselves',
  'replication-factor': 'topics that MM2 creates get few replicas',
  'acl-sync': 'MM2 copies rights to the target every 10 minutes, which Replicator does not',
  'config-sync': "only one of Replicator and MM2 keeps the topics' configuration equal to the source's",
  'group-offsets-not-synced': 'MM2 does not move consumer groups on the target',
  'setting-ignored': 'a setting that does nothing where it stands',
};

const UNKNOWN = '-unknown';

/** What a code means, in half a sentence; a code that ends in `-unknown` is of what could not be told. */
export const meaningOf = (code: string): string | undefined => {
  if (Object.hasOwn(meanings, code)) {
    return meanings[code];
  }
  const known = code.endsWith(UNKNOWN) ? code.slice(0, -UNKNOWN.length) : undefined;
  return known !== undefined && Object.hasOwn(meanings, known)
    ? `it could not be told whether this is so: ${meanings[known]}`
    : undefined;
};
