import { BYTE_ARRAY_CONVERTER } from '../../functions/readiness/configurations/mm2-configuration.ts';
import type { ParsedReplicator } from '../../functions/readiness/configurations/replicator-configuration.ts';
import { knownValue } from '../../functions/readiness/configurations/setting.ts';
import type { Form } from './form.ts';
import type { Mm2Setting, Reach } from './mm2-setting.ts';
import { topicLists } from './topic-lists.ts';

const setting = (reach: Reach, name: string, value: string, reason: string): Mm2Setting => ({
  reach,
  name,
  value,
  reason,
});

const seconds = (milliseconds: number): string => String(Math.max(1, Math.ceil(milliseconds / 1_000)));

/** Replicator's defaults (Confluent's configuration reference), which are MM2's intervals where it has none. */
const INTERVAL_MS = 120_000;
/** What Kafka's integers hold. */
const MOST = 2_147_483_647;

/** A positive number of Replicator's; its default where the file does not tell it. */
const positive = ({ settings }: ParsedReplicator, name: string, byDefault: number): number => {
  const value = knownValue(settings.number(name, byDefault)) ?? byDefault;
  return value > 0 && value <= MOST ? value : byDefault;
};

const topics = (replicator: ParsedReplicator): readonly Mm2Setting[] => {
  const { topics: included, exclude } = topicLists(replicator);
  return [
    setting(
      'source-connector',
      'topics',
      included,
      "the topics that Replicator copies, as patterns: each of topic.whitelist, and topic.regex. MM2's default is all of them",
    ),
    setting(
      'source-connector',
      'topics.exclude',
      exclude,
      `${exclude === '' ? 'nothing' : "Replicator's topic.blacklist"}: by default MM2 leaves out topics by their names, and not ` +
        'the same ones in every version',
    ),
    setting(
      'source-connector',
      'heartbeats.replication.enabled',
      'false',
      'else MM2 copies every topic "heartbeats" as well, whatever the lists say; Kafka 3.9 does not know it, and always does',
    ),
  ];
};

const reading = (replicator: ParsedReplicator): readonly Mm2Setting[] => {
  const isolation = knownValue(replicator.isolationLevel);
  return [
    setting(
      'source-consumer',
      'auto.offset.reset',
      'earliest',
      'where MM2 begins a partition without an offset: with "latest" it would skip the first records of each new topic',
    ),
    ...(isolation === 'read_committed'
      ? [
          setting(
            'source-consumer',
            'isolation.level',
            isolation,
            'as Replicator: records of aborted transactions are left out',
          ),
        ]
      : []),
  ];
};

const BYTES_REASON = "a connector inherits its workers' converters, and only this one copies byte for byte";

const converters = (form: Form): readonly Mm2Setting[] =>
  // Dedicated and in Strimzi MM2 has them by default (MirrorMakerConfig#workerConfig).
  form === 'dedicated' || form === 'strimzi'
    ? []
    : ['key', 'value', 'header'].map((role) =>
        setting('source-connector', `${role}.converter`, BYTE_ARRAY_CONVERTER, BYTES_REASON),
      );

/** Of every topic that MM2 and its workers keep for themselves. */
const DEFAULT_FACTOR = '3';

const others = (factor: string, form: Form): readonly Mm2Setting[] => {
  const own = (reach: Reach, name: string) =>
    setting(reach, name, factor, `of a topic of MM2's own, as replication.factor; the default is ${DEFAULT_FACTOR}`);
  const isWhole = form === 'dedicated' || form === 'strimzi';
  return [
    own('source-connector', 'offset-syncs.topic.replication.factor'),
    ...(isWhole ? [own('checkpoint-connector', 'checkpoints.topic.replication.factor')] : []),
    ...(form === 'dedicated' ? [own('process', 'heartbeats.topic.replication.factor')] : []),
    ...(isWhole
      ? ['config', 'offset', 'status'].map((topic) => own('workers', `${topic}.storage.replication.factor`))
      : []),
  ];
};

