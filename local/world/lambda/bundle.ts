import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type AuthenticationType, aliasFor, BUNDLE_FILE, BUNDLING, ENTRIES } from '../../../infra/bundling.ts';

const root = join(import.meta.dirname, '../../..');

/**
 * Bundles the function as the stack does, into a new temporary folder.
 *
 * @param plugins What to build differently, for a control that shows what goes wrong then.
 * @returns the path of the bundle
 */
export const bundleFunction = async (
  authentication: AuthenticationType = 'none',
  plugins: Plugin[] = [],
): Promise<string> => {
  const outfile = join(await mkdtemp(join(tmpdir(), 'mm2-migration-bundle-')), BUNDLE_FILE);
  await build({
    absWorkingDir: root,
    entryPoints: [ENTRIES.sync],
    alias: aliasFor(authentication),
    outfile,
    bundle: true,
    platform: 'node',
    format: BUNDLING.format,
    target: BUNDLING.target,
    minify: BUNDLING.minify,
    mainFields: [...BUNDLING.mainFields],
    banner: { js: BUNDLING.banner },
    plugins,
    logLevel: 'error',
  });
  return outfile;
};
