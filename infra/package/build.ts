import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { buildBundle } from '../bundles/build.ts';
import { BUNDLES } from '../bundling.ts';

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');

/** What the user's app brings, or npm installs beside the package. */
const EXTERNAL = ['aws-cdk-lib', 'constructs', 'valibot'];

const buildConstruct = () =>
  buildSync({
    absWorkingDir: root,
    entryPoints: ['infra/index.ts'],
    outfile: join(dist, 'index.js'),
    alias: { '#bundles': './infra/bundles/prebuilt.ts' },
    bundle: true,
    platform: 'node',
    // What both kinds of apps can load: an ES module imports it by the names that esbuild notes for Node.
    format: 'cjs',
    target: 'node20',
    external: EXTERNAL,
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'error',
  });

/** The command line, in one file: Node strips no types in node_modules, and what it imports is no dependency. */
const buildCommands = () =>
  buildSync({
    absWorkingDir: root,
    entryPoints: ['cli/index.ts'],
    outfile: join(dist, 'cli.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // kafkajs and others are CommonJS, and require Node's modules.
    banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });

const buildDeclarations = () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '--project', join(import.meta.dirname, 'tsconfig.json')], {
    stdio: 'inherit',
  });
  if (status !== 0) {
    throw new Error(`tsc wrote no declarations, and ended with ${status}; run "npm run typecheck" to see why`);
  }
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
// The package's own modules are CommonJS, whatever this repository's are.
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
buildConstruct();
buildCommands();
buildDeclarations();
for (const bundle of BUNDLES) {
  buildBundle(bundle, join(dist, 'bundles'));
}
