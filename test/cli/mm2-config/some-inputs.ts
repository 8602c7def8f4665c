import fc from 'fast-check';
import type { PlanInput } from '../../../cli/mm2-config/plan.ts';
import { aFlow } from '../../functions/a-flow.ts';
import { aReplicator, type SomeSettings } from '../../functions/readiness/configurations/a-configuration.ts';

const WORDS = [
  'orders',
  'payments.eu',
  'a',
  'heartbeats',
  'x.heartbeats',
  'backup.orders',
  'primary.orders',
  'a.replica',
];
/** Names that MM2 never copies, or not in every version. */
const INTERNAL = [
  '__users',
  '.hidden',
  'a-internal',
  'mm2-offset-syncs.backup.internal',
  'a.checkpoints.internal',
  '__consumer_offsets',
];

/** A name that a topic can have. */
export const topicName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.constantFrom(...INTERNAL) },
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/).filter((name) => !/^\.{1,2}$/.test(name)) },
);

const pattern = fc.constantFrom(
  '.*',
  'orders|payments.*',
  '[a-z]{1,3}',
  '(ab){2,}c',
  '(?i)ORDERS.*',
  'x[,.]y{0,2}?',
  '\\Qa.b',
  '\\p{Lower}{2,4}',
);

/** What can stand in a list and is no topic's name. */
const noName = fc.constantFrom('', 'a b', 'größe', 'a{2}', '(b', 'x+', '$', '[c', '\\Q');

const topics = fc
  .uniqueArray(fc.oneof({ weight: 9, arbitrary: topicName }, { weight: 1, arbitrary: noName }), { maxLength: 4 })
  .map((names) => names.join(' , '));

const someFormats = (alias: string) =>
  fc.constantFrom(
    `\${topic}`,
    `${alias}.\${topic}`,
    `${alias}_of-\${topic}`,
    `${alias}\${topic}`,
    `x-\${topic}`,
    `\${topic}.copy`,
    'all',
  );

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const flag = fc.constantFrom('true', 'false', 'TRUE', 'maybe', `\${file:/f:flag}`);
const number = fc.oneof(
  fc.integer({ min: -5, max: 1_000_000 }).map(String),
  fc.constantFrom('many', `\${env:N}`, '99999999999999'),
);

const settingsFor = (alias: string): fc.Arbitrary<SomeSettings> =>
  fc
    .record({
      name: optional(fc.constant('replicator')),
      'topic.whitelist': optional(topics),
      'topic.regex': optional(pattern),
      'topic.blacklist': optional(topics),
      'topic.rename.format': optional(someFormats(alias)),
      'topic.preserve.partitions': optional(flag),
      'topic.config.sync': optional(flag),
      'topic.auto.create': optional(flag),
      'topic.poll.interval.ms': optional(number),
      'topic.config.sync.interval.ms': optional(number),
      'topic.timestamp.type': optional(fc.constantFrom('CreateTime', 'LogAppendTime')),
      'dest.topic.replication.factor': optional(number),
      'provenance.header.enable': optional(flag),
      'offset.start': optional(fc.constantFrom('connect', 'consumer', 'CONSUMER')),
      'offset.topic.commit': optional(flag),
      'offset.timestamps.commit': optional(flag),
      'src.value.converter': optional(fc.constantFrom('io.confluent.connect.avro.AvroConverter')),
      'value.converter': optional(fc.constantFrom('io.confluent.connect.json.JsonSchemaConverter')),
      'src.consumer.isolation.level': optional(fc.constantFrom('read_committed', 'read_uncommitted')),
      'src.consumer.auto.offset.reset': optional(fc.constantFrom('latest', 'none')),
      'src.consumer.max.poll.records': optional(number),
      'tasks.max': optional(number),
      'src.kafka.bootstrap.servers': optional(fc.constantFrom('a:1', 'b:2, c:3', 'SASL_SSL://d:4', 'none', '')),
      'src.kafka.security.protocol': optional(fc.constantFrom('PLAINTEXT', 'SSL', 'SASL_SSL')),
      'src.kafka.sasl.mechanism': optional(fc.constantFrom('PLAIN', 'SCRAM-SHA-256', 'AWS_MSK_IAM', 'GSSAPI')),
      'src.kafka.sasl.jaas.config': optional(
        fc.constantFrom('a.B required;', 'software.amazon.msk.auth.iam.IAMLoginModule required;'),
      ),
      'src.kafka.ssl.keystore.location': optional(fc.constant('/k.jks')),
      'src.kafka.ssl.truststore.location': optional(fc.constant('/t.jks')),
      'schema.registry.topic': optional(fc.constant('_schemas')),
      transforms: optional(fc.constantFrom('', 'mask', 'mask,more')),
      'transforms.mask.type': optional(fc.constant('org.apache.kafka.connect.transforms.MaskField$Value')),
      'transforms.mask.password': optional(fc.constantFrom('hunter2!', `\${file:/f:p}`)),
      predicates: optional(fc.constantFrom('', 'p')),
      'predicates.p.pattern': optional(fc.string({ unit: 'binary' })),
    })
    // One that copies nothing is refused.
    .map((settings) =>
      settings['topic.whitelist'] || settings['topic.regex'] ? settings : { ...settings, 'topic.whitelist': 'orders' },
    );

