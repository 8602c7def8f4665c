import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaCluster } from '../kafka/cluster.ts';
import { type JavaProcess, startJava } from '../kafka/java-process.ts';
import { formatProperties } from '../kafka/java-properties.ts';
import { type MirrorMakerSettings, mirrorMakerProperties } from './mirror-maker-properties.ts';

export interface MirrorMakerOptions extends MirrorMakerSettings {
  readonly source: KafkaCluster;
  readonly target: KafkaCluster;
}

/** A running MirrorMaker 2. `stop()` has it write its offsets once more; `kill()` does not. */
export type MirrorMaker = JavaProcess;

/**
 * Starts a dedicated MirrorMaker 2 with the settings of mirror-maker-properties.ts, and does not wait: the first
 * records follow 2 to 3 s later, or some 6 s after another was killed. See `exited` for an MM2 that gives up; one that
 * does not like its topics takes most of a minute to end. Its settings and log stand in the target's folder, and go with it.
 *
 * @throws Error when the settings are wrong (see `mirrorMakerProperties`)
 */
export const startMirrorMaker = async (options: MirrorMakerOptions): Promise<MirrorMaker> => {
  const properties = formatProperties(mirrorMakerProperties(options));
  const folder = await mkdtemp(join(options.target.folder, 'mirror-maker-'));
  const settingsFile = join(folder, 'mm2.properties');
  await writeFile(settingsFile, properties);
  return startJava(options.target.distribution, {
    name: `MirrorMaker 2 from '${options.source.name}' to '${options.target.name}'`,
    mainClass: 'org.apache.kafka.connect.mirror.MirrorMaker',
    args: [settingsFile],
    logFile: join(folder, 'mirror-maker.log'),
  });
};
