import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type AuthenticationType, BUNDLE_FILE, type Bundle, bundleOptions } from '../../../infra/bundling.ts';

const root = join(import.meta.dirname, '../../..');

const bundleInto = async (bundle: Bundle, plugins: Plugin[]): Promise<string> => {
  const outfile = join(await mkdtemp(join(tmpdir(), 'mm2-migration-bundle-')), BUNDLE_FILE);
  await build({ ...bundleOptions(root, bundle), outfile, plugins });
  return outfile;
};

/**
 * Bundles the sync function as the stack does, into a new temporary folder.
 *
 * @param plugins What to build differently, for a control that shows what goes wrong then.
 * @returns the path of the bundle
 */
export const bundleFunction = (authentication: AuthenticationType = 'none', plugins: Plugin[] = []): Promise<string> =>
  bundleInto({ kind: 'sync', authentication }, plugins);

/** Bundles the verify function as the stack does, into a new temporary folder. */
export const bundleVerify = (bundle: Omit<Extract<Bundle, { readonly kind: 'verify' }>, 'kind'>): Promise<string> =>
  bundleInto({ kind: 'verify', ...bundle }, []);
