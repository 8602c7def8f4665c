import * as v from 'valibot';
import { ConfigurationError } from '../errors.ts';
import type { AsWritten } from './as-written.ts';
import { FlowsSchema, flowFaults } from './flow-options.ts';
import { topicName } from './names.ts';
import { notAList, object, validate } from './validate.ts';

/** The environment variable that holds the configuration as JSON. */
export const CONFIGURATION_VARIABLE = 'OFFSET_SYNC';

const REPLICATOR_OFFSETS_TOPIC = 'connect-offsets';

const nameFix =
  'give this deployment a name of 1 to 128 letters, digits, ".", "_" and "-", unique among those on one target cluster';
const BROKER = /^[^\s:,]+:(\d{1,5})$/;
const isPort = (port: number): boolean => port >= 1 && port <= 65_535;
/** Whether it is `host:port` with a port from 1 to 65535. */
const isBroker = (broker: string): boolean => isPort(Number(BROKER.exec(broker)?.[1]));
const brokerFix = 'give a broker as "host:port", with the port of the chosen authentication';
const brokersFix = "give a list of brokers, or leave it out to use the event source's";
const secretFix = "give the secret's complete ARN (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX)";
const secretArn = v.pipe(
  v.string(secretFix),
  v.regex(/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:.+$/, secretFix),
);
const replicationFactorFix =
  "give a whole number from 1 to the number of brokers, or leave it out for the brokers' default";
const tlsFix = 'give true (TLS, port 9094) or false (plaintext, port 9092)';

const authenticationFix =
  'use {"type":"none"}, {"type":"scram","secretArn":…}, {"type":"mtls","secretArn":…} or {"type":"iam"}';

const AuthenticationSchema = v.variant(
  'type',
  [
    object({ type: v.literal('none'), tls: v.optional(v.boolean(tlsFix), false) }, authenticationFix),
    object({ type: v.literal('scram'), secretArn }, authenticationFix),
    object({ type: v.literal('mtls'), secretArn }, authenticationFix),
    object({ type: v.literal('iam') }, authenticationFix),
  ],
  authenticationFix,
);

/** How the function authenticates to the brokers. */
export type Authentication = v.InferOutput<typeof AuthenticationSchema>;

const configurationFix = 'give the configuration as a JSON object';

/** What a deployment says of the sync itself, wherever it runs. The stack takes the same options, and hands them on. */
export const SYNC_ENTRIES = {
  /**
   * The deployment's name, unique among those on one cluster: the consumer groups' prefix, the transactional id, the
   * metrics' `service`.
   * @default 'mm2-migration'
   */
  name: v.optional(v.pipe(v.string(nameFix), v.regex(/^[\w.-]{1,128}$/, nameFix)), 'mm2-migration'),
  /**
   * Which Replicator connector is kept in step with which MM2 connector.
   * @default - one flow: connector `replicator`, source alias `primary`, a dedicated MM2
   */
  flows: v.optional(FlowsSchema, [{}]),
  /**
   * The `offset.storage.topic` of the Connect workers that run Replicator.
   * @default 'connect-offsets'
   */
  replicatorOffsetsTopic: v.optional(
    topicName('give the offset.storage.topic of the Connect workers that run Replicator'),
    REPLICATOR_OFFSETS_TOPIC,
  ),
  /**
   * The replication factor of MM2's offsets topics where the function creates them.
   * @default - the brokers' default
   */
  replicationFactor: v.optional(
    v.pipe(
      v.number(replicationFactorFix),
      v.integer(replicationFactorFix),
      v.minValue(1, replicationFactorFix),
      v.maxValue(32_767, replicationFactorFix),
    ),
  ),
};

const SyncSchema = object(SYNC_ENTRIES, configurationFix);

/** {@link SYNC_ENTRIES} as they are written; everything has a default. */
export interface SyncOptions extends AsWritten<typeof SyncSchema> {}

const ConfigurationSchema = object(
  {
    ...SYNC_ENTRIES,
    /**
     * The brokers as `host:port`, with the port of the chosen authentication.
     * @default - the event source's, which do only without authentication
     */
    brokers: v.optional(
      v.pipe(v.array(v.pipe(v.string(brokerFix), v.check(isBroker, brokerFix)), brokersFix), v.nonEmpty(brokersFix)),
    ),
    /**
     * How the function authenticates to the brokers.
     * @default - not at all, in plaintext
     */
    authentication: v.optional(AuthenticationSchema, { type: 'none' }),
  },
  configurationFix,
);

/** The configuration as it is written: what `OFFSET_SYNC` holds. Everything has a default. */
export type ConfigurationOptions = AsWritten<typeof ConfigurationSchema>;

/** The configuration, checked and complete. */
export type Configuration = v.InferOutput<typeof ConfigurationSchema>;

/**
 * What is wrong with fields that are right by themselves but do not go together; each fault with its path and the fix.
 */
const faultsOf = ({ flows, replicatorOffsetsTopic, brokers, authentication }: Configuration): readonly string[] => {
  const missingBrokers =
    authentication.type !== 'none' && brokers === undefined
      ? [
          `brokers is missing; with authentication "${authentication.type}" give the brokers with their port for it, ` +
            "because the event's own brokers may carry another port",
        ]
      : [];
  return [...flowFaults(flows, replicatorOffsetsTopic), ...missingBrokers];
};

/**
 * Checks a configuration and fills in what was left out.
 *
 * @param root What an error calls the configuration.
 * @throws ConfigurationError that names every field at fault by its path, its value and the fix
 */
export const parseConfiguration = (root: string, options: unknown): Configuration => {
  const configuration = validate(root, notAList(ConfigurationSchema, configurationFix), options);
  const faults = faultsOf(configuration);
  if (faults.length > 0) {
    throw new ConfigurationError(faults.map((fault) => `${root}: ${fault}`).join('\n'));
  }
  return configuration;
};

const parseJson = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    // The message shows neither the text nor the parser's own message, which quotes it: it may hold a password.
    throw new ConfigurationError(`The environment variable ${CONFIGURATION_VARIABLE} is not JSON; write it as JSON`);
  }
};

/**
 * Reads the configuration from the environment, once, at cold start. Without the variable everything has its default:
 * connector `replicator`, source alias `primary`, a dedicated MM2, hence the topic `mm2-offsets.primary.internal`.
 *
 * @throws ConfigurationError as {@link parseConfiguration} does
 */
export const readConfiguration = (environment: Readonly<Record<string, string | undefined>>): Configuration =>
  parseConfiguration(CONFIGURATION_VARIABLE, parseJson(environment[CONFIGURATION_VARIABLE] || '{}'));
