import { text } from 'node:stream/consumers';
import type { Report } from '../../functions/readiness/report.ts';
import { temporaryFolder } from '../world/process/temporary-folder.ts';
import { type CommandOptions, callCommand, configurationWords } from './command-line.ts';

/** What the command said. */
export interface Verification {
  readonly report: Report;
  readonly table: string;
  readonly exitCode: number;
}

/** Exit codes from here on are no verdict. */
const NO_VERDICT = 64;

const run = async (words: readonly string[]): Promise<{ readonly output: string; readonly exitCode: number }> => {
  const child = callCommand(['verify', ...words]);
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  const { stdout, stderr } = child;
  const [output, errors] = await Promise.all([stdout ? text(stdout) : '', stderr ? text(stderr) : '']);
  const exitCode = await exited;
  if (exitCode === null || exitCode >= NO_VERDICT) {
    throw new Error(`"mm2-migration verify" failed: ${errors}`);
  }
  return { output: output.trimEnd(), exitCode };
};

/**
 * Calls the command `verify` as a user does, for its table and for its JSON, with MM2's configuration; it compares every
 * record that both clusters hold.
 *
 * @throws Error when it gives no verdict
 */
export const verify = async (options: CommandOptions): Promise<Verification> => {
  const folder = await temporaryFolder('verify');
  try {
    const words = [...(await configurationWords(folder.path, options)), '--records', 'all'];
    const [{ output, exitCode }, json] = await Promise.all([run(words), run([...words, '--json'])]);
    return { report: JSON.parse(json.output) as Report, table: output, exitCode };
  } finally {
    await folder.remove();
  }
};
