import type { Authentication } from '../../functions/configuration/configuration.ts';
import type { ParsedReplicator } from '../../functions/readiness/configurations/replicator-configuration.ts';
import { parseJaas } from '../clients/jaas.ts';
import type { Mm2Setting } from './mm2-setting.ts';
import { isSecretName, isWholeReference, type SecretPlace } from './secret-references.ts';

export type Cluster = 'source' | 'target';

/** What the configuration's file says of a cluster, where Replicator's does not. */
export interface KnownCluster {
  readonly brokers: readonly string[] | undefined;
  readonly authentication: Authentication['type'] | undefined;
}

/** How MM2 connects to a cluster, and why so. A secret is a reference. */
export interface ClientPlan {
  readonly settings: readonly Mm2Setting[];
  readonly notes: readonly string[];
}

const PREFIXES: Readonly<Record<Cluster, string>> = { source: 'src.kafka.', target: 'dest.kafka.' };

/** What is copied as it is. Anything else of a client is left out, for nobody knows what it may hold. */
const HARMLESS = new Set([
  'bootstrap.servers',
  'security.protocol',
  'sasl.mechanism',
  'sasl.kerberos.service.name',
  'sasl.client.callback.handler.class',
  'sasl.login.callback.handler.class',
  'ssl.endpoint.identification.algorithm',
  'ssl.protocol',
  'ssl.enabled.protocols',
  'ssl.cipher.suites',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.keystore.type',
  'ssl.keystore.location',
]);

const IAM_LOGIN = 'software.amazon.msk.auth.iam.IAMLoginModule';
const IAM_CALLBACK = 'software.amazon.msk.auth.iam.IAMClientCallbackHandler';

/** Where Replicator's file has nothing: cannot be resolved, so that MM2 does not start. */
const NO_BROKERS = 'write-the-brokers-here:9092';

const BROKER = /^(\w+:\/\/)?(\[[\da-fA-F:.]+\]|[\w.-]+):\d{1,5}$/;

const areBrokers = (value: string): boolean => value.split(/\s*,\s*/).every((broker) => BROKER.test(broker));

/** IAMLoginModule without options takes its credentials from where MM2 runs: nothing in it is secret. */
const isPlainIam = (text: string): boolean => {
  const jaas = parseJaas(text);
  return jaas.kind === 'module' && jaas.module.className === IAM_LOGIN && jaas.module.options.size === 0;
};

interface Found {
  readonly name: string;
  readonly value: string;
  /** Whose setting it is: `Replicator's src.kafka.sasl.mechanism`. */
  readonly origin: string;
}

const inReplicator = ({ settings }: ParsedReplicator, cluster: Cluster): readonly Found[] =>
  [...settings.settings].flatMap(([key, { value }]) =>
    key.startsWith(PREFIXES[cluster])
      ? [{ name: key.slice(PREFIXES[cluster].length), value: value.trim(), origin: `Replicator's ${key}` }]
      : [],
  );

const CONFIGURED = 'as the configuration has it';

/** What an authentication of the function's asks of a client. */
const OF_AUTHENTICATION: Readonly<Record<Authentication['type'], Readonly<Record<string, string>>>> = {
  none: {},
  scram: { 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.jaas.config': '' },
  iam: {
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': 'AWS_MSK_IAM',
    'sasl.jaas.config': `${IAM_LOGIN} required;`,
    'sasl.client.callback.handler.class': IAM_CALLBACK,
  },
  mtls: {
    'security.protocol': 'SSL',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.key': '',
    'ssl.keystore.certificate.chain': '',
  },
};

const inConfiguration = ({ brokers, authentication }: KnownCluster): readonly Found[] =>
  Object.entries({
    ...(brokers && { 'bootstrap.servers': brokers.join(',') }),
    ...(authentication && OF_AUTHENTICATION[authentication]),
  }).map(([name, value]) => ({ name, value, origin: CONFIGURED }));

const reasonOf = (cluster: Cluster, { name, origin }: Found): string =>
  origin === CONFIGURED
    ? `${CONFIGURED} for the ${cluster}`
    : `${origin}${name === 'bootstrap.servers' ? `: the ${cluster}` : ''}`;

const settingOf = (cluster: Cluster, found: Found, place: SecretPlace): Mm2Setting | undefined => {
  const { name, value, origin } = found;
  const reach = cluster === 'source' ? 'source-clients' : 'target-clients';
  const copied = { reach, name, value, reason: reasonOf(cluster, found) } as const;
  if (name === 'sasl.jaas.config' && isPlainIam(value)) {
    return {
      ...copied,
      value: `${IAM_LOGIN} required;`,
      reason: 'credentials come from where MM2 runs, so nothing is secret here',
    };
  }
  if (isSecretName(name)) {
    if (isWholeReference(value)) {
      return { ...copied, reason: `${origin}, the same reference: MM2's workers need its config provider` };
    }
    const whose = origin === CONFIGURED ? `of MM2's user on the ${cluster}` : `the value of ${origin}`;
    return { ...copied, value: place.referenceTo(cluster, name), reason: `${whose}: ${place.adviceOn(cluster, name)}` };
  }
  return HARMLESS.has(name) ? copied : undefined;
};

/** Without the callback IAM's login module does nothing; other names for it are left as they are. */
const iamCallback = (found: readonly Found[]): readonly Found[] => {
  const name = 'sasl.client.callback.handler.class';
  const mechanism = found.find((one) => one.name === 'sasl.mechanism');
  return mechanism?.value === 'AWS_MSK_IAM' && !found.some((one) => one.name === name)
    ? [{ name, value: IAM_CALLBACK, origin: `${mechanism.origin} wants it` }]
    : [];
};

/**
 * How MM2 connects to a cluster: as Replicator does, or as the configuration says where Replicator's file says nothing.
 * Secrets become references, whatever they are.
 */
export const clientPlan = (
  replicator: ParsedReplicator,
  cluster: Cluster,
  known: KnownCluster,
  place: SecretPlace,
): ClientPlan => {
  const own = inReplicator(replicator, cluster);
  const written = own.find(({ name }) => name === 'bootstrap.servers');
  const isUsable = written !== undefined && (areBrokers(written.value) || isWholeReference(written.value));
  // A file without brokers says nothing of the cluster: its security may be another one's.
  const found = isUsable ? own : inConfiguration(known);
  const settings = [...found, ...iamCallback(found)].flatMap((one) => settingOf(cluster, one, place) ?? []);
  if (settings.some(({ name }) => name === 'bootstrap.servers')) {
    return { settings, notes: [] };
  }
  const key = `${PREFIXES[cluster]}bootstrap.servers`;
  return {
    settings: [
      {
        reach: cluster === 'source' ? 'source-clients' : 'target-clients',
        name: 'bootstrap.servers',
        value: NO_BROKERS,
        reason: `nothing says where the ${cluster} is: write host:port of its brokers`,
      },
      ...settings,
    ],
    notes: [
      `${key} ${written === undefined ? 'is missing' : 'is no list of host:port'}, and the configuration does not name the ` +
        `${cluster}'s brokers either: write them, and how to authenticate there, before MM2 is started`,
    ],
  };
};
