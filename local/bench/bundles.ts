import { execFile } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CONFIGURATION_VARIABLE, type ConfigurationOptions } from '../../functions/configuration/configuration.ts';
import { AUTHENTICATION_TYPES, type AuthenticationType } from '../../infra/bundling.ts';
import { bundleFunction } from '../world/lambda/bundle.ts';
import { interleave } from './measure.ts';
import { type Result, resultsOf } from './result.ts';

const ROUNDS = 5;
const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:benchmark-abcdef';

/** What a bundle checks while it is loaded. */
const CONFIGURATIONS: Readonly<Record<AuthenticationType, ConfigurationOptions>> = {
  none: {},
  scram: { brokers: ['127.0.0.1:9096'], authentication: { type: 'scram', secretArn: SECRET_ARN } },
  mtls: { brokers: ['127.0.0.1:9094'], authentication: { type: 'mtls', secretArn: SECRET_ARN } },
  iam: { brokers: ['127.0.0.1:9098'], authentication: { type: 'iam' } },
};

const LOAD = 'const start = performance.now(); await import(process.argv[1]); console.log(performance.now() - start);';

/** Loads a bundle in a process of its own, and returns how long that took without the start of Node itself. */
const load = async (bundle: string, authentication: AuthenticationType): Promise<number> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', LOAD, pathToFileURL(bundle).href],
    { env: { [CONFIGURATION_VARIABLE]: JSON.stringify(CONFIGURATIONS[authentication]), AWS_REGION: 'us-east-1' } },
  );
  return Number(stdout);
};

/** Measures how large the bundles of the authentications are, and how long they take to load. */
export const measureBundles = async (): Promise<readonly Result[]> => {
  await using resources = new AsyncDisposableStack();
  const bundles = new Map<string, string>();
  for (const authentication of AUTHENTICATION_TYPES) {
    const bundle = await bundleFunction(authentication);
    resources.defer(() => rm(dirname(bundle), { recursive: true, force: true }));
    bundles.set(authentication, bundle);
  }
  const contestants = [...bundles].map(
    ([name, bundle]) => [name, () => load(bundle, name as AuthenticationType)] as const,
  );
  const samples = await interleave(Object.fromEntries(contestants), ROUNDS);
  return await Promise.all(
    resultsOf('loading a bundle, by authentication', samples, () => 'none').map(async (result) => ({
      ...result,
      bytes: (await stat(bundles.get(result.name) ?? '')).size,
    })),
  );
};
