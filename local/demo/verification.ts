import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigurationOptions } from '../../functions/configuration/configuration.ts';
import type { Report } from '../../functions/readiness/report.ts';
import type { KafkaCluster } from '../world/kafka/cluster.ts';
import { formatProperties } from '../world/kafka/java-properties.ts';
import { mirrorMakerProperties } from '../world/mirror-maker/mirror-maker-properties.ts';
import { temporaryFolder } from '../world/process/temporary-folder.ts';

/** What is verified. */
export interface VerificationOptions {
  readonly source: KafkaCluster;
  readonly target: KafkaCluster;
  readonly sourceAlias: string;
  readonly topics: readonly string[];
  readonly replicatorOffsetsTopic: string;
}

/** What the command said. */
export interface Verification {
  readonly report: Report;
  readonly table: string;
  readonly exitCode: number;
}

const PROGRAM = join(import.meta.dirname, '../../bin/mm2-migration.js');
/** Exit codes from here on are no verdict. */
const NO_VERDICT = 64;

const run = (words: readonly string[]): Promise<{ readonly output: string; readonly exitCode: number }> =>
  new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [PROGRAM, 'verify', ...words], (error, output, errors) => {
      const { exitCode } = child;
      if (exitCode === null || exitCode >= NO_VERDICT) {
        reject(new Error(`"mm2-migration verify" failed: ${errors || error?.message}`));
      } else {
        resolve({ output: output.trimEnd(), exitCode });
      }
    });
  });

/**
 * Calls the command `verify` as a user does, for its table and for its JSON, with MM2's configuration; it compares every
 * record that both clusters hold.
 *
 * @throws Error when it gives no verdict
 */
export const verify = async (options: VerificationOptions): Promise<Verification> => {
  const { source, target, sourceAlias, replicatorOffsetsTopic } = options;
  const folder = await temporaryFolder('verify');
  try {
    const configuration: ConfigurationOptions = {
      brokers: target.brokers,
      replicatorOffsetsTopic,
      flows: [{ sourceAlias }],
    };
    const [config, mm2] = [join(folder.path, 'offset-sync.json'), join(folder.path, 'mm2.properties')];
    await writeFile(config, JSON.stringify({ ...configuration, source: { brokers: source.brokers } }));
    await writeFile(mm2, formatProperties(mirrorMakerProperties(options)));
    const words = ['--config', config, '--mm2-config', mm2, '--records', 'all'];
    const [{ output, exitCode }, json] = await Promise.all([run(words), run([...words, '--json'])]);
    return { report: JSON.parse(json.output) as Report, table: output, exitCode };
  } finally {
    await folder.remove();
  }
};
