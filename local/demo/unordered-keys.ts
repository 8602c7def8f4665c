import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/** Builds the function with keys in a field order that MM2 never finds: the control that must duplicate. */
export const unorderedKeys: Plugin = {
  name: 'unordered-keys',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/mm2-record\.ts$/ }, () => ({
      path: join(import.meta.dirname, 'unordered-mm2-record.ts'),
    }));
  },
};
