import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { BUNDLE_FILE, type Bundle, bundleName, bundleOptions } from '../bundling.ts';

const root = join(import.meta.dirname, '../..');

/** Builds a bundle into a folder of its name, and returns that folder. */
export const buildBundle = (bundle: Bundle, parent: string): string => {
  const folder = join(parent, bundleName(bundle));
  mkdirSync(folder, { recursive: true });
  buildSync({ ...bundleOptions(root, bundle), outfile: join(folder, BUNDLE_FILE) });
  return folder;
};
