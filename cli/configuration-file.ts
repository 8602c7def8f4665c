import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import {
  type Authentication,
  type Configuration,
  parseConfiguration,
} from '../functions/configuration/configuration.ts';
import { type Preset, PresetSchema } from '../functions/configuration/presets.ts';
import { parseSource, type SourceOptions } from '../functions/configuration/source-options.ts';
import { ConfigurationError, messageOf } from '../functions/errors.ts';
import { consumerGroupOf, readingOf } from '../infra/consumer-group.ts';

/** What the commands take from the configuration's file. */
export interface FileConfiguration {
  /** What an error calls it: the file, and the block in it. */
  readonly root: string;
  readonly configuration: Configuration;
  readonly source: SourceOptions | undefined;
  /** The event source's consumer group, where the file is the deployment's. */
  readonly group: string | undefined;
  /** The ARN of the cluster that the event source reads, where the file is the deployment's. */
  readonly eventSource: string | undefined;
}

/** The same, with what only writing MM2's configuration needs. */
export interface WholeFileConfiguration extends FileConfiguration {
  /** How MM2 runs in each of the configuration's flows, in their order. */
  readonly presets: readonly Preset[];
  /** How the function authenticates to the target, where the file says it, whatever else of it is missing. */
  readonly targetAuthentication: Authentication['type'] | undefined;
}

const Json = v.record(v.string(), v.unknown());
const ClusterArn = v.looseObject({ arn: v.string() });
const Cdk = v.object({ context: v.object({ migration: Json }) });

const read = async (file: string): Promise<unknown> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `${file} cannot be read: ${messageOf(error)}; name the file with --config: a cdk.json with the block "migration", ` +
        'or the JSON of OFFSET_SYNC',
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    // Neither the text nor the parser's message, which quotes it.
    throw new ConfigurationError(`${file} is not JSON; write it as JSON`);
  }
};

const sourceOf = (root: string, { source }: Readonly<Record<string, unknown>>): SourceOptions | undefined =>
  source === undefined ? undefined : parseSource(`${root}: source`, source);

const Flows = v.array(v.object({ mm2: v.optional(PresetSchema, { runsAs: 'dedicated' }) }));

/** Of flows that have been checked. */
const presetsOf = (flows: unknown): readonly Preset[] => v.parse(Flows, flows ?? [{}]).map(({ mm2 }) => mm2);

const Authenticated = v.object({ type: v.picklist(['none', 'scram', 'mtls', 'iam']) });

const authenticationTypeOf = (authentication: unknown): Authentication['type'] | undefined => {
  const known = v.safeParse(Authenticated, authentication);
  return known.success ? known.output.type : undefined;
};

/** What the command line says of how to connect to the target. */
export interface TargetGiven {
  /** Whether client properties say everything: the authentication in the file does not count then. */
  readonly isTargetGiven: boolean;
  /** The ARN of the secret that the stack has made. */
  readonly targetSecret?: string | undefined;
}

/** A stack that makes the secret itself does not know its ARN beforehand. */
const authenticationOf = (root: string, authentication: unknown, targetSecret: string | undefined): unknown => {
  const scram = v.safeParse(v.object({ type: v.literal('scram'), secretArn: v.optional(v.string()) }), authentication);
  const isPlaceholder = scram.success && scram.output.secretArn === undefined;
  if (isPlaceholder && targetSecret === undefined) {
    throw new ConfigurationError(
      `${root}: authentication.secretArn is missing, for the stack makes the secret: give its ARN, the stack's output ` +
        'SecretArn, with --target-secret. (Written into the cdk.json, it would have the next deployment delete the secret)',
    );
  }
  const known = v.safeParse(v.looseObject({ type: v.string() }), authentication);
  if (!known.success) {
    return authentication;
  }
  // What else the stack takes is about the secret's making.
  const { type, secretArn = targetSecret, tls } = known.output;
  return { type, ...(secretArn !== undefined && { secretArn }), ...(tls !== undefined && { tls }) };
};

const ofStack = (
  root: string,
  block: Readonly<Record<string, unknown>>,
  { isTargetGiven, targetSecret }: TargetGiven,
): WholeFileConfiguration => {
  const { cluster, authentication, name, flows, replicatorOffsetsTopic, replicationFactor, replay } = block;
  const known = v.safeParse(v.looseObject({ brokers: v.unknown() }), cluster);
  const brokers = known.success ? known.output.brokers : undefined;
  const isConnectedBy = brokers !== undefined && !isTargetGiven;
  const given = {
    authentication: isConnectedBy ? authenticationOf(root, authentication, targetSecret) : undefined,
    name,
    flows,
    replicatorOffsetsTopic,
    replicationFactor,
  };
  const configuration = parseConfiguration(
    root,
    Object.fromEntries(Object.entries({ ...given, brokers }).filter(([, value]) => value !== undefined)),
  );
  return {
    root,
    configuration,
    presets: presetsOf(flows),
    targetAuthentication: authenticationTypeOf(authentication),
    source: sourceOf(root, block),
    group: consumerGroupOf(configuration.name, readingOf(configuration, typeof replay === 'number' ? replay : 0)),
    eventSource: v.is(ClusterArn, cluster) ? cluster.arn : undefined,
  };
};

/**
 * Reads the configuration from a `cdk.json` with the block `migration`, or from JSON as `OFFSET_SYNC` has it; either may
 * have the block `source` besides.
 *
 * @param target What is known of the target's connection from elsewhere.
 * @throws ConfigurationError that names the file, every field at fault, its value and the fix
 */
export const readConfigurationFile = async (file: string, target: TargetGiven): Promise<WholeFileConfiguration> => {
  const json = await read(file);
  const stack = v.safeParse(Cdk, json);
  if (stack.success) {
    return ofStack(`${file}: migration`, stack.output.context.migration, target);
  }
  const plain = v.safeParse(Json, json);
  if (!plain.success || Array.isArray(json)) {
    throw new ConfigurationError(
      `${file} is no JSON object; give a cdk.json with "migration", or the JSON of OFFSET_SYNC`,
    );
  }
  const { source: _source, ...options } = plain.output;
  return {
    root: file,
    configuration: parseConfiguration(file, options),
    presets: presetsOf(options.flows),
    targetAuthentication: authenticationTypeOf(options.authentication),
    source: sourceOf(file, plain.output),
    group: undefined,
    eventSource: undefined,
  };
};
