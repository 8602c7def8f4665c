import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleOptions } from '../../../infra/bundling.ts';

const root = join(import.meta.dirname, '../../..');

/** The programs of this folder, each of which does one thing in a process of its own. */
export type Program = 'reading' | 'event-memory' | 'verify-memory';

/** Runs a program with an argument, and returns what it says. */
export type Run = <Argument, Answer>(program: Program, argument: Argument) => Promise<Answer>;

/**
 * Builds the programs as the function is built, so that none of them takes longer to load.
 *
 * @param folder Where they are put.
 */
export const buildPrograms = async (folder: string): Promise<Run> => {
  const programs: readonly Program[] = ['reading', 'event-memory', 'verify-memory'];
  const { entryPoints: _own, ...options } = bundleOptions(root, { kind: 'sync', authentication: 'none' });
  await build({
    ...options,
    entryPoints: programs.map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  });
  return async (program, argument) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--disable-warning=TimeoutNegativeWarning', join(folder, `${program}.mjs`), JSON.stringify(argument)],
      { maxBuffer: Number.POSITIVE_INFINITY, env: { ...process.env, AWS_REGION: 'us-east-1' } },
    );
    // The function itself has written its log before.
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  };
};