const alias = fc.oneof(fc.constantFrom('primary', 'eu-1', 'a.b'), fc.stringMatching(/^[\w-]{1,8}$/));
const targetAlias = fc.constantFrom('target', 'b', 'backup.eu');
const offsetsTopic = fc.stringMatching(/^[a-z][\w.-]{0,9}$/);

const formOfFlow = (sourceAlias: string) =>
  fc.oneof(
    offsetsTopic.chain((topic) =>
      targetAlias.map((target) => ({
        form: 'dedicated' as const,
        targetAlias: target,
        flow: aFlow({ sourceAlias, offsetsTopic: topic }),
      })),
    ),
    targetAlias.map((target) => ({
      form: 'dedicated' as const,
      targetAlias: target,
      flow: aFlow({ sourceAlias, offsetsTopic: `mm2-offsets.${sourceAlias}.internal` }),
    })),
    offsetsTopic.chain((topic) =>
      targetAlias.map((target) => ({
        form: 'strimzi' as const,
        targetAlias: target,
        flow: aFlow({
          sourceAlias,
          mm2Connector: `${sourceAlias}->${target}.MirrorSourceConnector`,
          offsetsTopic: topic,
        }),
      })),
    ),
    fc
      .record({
        form: fc.constantFrom('connect' as const, 'msk-connect' as const),
        targetAlias,
        topic: offsetsTopic,
        mm2Connector: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((name) => name.trim() !== ''),
      })
      .map(({ form, targetAlias: target, topic, mm2Connector }) => ({
        form,
        targetAlias: target,
        flow: aFlow({ sourceAlias, mm2Connector, offsetsTopic: topic }),
      })),
  );

const known = fc.record({
  brokers: fc.constantFrom(undefined, ['k-1:9096', 'k-2:9096']),
  authentication: fc.constantFrom(undefined, 'none' as const, 'scram' as const, 'iam' as const, 'mtls' as const),
});

/** Replicator's configurations with flows that fit a form: what can be written. */
export const someInputs: fc.Arbitrary<PlanInput> = alias
  .chain((sourceAlias) =>
    fc.record({
      fitting: formOfFlow(sourceAlias),
      settings: settingsFor(sourceAlias),
      source: known,
      target: known,
      replicationFactor: fc.constantFrom(undefined, -1, 1, 3),
    }),
  )
  .filter(({ fitting }) => fitting.targetAlias !== fitting.flow.sourceAlias)
  .map(({ fitting, settings, ...rest }) => ({ ...fitting, ...rest, replicator: aReplicator(settings) }));
