import { type JavaPattern, javaPattern } from './java-pattern.ts';
import { DEFAULT_TOPIC_FILTER, type Mm2Flow } from './mm2-configuration.ts';
import type { ParsedReplicator } from './replicator-configuration.ts';
import type { Place, Setting } from './setting.ts';

/** Whether a topic is copied, and which setting decides it; or why nobody can tell. */
export type Copying =
  | { readonly kind: 'copied' }
  /** `place` is the setting that leaves it out; without one nothing that is written can bring it in. */
  | { readonly kind: 'not-copied'; readonly reason: string; readonly place?: Place }
  | { readonly kind: 'unknown'; readonly reason: string; readonly place: Place };

/** Tells of every topic of the source whether it is copied. */
export type TopicSelection = (topic: string) => Copying;

/**
 * What MM2 never copies, whatever is configured (org.apache.kafka.connect.mirror.ReplicationPolicy#isInternalTopic).
 */
const isInternalToMm2 = (topic: string): boolean => /^(__|\.)|[-.]internal$/.test(topic);

/** Topics that Replicator never copies (Confluent's configuration reference, "Source Topics"). */
const NEVER_BY_REPLICATOR = new Set(['__consumer_offsets', '__transaction_state', '__consumer_timestamps']);

/** A list of patterns, joined as MirrorUtils#compilePatternList does; an empty list matches nothing. */
export const anyOf = (patterns: readonly string[]): JavaPattern =>
  patterns.length === 0 ? { kind: 'pattern', matches: () => false } : javaPattern(patterns.join('|'));

interface Selector {
  readonly pattern: JavaPattern;
  readonly place: Place;
  readonly shown: string;
}

const selectorOf = (setting: Setting<readonly string[]>): Selector => ({
  pattern: setting.kind === 'known' ? anyOf(setting.value) : { kind: 'unknown', reason: setting.reason },
  place: setting.place,
  shown: setting.kind === 'known' ? setting.value.join(', ') : '',
});

/**
 * With prefixes MM2 takes a topic that carries the target's for one that came from there
 * (MirrorSourceConnector#isCycle). With IdentityReplicationPolicy it cannot tell.
 */
const isCycle = ({ replicationPolicy, targetAlias }: Mm2Flow, topic: string): boolean =>
  replicationPolicy.kind === 'known' &&
  replicationPolicy.value.kind === 'prefix' &&
  targetAlias.kind === 'known' &&
  replicationPolicy.value.separator !== '' &&
  topic.split(replicationPolicy.value.separator).slice(0, -1).includes(targetAlias.value);

/** What MM2 copies: MirrorSourceConnector#shouldReplicateTopic and DefaultTopicFilter. */
export const mm2Selection = (flow: Mm2Flow): TopicSelection => {
  const { topicFilterClass } = flow;
  const topics = selectorOf(flow.topics);
  const excluded = selectorOf(flow.topicsExclude);
  return (topic) => {
    if (isInternalToMm2(topic)) {
      return { kind: 'not-copied', reason: 'MM2 takes it for an internal topic by its name, whatever is configured' };
    }
    if (isCycle(flow, topic)) {
      return { kind: 'not-copied', reason: "MM2 takes it for a copy of the target's, by the alias in its name" };
    }
    if (topicFilterClass.kind === 'unknown') {
      return topicFilterClass;
    }
    if (topicFilterClass.value !== DEFAULT_TOPIC_FILTER) {
      return {
        kind: 'unknown',
        reason: `the class ${topicFilterClass.value} decides, which only MM2 can run`,
        place: topicFilterClass.place,
      };
    }
    if (topics.pattern.kind !== 'pattern') {
      return { kind: 'unknown', reason: topics.pattern.reason, place: topics.place };
    }
    if (!topics.pattern.matches(topic)) {
      return { kind: 'not-copied', reason: `topics (${topics.shown}) does not match it`, place: topics.place };
    }
    if (excluded.pattern.kind !== 'pattern') {
      return { kind: 'unknown', reason: excluded.pattern.reason, place: excluded.place };
    }
    if (excluded.pattern.matches(topic)) {
      return { kind: 'not-copied', reason: `topics.exclude (${excluded.shown}) matches it`, place: excluded.place };
    }
    return { kind: 'copied' };
  };
};

/** What Replicator copies: the blacklist first, then what the whitelist names or the pattern matches. */
export const replicatorSelection = (replicator: ParsedReplicator): TopicSelection => {
  const { topicRegex, topicWhitelist, topicBlacklist } = replicator;
  const pattern = selectorOf(
    topicRegex.kind === 'known'
      ? { ...topicRegex, value: topicRegex.value === '' ? [] : [topicRegex.value] }
      : topicRegex,
  );
  return (topic) => {
    if (NEVER_BY_REPLICATOR.has(topic)) {
      return { kind: 'not-copied', reason: 'Replicator never copies it' };
    }
    if (topicBlacklist.kind === 'unknown') {
      return topicBlacklist;
    }
    if (topicBlacklist.value.includes(topic)) {
      return { kind: 'not-copied', reason: 'topic.blacklist names it', place: topicBlacklist.place };
    }
    if (topicWhitelist.kind === 'known' && topicWhitelist.value.includes(topic)) {
      return { kind: 'copied' };
    }
    if (topicWhitelist.kind === 'unknown') {
      return topicWhitelist;
    }
    if (pattern.pattern.kind !== 'pattern') {
      return { kind: 'unknown', reason: pattern.pattern.reason, place: pattern.place };
    }
    return pattern.pattern.matches(topic)
      ? { kind: 'copied' }
      : { kind: 'not-copied', reason: 'neither topic.whitelist nor topic.regex takes it', place: topicWhitelist.place };
  };
};
