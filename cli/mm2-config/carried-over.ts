import { settingsOfTransforms } from '../../functions/readiness/configurations/checks/transforms.ts';
import type { ParsedReplicator } from '../../functions/readiness/configurations/replicator-configuration.ts';
import type { Mm2Setting } from './mm2-setting.ts';
import { isSecretName, isSecretValue, isWholeReference, type SecretPlace } from './secret-references.ts';
import { required } from './topic-lists.ts';

/** Settings of a Kafka consumer that shape how it reads, and nothing that is read. */
const CONSUMER_SETTINGS = new Set([
  'fetch.min.bytes',
  'fetch.max.bytes',
  'fetch.max.wait.ms',
  'max.partition.fetch.bytes',
  'max.poll.records',
  'receive.buffer.bytes',
  'send.buffer.bytes',
  'request.timeout.ms',
  'connections.max.idle.ms',
  'reconnect.backoff.ms',
  'reconnect.backoff.max.ms',
  'retry.backoff.ms',
  'metadata.max.age.ms',
  'check.crcs',
]);

const SOURCE_CONSUMER = 'src.consumer.';

/** How Replicator's consumer reads, as MM2's consumer of the source has it. */
const consumerSettings = ({ settings }: ParsedReplicator): readonly Mm2Setting[] =>
  [...settings.settings].flatMap(([key, { value }]) => {
    const name = key.startsWith(SOURCE_CONSUMER) ? key.slice(SOURCE_CONSUMER.length) : '';
    // These are numbers and booleans all.
    const isUsable = CONSUMER_SETTINGS.has(name) && /^(-?\d{1,15}|true|false)$/i.test(value.trim());
    return isUsable
      ? [{ reach: 'source-consumer', name, value: value.trim(), reason: `Replicator's ${key}` } as const]
      : [];
  });

/** What a class of anybody's may call a secret; Kafka's own transforms and predicates have no such setting. */
const SECRET_OF_TRANSFORM = /auth|bearer|basic|key|pwd|signature|certificate/i;

/** A setting's own name follows the transform's or the predicate's, which may be any word: `transforms.NAME.setting`. */
const mayBeSecret = (names: readonly string[], name: string, value: string): boolean => {
  const prefix = names.find((one) => name.startsWith(`${one}.`)) ?? '';
  const own = name.slice(prefix.length);
  return isSecretName(name) || SECRET_OF_TRANSFORM.test(own) || isSecretValue(value);
};

/** Replicator's single message transforms, without which MM2 would copy something else. */
const transforms = ({ settings, transforms: names }: ParsedReplicator, place: SecretPlace): readonly Mm2Setting[] => {
  const list = required(names);
  if (list.length === 0) {
    return [];
  }
  const own = (name: string, value: string, reason: string): Mm2Setting => ({
    reach: 'source-connector',
    name,
    value,
    reason,
  });
  const predicates = required(settings.list('predicates', ''));
  const prefixes = [...list.map((one) => `transforms.${one}`), ...predicates.map((one) => `predicates.${one}`)]
    // Of "a" and "a.b" the longer one, whose setting it is.
    .toSorted((a, b) => b.length - a.length);
  return [
    own(
      'transforms',
      list.join(','),
      "Replicator's, in the same order: without them MM2 copies other records. Their classes must be on MM2's plugin path",
    ),
    ...(predicates.length > 0 ? [own('predicates', predicates.join(','), "Replicator's predicates")] : []),
    ...settingsOfTransforms(list, settings).map(([name, value]) =>
      mayBeSecret(prefixes, name, value) && !isWholeReference(value)
        ? own(
            name,
            place.referenceTo('source', name),
            `the value of Replicator's ${name}, which may be secret: ${place.adviceOn('source', name)}`,
          )
        : own(name, value, `Replicator's ${name}`),
    ),
  ];
};

/** What MM2 knows by the same meaning, and takes over as it is. */
export const carriedOver = (replicator: ParsedReplicator, place: SecretPlace): readonly Mm2Setting[] => [
  ...consumerSettings(replicator),
  ...transforms(replicator, place),
];

interface LeftOut {
  readonly names: RegExp;
  readonly note: (names: string) => string;
}

/** What Replicator has and MM2 has not, and what to do instead. */
const LEFT_OUT: readonly LeftOut[] = [
  {
    names: /^(schema\.(registry|subject|topic)|src\.schema|dest\.schema)/,
    note: (names) =>
      `${names}: Replicator copies schemas between registries and rewrites their ids; MM2 copies the bytes, ids included. Have ` +
      'both sides use one registry, or one whose ids are kept (Schema Linking, an exporter), before MM2 starts',
  },
  {
    names: /^offset\.(timestamps|translator)|^(fetch\.offset|timestamps)\./,
    note: (names) =>
      `${names}: Replicator translates the offsets of consumers that have its timestamp interceptor; MM2 does it by its own ` +
      'checkpoints, and for a group only once it has passed the cutover on the source. What Replicator translated stays',
  },
  {
    names: /^topic\.(auto\.create|create\.backoff)/,
    note: (names) =>
      `${names}: MM2 always creates target topics that are missing; where it must not, do not give its user the right to`,
  },
  {
    names: /^(producer|consumer|admin)\.override\./,
    note: (names) => `${names}: an override of Replicator's Connect workers. Give MM2's own what it still needs of it`,
  },
  {
    names: /^(src|dest)\.zookeeper\.|^confluent\.|^cluster\.(id|threads)$/,
    note: (names) => `${names}: of Replicator's own, or of its license. MM2 needs nothing in its place`,
  },
];

/** The names, not the values: a value may be a secret. Names are of a file as well, so only those that Kafka could have. */
const namesIn = ({ settings }: ParsedReplicator, pattern: RegExp): readonly string[] =>
  [...settings.settings.keys()].filter((name) => pattern.test(name) && /^[a-z][a-z\d.]{0,60}$/.test(name));

/** What Replicator does by its settings and MM2 cannot, with what to do instead. */
export const leftOut = (replicator: ParsedReplicator): readonly string[] =>
  LEFT_OUT.flatMap(({ names, note }) => {
    const found = namesIn(replicator, names);
    return found.length === 0 ? [] : [note(found.join(', '))];
  });
