import { type Assessment, type Check, cannotTell, right, wrong, wrongLine } from '../assessment.ts';
import { javaPattern } from '../java-pattern.ts';
import type { Mm2Flow } from '../mm2-configuration.ts';
import type { ParsedReplicator } from '../replicator-configuration.ts';
import { knownValue, type Place } from '../setting.ts';
import { type Copying, mm2Selection, replicatorSelection } from '../topic-selection.ts';

/** How many topics a message names. */
const SHOWN = 10;

interface Fate {
  readonly topic: string;
  readonly byMm2: Copying;
  readonly byReplicator: Copying;
}

const namesOf = (topics: readonly string[]): string => {
  const shown = topics.slice(0, SHOWN).map((topic) => `"${topic}"`);
  const more = topics.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const patternOf = (topic: string): string => topic.replaceAll('.', '\\.');

/** The topic that a pattern matches and no other; undefined where it may match several. */
const onlyTopicOf = (pattern: string): string | undefined =>
  /^([\w-]|\\[.-])+$/.test(pattern) ? pattern.replaceAll('\\', '') : undefined;

const matches = (pattern: string, topic: string): boolean => {
  const compiled = javaPattern(pattern);
  return compiled.kind === 'pattern' && compiled.matches(topic);
};

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] => [
  ...Map.groupBy(items, keyOf).values(),
];

const keyOf = (place: Place | undefined): string => place?.key ?? '';

const extended = (list: readonly string[], topics: readonly string[]): string =>
  [...list, ...topics.map(patternOf)].join(', ');

const notCovered = (flow: Mm2Flow, fates: readonly Fate[]): readonly Assessment[] => {
  const left = fates.flatMap(({ topic, byMm2, byReplicator }) =>
    byReplicator.kind === 'copied' && byMm2.kind === 'not-copied' ? [{ topic, ...byMm2 }] : [],
  );
  return groupBy(left, ({ reason, place }) => `${reason} ${keyOf(place)}`).map((group) => {
    const topics = group.map(({ topic }) => topic);
    const { reason = '', place } = group[0] ?? {};
    const message = `Replicator copies ${namesOf(topics)}, MM2 will not: ${reason}`;
    if (place === undefined) {
      return wrong(
        'topic-never-copied',
        'blocks',
        message,
        'rename the topic on the source, or set replication.policy.class to a class of your own that takes it for no internal topic',
      );
    }
    const exclude = place.key === flow.topicsExclude.place.key;
    const remaining = exclude
      ? (knownValue(flow.topicsExclude) ?? []).filter((pattern) => !topics.some((topic) => matches(pattern, topic)))
      : [];
    return wrongLine(
      'topic-not-covered',
      'blocks',
      message,
      place,
      exclude ? remaining.join(', ') : extended(knownValue(flow.topics) ?? [], topics),
    );
  });
};

const added = (flow: Mm2Flow, fates: readonly Fate[]): readonly Assessment[] => {
  const topics = fates.flatMap(({ topic, byMm2, byReplicator }) =>
    byReplicator.kind === 'not-copied' && byMm2.kind === 'copied' ? [topic] : [],
  );
  return topics.length === 0
    ? []
    : [
        wrongLine(
          'topic-added',
          'warns',
          `MM2 will copy ${namesOf(topics)}, which this Replicator does not: from the first record on, also where something ` +
            'else has copied them',
          flow.topicsExclude.place,
          extended(knownValue(flow.topicsExclude) ?? [], topics),
        ),
      ];
};

const undecided = (fates: readonly Fate[]): readonly Assessment[] => {
  const open = fates.flatMap(({ topic, byMm2, byReplicator }) =>
    [byMm2, byReplicator].flatMap((copying) => (copying.kind === 'unknown' ? [{ topic, reason: copying.reason }] : [])),
  );
  return groupBy(open, ({ reason }) => reason).map((group) =>
    cannotTell(
      'topic-not-covered',
      `whether ${namesOf(group.map(({ topic }) => topic))} is copied: ${group[0]?.reason ?? ''}`,
      'make sure that MM2 copies the same topics as Replicator, or write the setting so that it can be read here',
    ),
  );
};

/** The topics that the files themselves name, where the source cannot be asked. */
const namedTopics = (flow: Mm2Flow, replicator: ParsedReplicator): readonly string[] => [
  ...new Set([
    // A comma at the end of a list leaves an item that is no name.
    ...(knownValue(replicator.topicWhitelist) ?? []).filter((name) => name !== ''),
    ...(knownValue(flow.topics) ?? []).flatMap((pattern) => onlyTopicOf(pattern) ?? []),
  ]),
];

/** Whether the files name every topic there can be, so that nothing is left to the source's topics. */
const nameEverything = (flow: Mm2Flow, replicator: ParsedReplicator): boolean =>
  knownValue(replicator.topicRegex) === '' &&
  (knownValue(flow.topics) ?? ['.*']).every((pattern) => onlyTopicOf(pattern) !== undefined);

const check = (
  flow: Mm2Flow,
  replicator: ParsedReplicator,
  sourceTopics?: readonly string[],
): readonly Assessment[] => {
  const [byMm2, byReplicator] = [mm2Selection(flow), replicatorSelection(replicator)];
  const topics = sourceTopics ?? namedTopics(flow, replicator);
  const fates = topics.map((topic) => ({ topic, byMm2: byMm2(topic), byReplicator: byReplicator(topic) }));
  const faults = [...notCovered(flow, fates), ...added(flow, fates), ...undecided(fates)];
  if (sourceTopics === undefined && !nameEverything(flow, replicator)) {
    faults.push(
      cannotTell(
        'topic-not-covered',
        "whether both copy the same topics: they are chosen by patterns, and the source's topics are not known here",
        'let the source be read, or compare topics and topics.exclude with topic.regex, topic.whitelist and topic.blacklist',
      ),
    );
  }
  return faults.length > 0
    ? faults
    : [right('topic-not-covered', 'MM2 copies exactly the topics that Replicator copies')];
};

/** MM2's topics against Replicator's, what either never copies included. */
export const checkTopics: Check = ({ mm2, replicator, sourceTopics }) =>
  mm2 && replicator ? check(mm2.flow, replicator, sourceTopics) : [];
