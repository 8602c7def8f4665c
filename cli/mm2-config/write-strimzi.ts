import { Document, Scalar, YAMLMap } from 'yaml';
import { printable } from '../../functions/printable.ts';
import { type Mm2Setting, reaching, valueIn } from './mm2-setting.ts';
import type { Mm2Plan } from './plan.ts';
import { escapeUnit, isAscii } from './write-properties.ts';

/** A field of the resource: a text, a number, a boolean, fields of its own, or a list of such. */
type Field = string | number | boolean | readonly Fields[] | Fields;
interface Fields {
  readonly [key: string]: Field | Reasoned;
}

/** A field with the reason that stands above it. */
class Reasoned {
  readonly field: Field;
  readonly reason: string;

  constructor(field: Field, reason: string) {
    this.field = field;
    this.reason = reason;
  }
}

const because = (field: Field, reason: string): Reasoned => new Reasoned(field, reason);

/** Fields of the resource that hold a setting, so that it does not stand in `config`. */
const OWN_FIELDS = new Set(['topics', 'topics.exclude', 'tasks.max']);

/** Prefixes that the operator refuses under `config`, and what it takes of them all the same. */
const ALLOWED_TLS = new Set([
  'ssl.endpoint.identification.algorithm',
  'ssl.cipher.suites',
  'ssl.protocol',
  'ssl.enabled.protocols',
]);

const configOf = (settings: readonly Mm2Setting[]): Fields =>
  Object.fromEntries(
    settings
      .filter(({ name }) => !OWN_FIELDS.has(name))
      .map(({ reach, name, value, reason }) => [
        reach === 'source-consumer' ? `source.consumer.${name}` : name,
        because(value, reason),
      ]),
  );

const TYPES: Readonly<Record<string, string>> = {
  PLAIN: 'plain',
  'SCRAM-SHA-256': 'scram-sha-256',
  'SCRAM-SHA-512': 'scram-sha-512',
};

const authenticationOf = (cluster: 'source' | 'target', clients: readonly Mm2Setting[]): Fields => {
  const protocol = valueIn(clients, 'security.protocol') ?? 'PLAINTEXT';
  const secretName = `mm2-${cluster}`;
  if (protocol.startsWith('SASL')) {
    const mechanism = valueIn(clients, 'sasl.mechanism') ?? 'GSSAPI';
    const type = TYPES[mechanism];
    if (type !== undefined) {
      return {
        authentication: because(
          {
            type,
            username: because(
              `write-the-${cluster}-user-here`,
              "the user name of Replicator's sasl.jaas.config, or of MM2's own user",
            ),
            passwordSecret: because(
              { secretName, password: 'password' },
              `put the password into the Kubernetes secret "${secretName}", under "password"`,
            ),
          },
          `as Replicator: ${mechanism}`,
        ),
      };
    }
    return {
      authentication: because(
        {
          type: 'custom',
          sasl: true,
          config: Object.fromEntries(
            clients
              .filter(({ name, value }) => name.startsWith('sasl.') && !value.includes(`\${file:`))
              .map(({ name, value, reason }) => [name, because(value, reason)]),
          ),
        },
        `as Replicator: ${mechanism}. What is secret of it has to be added by a reference (config.providers under spec.target.config)`,
      ),
    };
  }
  const hasKey = clients.some(({ name }) => name.startsWith('ssl.keystore.'));
  return hasKey
    ? {
        authentication: because(
          { type: 'tls', certificateAndKey: { secretName, certificate: 'tls.crt', key: 'tls.key' } },
          `as Replicator, with a client certificate: put it and its key as PEM into the Kubernetes secret "${secretName}"`,
        ),
      }
    : {};
};

const tlsOf = (cluster: 'source' | 'target', clients: readonly Mm2Setting[]): Fields => {
  if (!/SSL$/.test(valueIn(clients, 'security.protocol') ?? '')) {
    return {};
  }
  const secretName = `mm2-${cluster}-ca`;
  return clients.some(({ name }) => name.startsWith('ssl.truststore.'))
    ? {
        tls: because(
          { trustedCertificates: [{ secretName, pattern: '*.crt' }] },
          `as Replicator's truststore: put its certificates as PEM into the Kubernetes secret "${secretName}"`,
        ),
      }
    : { tls: because({ trustedCertificates: [] }, 'encrypted, with the authorities that Java knows') };
};

