import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type AuthenticationType, BUNDLE_FILE, bundleOptions } from '../../../infra/bundling.ts';

const root = join(import.meta.dirname, '../../..');

/**
 * Bundles the sync function as the stack does, into a new temporary folder.
 *
 * @param plugins What to build differently, for a control that shows what goes wrong then.
 * @returns the path of the bundle
 */
export const bundleFunction = async (
  authentication: AuthenticationType = 'none',
  plugins: Plugin[] = [],
): Promise<string> => {
  const outfile = join(await mkdtemp(join(tmpdir(), 'mm2-migration-bundle-')), BUNDLE_FILE);
  await build({ ...bundleOptions(root, { kind: 'sync', authentication }), outfile, plugins });
  return outfile;
};
