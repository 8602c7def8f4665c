#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
import { existsSync } from 'node:fs';

// A clone runs the sources, whose types Node strips. It does not do so in node_modules: a package carries a bundle.
const bundle = new URL('../dist/cli.js', import.meta.url);
const { run, processTerminal } = await import(existsSync(bundle) ? bundle.href : '../cli/index.ts');

const exitCode = await run(process.argv.slice(2), processTerminal);

// A connection that was given up on would keep the process for seconds; what was written is to be out before.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
