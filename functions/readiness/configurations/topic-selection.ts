import { type JavaPattern, javaPattern } from './java-pattern.ts';
import {
  DEFAULT_TOPIC_FILTER,
  type Mm2Flow,
  TOPICS_EXCLUDE_DEFAULT,
  TOPICS_EXCLUDE_DEFAULT_3,
} from './mm2-configuration.ts';
import type { ParsedReplicator } from './replicator-configuration.ts';
import { knownValue, mapSetting, type Place, type Setting, type SettingReader, splitList } from './setting.ts';

/** Whether a topic is copied, and which setting decides it; or why nobody can tell. */
export type Copying =
  | { readonly kind: 'copied' }
  /** `place` is the setting that leaves it out; without one nothing that is written can bring it in. */
  | { readonly kind: 'not-copied'; readonly reason: string; readonly place?: Place }
  | { readonly kind: 'unknown'; readonly reason: string; readonly place: Place };

/** Tells of every topic of the source whether it is copied. */
export type TopicSelection = (topic: string) => Copying;

/** What differs between the versions of MM2. A file seldom says which one runs it. */
interface Mm2Version {
  readonly name: string;
  /** What `topics.exclude` is unless set (DefaultTopicFilter). */
  readonly topicsExclude: readonly string[];
  /** What is never copied, whatever is configured (ReplicationPolicy#isInternalTopic). */
  isInternal(topic: string, separator: string): boolean;
}

const KAFKA_3: Mm2Version = {
  name: 'Kafka 3.9',
  topicsExclude: splitList(TOPICS_EXCLUDE_DEFAULT_3),
  isInternal: (topic, separator) => /^(__|\.)|[-.]internal$/.test(topic) || topic.endsWith(`${separator}internal`),
};

/** Held against the classes of 4.3.1: names that only end like an internal topic's are copied. */
const KAFKA_4: Mm2Version = {
  name: 'Kafka 4.3',
  topicsExclude: splitList(TOPICS_EXCLUDE_DEFAULT),
  isInternal: (topic, separator) =>
    /^(__|\.)/.test(topic) ||
    (topic.startsWith('mm2') && topic.endsWith(`${separator}internal`)) ||
    topic.endsWith(`${separator}checkpoints${separator}internal`),
};

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

/** MM2's own heartbeats, which it copies beside what it is told to (MirrorSourceConnector#shouldReplicateTopic). */
const isHeartbeats = ({ replicationPolicy, connector }: Mm2Flow, topic: string): boolean => {
  const policy = knownValue(replicationPolicy);
  const separator = separatorOf(connector);
  return (
    knownValue(connector.flag('heartbeats.replication.enabled', true)) === true &&
    policy?.kind !== 'custom' &&
    (topic === 'heartbeats' || (separator !== '' && topic.endsWith(`${separator}heartbeats`)))
  );
};

const separatorOf = (connector: SettingReader): string =>
  knownValue(connector.text('replication.policy.separator', '.')) ?? '.';

const internalSeparatorOf = (connector: SettingReader): string =>
  knownValue(connector.flag('replication.policy.internal.topic.separator.enabled', true)) === false
    ? '.'
    : separatorOf(connector);

const selectionIn = (flow: Mm2Flow, version: Mm2Version): TopicSelection => {
  const { topicFilterClass, connector } = flow;
  const topics = selectorOf(flow.topics);
  const excluded = selectorOf(
    connector.settings.has('topics.exclude')
      ? flow.topicsExclude
      : mapSetting(flow.topicsExclude, () => version.topicsExclude),
  );
  const separator = internalSeparatorOf(connector);
  return (topic) => {
    if (version.isInternal(topic, separator)) {
      return { kind: 'not-copied', reason: 'MM2 takes it for an internal topic by its name, whatever is configured' };
    }
    if (isCycle(flow, topic)) {
      return { kind: 'not-copied', reason: "MM2 takes it for a copy of the target's, by the alias in its name" };
    }
    if (isHeartbeats(flow, topic)) {
      return { kind: 'copied' };
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
    return excluded.pattern.matches(topic)
      ? { kind: 'not-copied', reason: `topics.exclude (${excluded.shown}) matches it`, place: excluded.place }
      : { kind: 'copied' };
  };
};

/**
 * What MM2 copies: MirrorSourceConnector#shouldReplicateTopic and DefaultTopicFilter. Where the versions of MM2 differ,
 * the answer is that nobody can tell from the file.
 */
export const mm2Selection = (flow: Mm2Flow): TopicSelection => {
  const [older, newer] = [selectionIn(flow, KAFKA_3), selectionIn(flow, KAFKA_4)];
  return (topic) => {
    const [byOlder, byNewer] = [older(topic), newer(topic)];
    return byOlder.kind === byNewer.kind
      ? byNewer
      : {
          kind: 'unknown',
          reason: `an MM2 of ${KAFKA_3.name} leaves it out by its name, one of ${KAFKA_4.name} copies it`,
          place: flow.topicsExclude.place,
        };
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
