import { execFile } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { CONFIGURATION_VARIABLE, type ConfigurationOptions } from '../../functions/configuration/configuration.ts';
import { AUTHENTICATION_TYPES, type AuthenticationType, bundleOptions } from '../../infra/bundling.ts';
import { bundleFunction } from '../world/lambda/bundle.ts';
import { atMost, type Comparison, comparisonOf } from './comparison.ts';
import { interleave, type Measurement } from './measure.ts';

const ROUNDS = 9;
const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:benchmark-abcdef';

/** What a bundle checks while it is loaded. */
const CONFIGURATIONS: Readonly<Record<AuthenticationType, ConfigurationOptions>> = {
  none: {},
  scram: { brokers: ['127.0.0.1:9096'], authentication: { type: 'scram', secretArn: SECRET_ARN } },
  mtls: { brokers: ['127.0.0.1:9094'], authentication: { type: 'mtls', secretArn: SECRET_ARN } },
  iam: { brokers: ['127.0.0.1:9098'], authentication: { type: 'iam' } },
};

const MOST_KB: Readonly<Record<AuthenticationType, number>> = { none: 350, scram: 600, mtls: 600, iam: 700 };

const root = join(import.meta.dirname, '../..');
const LOAD = 'const start = performance.now(); await import(process.argv[1]); console.log(performance.now() - start);';

/** Loads a bundle in a process of its own, and returns how long that took without the start of Node itself. */
const load = async (bundle: string, configuration: ConfigurationOptions): Promise<number> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', LOAD, pathToFileURL(bundle).href],
    { env: { [CONFIGURATION_VARIABLE]: JSON.stringify(configuration), AWS_REGION: 'us-east-1' } },
  );
  return Number(stdout);
};

/** Bundles the client alone, as the function is bundled. */
const bundleClient = async (folder: string): Promise<string> => {
  const { entryPoints: _own, ...options } = bundleOptions(root, { kind: 'sync', authentication: 'none' });
  const outfile = join(folder, 'client.mjs');
  await build({ ...options, stdin: { contents: "export * from 'kafkajs'", resolveDir: root }, outfile });
  return outfile;
};

/** Measures how large the bundles of the authentications are, and how long they take to load. */
export const measureBundles = async (): Promise<readonly Comparison[]> => {
  await using resources = new AsyncDisposableStack();
  const bundles = new Map<AuthenticationType, string>();
  // That of client certificates is SCRAM's, but for a few lines.
  for (const authentication of AUTHENTICATION_TYPES.filter((one) => one !== 'mtls')) {
    const bundle = await bundleFunction(authentication);
    resources.defer(() => rm(dirname(bundle), { recursive: true, force: true }));
    bundles.set(authentication, bundle);
  }
  const client = await bundleClient(dirname(bundles.get('none') ?? root));
  const contestants: Record<string, Measurement> = { client: () => load(client, {}) };
  for (const [name, bundle] of bundles) {
    contestants[name] = () => load(bundle, CONFIGURATIONS[name]);
  }
  const samples = await interleave(contestants, ROUNDS);
  const sizes = await Promise.all(
    [...bundles].map(async ([name, bundle]) =>
      comparisonOf({
        what: `bundle with authentication ${name}`,
        against: 'its limit',
        unit: 'kB',
        ours: [(await stat(bundle)).size / 1_000],
        theirs: [MOST_KB[name]],
        goal: atMost(1),
      }),
    ),
  );
  const loading = (['scram'] as const).map((name) =>
    comparisonOf({
      what: `loading it with ${name}`,
      against: 'kafkajs alone, bundled alike',
      unit: 'ms',
      ours: samples[name] ?? [],
      theirs: samples.client ?? [],
    }),
  );
  return [...sizes, ...loading];
};
