import { join } from 'node:path';
import { type Bundle, bundleName } from '../bundling.ts';

/** The folder with a bundle: in the package they stand beside the compiled construct. */
export const bundleFolder = (bundle: Bundle): string => join(import.meta.dirname, 'bundles', bundleName(bundle));
