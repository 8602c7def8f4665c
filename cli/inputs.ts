import { Command } from '@commander-js/extra-typings';
import type { Configuration } from '../functions/configuration/configuration.ts';
import { ConfigurationError } from '../functions/errors.ts';
import type { Flow } from '../functions/offsets/flow.ts';
import type { ParsedMm2 } from '../functions/readiness/configurations/mm2-configuration.ts';
import type { ParsedReplicator } from '../functions/readiness/configurations/replicator-configuration.ts';
import { type Clusters, clustersOf, readClientProperties } from './clusters.ts';
import { readConfigurationFile } from './configuration-file.ts';
import { parseMm2 } from './configurations/mm2-configuration.ts';
import { readConfiguration } from './configurations/read-configuration.ts';
import { parseReplicator } from './configurations/replicator-configuration.ts';

/** What every command that looks at the clusters goes by. */
export interface Inputs extends Clusters {
  /** The sync's own: its name is the transactional id under which MM2's offsets are written. */
  readonly configuration: Configuration;
  readonly flows: readonly Flow[];
  readonly replicatorOffsetsTopic: string;
  /** The event source's consumer group. */
  readonly group: string | undefined;
  /** The ARN of the cluster that the event source reads, where the configuration tells it. */
  readonly eventSource: string | undefined;
  readonly mm2: ParsedMm2 | undefined;
  readonly replicator: ParsedReplicator | undefined;
}

/** What the options of {@link commandWithInputs} hold. */
export interface InputOptions {
  readonly config: string;
  readonly mm2Config?: string | undefined;
  readonly replicatorConfig?: string | undefined;
  readonly sourceProperties?: string | undefined;
  readonly targetProperties?: string | undefined;
  readonly targetSecret?: string | undefined;
  readonly group?: string | undefined;
}

/** What a command's help says of its inputs. */
export const INPUTS_HELP = `The configuration is a cdk.json with the block "migration", or JSON as the function has it in OFFSET_SYNC. Beside its
other fields it takes the source cluster:
  "source": {"brokers": ["source-1:9096"], "authentication": {"type": "scram", "secretArn": "arn:aws:…"}}
  authentication: none, scram, plain, mtls or iam; "ca" holds a private authority's certificates as PEM.
Client properties win over it: the files that Kafka's own tools take as --command-config (security.protocol, sasl.*, PEM
stores; bootstrap.servers where the configuration names no brokers). Where neither tells how to connect to a cluster,
the settings of --mm2-config do.`;

/** A command with the options that say where the clusters are, which flows there are, and how they are configured. */
export const commandWithInputs = (name: string) =>
  new Command(name)
    .option('-c, --config <file>', 'a cdk.json with the block "migration", or JSON as OFFSET_SYNC has it', 'cdk.json')
    .option(
      '-m, --mm2-config <file>',
      "check MM2's configuration: its properties, Strimzi's KafkaMirrorMaker2, or the connector's JSON or properties",
    )
    .option(
      '-p, --replicator-config <file>',
      "check Replicator's configuration, properties or JSON, and look for the copies where topic.rename.format puts them",
    )
    .option('--source-properties <file>', "connect to the source with a Kafka client's properties")
    .option('--target-properties <file>', "connect to the target with a Kafka client's properties")
    .option(
      '--target-secret <arn>',
      'the secret with the credentials for the target, where the stack made it (its output SecretArn)',
    )
    .option('-g, --group <name>', "the event source's consumer group, where the configuration is not a cdk.json");

const given = async <T>(file: string | undefined, read: (file: string) => Promise<T>): Promise<T | undefined> =>
  file === undefined ? undefined : await read(file);

/**
 * Reads the files that the options name.
 *
 * @throws ConfigurationError that names the option, the file and what is wrong with it
 */
export const readInputs = async (options: InputOptions): Promise<Inputs> => {
  const { config, mm2Config, replicatorConfig, sourceProperties, targetProperties, targetSecret } = options;
  const file = await readConfigurationFile(config, { isTargetGiven: targetProperties !== undefined, targetSecret });
  const mm2 = await given(mm2Config, async (name) => parseMm2(await readConfiguration('--mm2-config', name)));
  const clusters = await clustersOf(file, {
    mm2,
    sourceProperties: await given(sourceProperties, (name) => readClientProperties('--source-properties', name)),
    targetProperties: await given(targetProperties, (name) => readClientProperties('--target-properties', name)),
  });
  const { configuration } = file;
  const { flows, replicatorOffsetsTopic } = configuration;
  return {
    ...clusters,
    configuration,
    flows,
    replicatorOffsetsTopic,
    group: options.group ?? file.group,
    eventSource: file.eventSource,
    mm2,
    replicator: await given(replicatorConfig, async (name) =>
      parseReplicator(await readConfiguration('--replicator-config', name)),
    ),
  };
};

/** Sees that the source is known, without which nothing is proven. @throws ConfigurationError */
export const ensureSource = ({ source }: Inputs): void => {
  if (source === undefined) {
    throw new ConfigurationError(
      'The source cluster is not known, and without it nothing is proven: give --source-properties, or the block ' +
        '"source" in the configuration',
    );
  }
};
