import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/** Builds the function without its guard: the control that must break its promises. */
export const withoutGuard: Plugin = {
  name: 'without-guard',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/guard\.ts$/ }, () => ({ path: join(import.meta.dirname, 'always-write.ts') }));
  },
};
