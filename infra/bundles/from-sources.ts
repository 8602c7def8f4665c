import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, bundleName } from '../bundling.ts';
import { buildBundle } from './build.ts';

const built = new Map<string, string>();
let parent: string | undefined;

const parentFolder = (): string => {
  if (parent === undefined) {
    const created = mkdtempSync(join(tmpdir(), 'mm2-migration-bundles-'));
    process.on('exit', () => rmSync(created, { recursive: true, force: true }));
    parent = created;
  }
  return parent;
};

/**
 * The folder with a bundle, which the CDK copies: in this repository built from the sources, once in a process. In the
 * package `./prebuilt.ts` stands in this file's place, by the import `#bundles`.
 */
export const bundleFolder = (bundle: Bundle): string => {
  const name = bundleName(bundle);
  const folder = built.get(name) ?? buildBundle(bundle, parentFolder());
  built.set(name, folder);
  return folder;
};
