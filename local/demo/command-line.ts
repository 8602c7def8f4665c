import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigurationOptions } from '../../functions/configuration/configuration.ts';
import type { KafkaCluster } from '../world/kafka/cluster.ts';
import { formatProperties } from '../world/kafka/java-properties.ts';
import { mirrorMakerProperties } from '../world/mirror-maker/mirror-maker-properties.ts';

/** What a command of the package is called for. */
export interface CommandOptions {
  readonly source: KafkaCluster;
  readonly target: KafkaCluster;
  /** The deployment's. */
  readonly name: string;
  readonly sourceAlias: string;
  readonly topics: readonly string[];
  readonly replicatorOffsetsTopic: string;
}

const PROGRAM = join(import.meta.dirname, '../../bin/mm2-migration.js');

/** Writes the configurations into a folder. @returns the words that name them */
export const configurationWords = async (folder: string, options: CommandOptions): Promise<readonly string[]> => {
  const { source, target, name, sourceAlias, replicatorOffsetsTopic } = options;
  const configuration: ConfigurationOptions = {
    name,
    brokers: target.brokers,
    replicatorOffsetsTopic,
    flows: [{ sourceAlias }],
  };
  const [config, mm2] = [join(folder, 'offset-sync.json'), join(folder, 'mm2.properties')];
  await writeFile(config, JSON.stringify({ ...configuration, source: { brokers: source.brokers } }));
  await writeFile(mm2, formatProperties(mirrorMakerProperties(options)));
  return ['--config', config, '--mm2-config', mm2];
};

/** Calls the package's command as a user does. */
export const callCommand = (words: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', PROGRAM, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