const replicationFactors = (
  replicator: ParsedReplicator,
  form: Form,
  given: number | undefined,
): readonly Mm2Setting[] => {
  const ofReplicator = knownValue(replicator.settings.number('dest.topic.replication.factor', 0)) ?? 0;
  const factor = String(given ?? (ofReplicator >= 3 && ofReplicator <= 32_767 ? ofReplicator : DEFAULT_FACTOR));
  return [
    setting(
      'source-connector',
      'replication.factor',
      factor,
      given !== undefined
        ? 'of target topics that MM2 creates: --replication-factor'
        : ofReplicator >= 3
          ? "of target topics that MM2 creates: Replicator's dest.topic.replication.factor"
          : "of target topics that MM2 creates; its default is 2, and Replicator's the source topic's own",
    ),
    ...(factor === DEFAULT_FACTOR ? [] : others(factor, form)),
  ];
};

const synchronising = (replicator: ParsedReplicator): readonly Mm2Setting[] => {
  const copiesConfigs = knownValue(replicator.topicConfigSync) ?? true;
  const poll = positive(replicator, 'topic.poll.interval.ms', INTERVAL_MS);
  const configs = positive(replicator, 'topic.config.sync.interval.ms', INTERVAL_MS);
  return [
    setting(
      'source-connector',
      'refresh.topics.interval.seconds',
      seconds(poll),
      "how often MM2 looks for new topics and partitions: Replicator's topic.poll.interval.ms; MM2's default is 10 minutes",
    ),
    setting(
      'source-connector',
      'sync.topic.acls.enabled',
      'false',
      "by default MM2 adds the source's rights on each topic to the target every 10 minutes, which Replicator does not",
    ),
    setting(
      'source-connector',
      'sync.topic.configs.enabled',
      String(copiesConfigs),
      copiesConfigs
        ? "as Replicator's topic.config.sync: what is changed on a target topic alone is undone"
        : "as Replicator's topic.config.sync: the target topics keep a configuration of their own",
    ),
    ...(copiesConfigs
      ? [
          setting(
            'source-connector',
            'sync.topic.configs.interval.seconds',
            seconds(configs),
            "Replicator's topic.config.sync.interval.ms",
          ),
        ]
      : []),
    setting(
      'connectors',
      'offset-syncs.topic.location',
      'target',
      'where MM2 notes which offset became which: by default in the source, into which Replicator writes no records',
    ),
  ];
};

const besides = (form: Form, hasTransforms: boolean): readonly Mm2Setting[] => {
  if (form === 'connect' || form === 'msk-connect') {
    return [];
  }
  return [
    setting(
      'checkpoint-connector',
      'sync.group.offsets.enabled',
      'false',
      "MM2's default: the target's consumer groups stay where they are. Set it to true once somebody has looked at them; a " +
        'group gets nothing before it has passed the cutover on the source',
    ),
    ...(form === 'dedicated'
      ? [
          setting(
            'process',
            'emit.heartbeats.enabled',
            'false',
            'else MM2 starts a second worker for the way back, and writes heartbeats into a cluster that Replicator only read',
          ),
          ...(hasTransforms
            ? [
                setting(
                  'process',
                  'emit.checkpoints.enabled',
                  'false',
                  'a dedicated MM2 gives all of its connectors the same transforms, and they would change its checkpoints',
                ),
              ]
            : []),
        ]
      : []),
  ];
};

/** What MM2 copies and how, as Replicator does; cautious where Replicator says nothing. */
export const copying = (
  replicator: ParsedReplicator,
  form: Form,
  replicationFactor: number | undefined,
): readonly Mm2Setting[] => {
  const tasks = positive(replicator, 'tasks.max', 1);
  return [
    ...topics(replicator),
    ...reading(replicator),
    ...converters(form),
    setting('source-connector', 'tasks.max', String(tasks), 'as many as Replicator has'),
    ...replicationFactors(replicator, form, replicationFactor),
    ...synchronising(replicator),
    ...besides(form, (knownValue(replicator.transforms) ?? []).length > 0),
  ];
};
