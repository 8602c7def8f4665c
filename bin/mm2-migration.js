#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
import { existsSync } from 'node:fs';

if (typeof Promise.withResolvers !== 'function') {
  process.stderr.write(`mm2-migration needs Node 22.15 or newer, and this is ${process.version}\n`);
  process.exit(64);
}

// A clone runs the sources, whose types Node strips. It does not do so in node_modules: a package carries a bundle.
const sources = new URL('../cli/index.ts', import.meta.url);
const { run, processTerminal } = await import(existsSync(sources) ? sources.href : '../dist/cli.mjs');

const exitCode = await run(process.argv.slice(2), processTerminal);

// A connection that was given up on would keep the process for seconds; what was written is to be out before.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