const clusterOf = (cluster: 'source' | 'target', clients: readonly Mm2Setting[]): Fields => {
  const brokers = clients.find(({ name }) => name === 'bootstrap.servers');
  return {
    ...(brokers && { bootstrapServers: because(brokers.value, brokers.reason) }),
    ...tlsOf(cluster, clients),
    ...authenticationOf(cluster, clients),
  };
};

const fieldOf = (settings: readonly Mm2Setting[], name: string, field: string): Fields => {
  const setting = settings.find((one) => one.name === name);
  return setting
    ? { [field]: because(name === 'tasks.max' ? Number(setting.value) : setting.value, setting.reason) }
    : {};
};

const tlsConfig = (clients: readonly Mm2Setting[]): readonly Mm2Setting[] =>
  clients.filter(({ name }) => ALLOWED_TLS.has(name));

const isEmpty = (fields: Fields): boolean => Object.keys(fields).length === 0;

const resourceOf = ({ flow, targetAlias, settings }: Mm2Plan): Fields => {
  const [source, target] = [reaching(settings, 'source-clients'), reaching(settings, 'target-clients')];
  const sourceConnector = reaching(settings, 'source-connector', 'connectors', 'source-consumer');
  const targetConfig = configOf([...tlsConfig(target), ...reaching(settings, 'workers')]);
  const sourceConfig = configOf(tlsConfig(source));
  return {
    apiVersion: because('kafka.strimzi.io/v1', 'of Strimzi 0.49 and newer'),
    kind: 'KafkaMirrorMaker2',
    metadata: { name: 'mirrormaker2' },
    spec: {
      replicas: 1,
      target: {
        alias: because(
          targetAlias,
          "the target's alias, which is in the connector's name and so in the keys of MM2's offsets",
        ),
        ...clusterOf('target', target),
        groupId: because(
          'mirrormaker2-cluster',
          "the Connect workers' group and topics, by the names that Strimzi always had",
        ),
        configStorageTopic: 'mirrormaker2-cluster-configs',
        offsetStorageTopic: because(
          flow.offsetsTopic,
          "the flow's mm2.offsetsTopic, in which the sync writes MM2's offsets",
        ),
        statusStorageTopic: 'mirrormaker2-cluster-status',
        ...(isEmpty(targetConfig) ? {} : { config: targetConfig }),
      },
      mirrors: [
        {
          source: {
            alias: because(flow.sourceAlias, "the flow's sourceAlias, which is in the keys of MM2's offsets"),
            ...clusterOf('source', source),
            ...(isEmpty(sourceConfig) ? {} : { config: sourceConfig }),
          },
          ...fieldOf(settings, 'topics', 'topicsPattern'),
          ...fieldOf(settings, 'topics.exclude', 'topicsExcludePattern'),
          sourceConnector: { ...fieldOf(settings, 'tasks.max', 'tasksMax'), config: configOf(sourceConnector) },
          checkpointConnector: because(
            { config: configOf(reaching(settings, 'connectors', 'checkpoint-connector')) },
            'notes how far consumer groups are; it needs the same names and the same place',
          ),
        },
      ],
    },
  };
};

const isReasoned = (field: Field | Reasoned): field is Reasoned => field instanceof Reasoned;

const isList = (field: Field): field is readonly Fields[] => Array.isArray(field);

const nodeOf = (field: Field): unknown => {
  if (isList(field)) {
    return field.map(mapOf);
  }
  if (typeof field === 'object') {
    return mapOf(field);
  }
  const scalar = new Scalar(field);
  if (typeof field === 'string' && !isAscii(field)) {
    // In quotes it can be escaped.
    scalar.type = 'QUOTE_DOUBLE';
  }
  return scalar;
};

const mapOf = (fields: Fields): YAMLMap => {
  const map = new YAMLMap();
  for (const [key, field] of Object.entries(fields)) {
    const node = new Scalar(key);
    if (isReasoned(field)) {
      node.commentBefore = ` ${printable(field.reason)}`;
    }
    map.set(node, nodeOf(isReasoned(field) ? field.field : field));
  }
  return map;
};

/** Writes a KafkaMirrorMaker2 resource of the API version v1. */
export const writeStrimzi = (plan: Mm2Plan): string => {
  const document = new Document(mapOf(resourceOf(plan)));
  return document.toString({ lineWidth: 0 }).replaceAll(/[^\n -~]/g, escapeUnit);
};
