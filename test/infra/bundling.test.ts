import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { build, buildSync } from 'esbuild';
import { buildBundle } from '../../infra/bundles/build.ts';
import { AUTHENTICATION_TYPES, BUNDLE_FILE, bundleOptions, SOURCE_KINDS } from '../../infra/bundling.ts';
import { functionEnvironment } from '../../infra/environment.ts';
import { OffsetSync } from '../../infra/offset-sync.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import { parseMigration } from '../../infra/options/migration.ts';
import { verifyEnvironment } from '../../infra/verify-environment.ts';
import { bundleFunction, bundleVerify } from '../../local/world/lambda/bundle.ts';
import { KEY_ARN, SECRET_ARN, withAuthentication } from './synthesis.ts';

const folder = mkdtempSync(join(tmpdir(), 'mm2-migration-assets-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface AssetManifest {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string; readonly packaging: string } }>>;
}

const cases: readonly [AuthenticationOptions, number][] = [
  [{ type: 'none' }, 9092],
  [{ type: 'scram', secretArn: SECRET_ARN, keyArn: KEY_ARN }, 9096],
  [{ type: 'mtls', secretArn: SECRET_ARN }, 9094],
  [{ type: 'iam' }, 9098],
];

test.each(cases)(
  'the asset of %j is byte for byte what the end-to-end tests invoke, and loads on Node 24 with nothing beside it',
  async (authentication, port) => {
    const props = withAuthentication(authentication, port);
    const app = new App({ outdir: join(folder, authentication.type) });
    new OffsetSync(new Stack(app, 'Test'), 'OffsetSync', props);
    const { directory } = app.synth({ skipValidation: true });
    const { files } = JSON.parse(readFileSync(join(directory, 'Test.assets.json'), 'utf8')) as AssetManifest;
    const asset = Object.values(files).find(({ source }) => source.packaging === 'zip');
    const synthesized = join(directory, asset?.source.path ?? '', BUNDLE_FILE);
    const tested = await bundleFunction(authentication.type);
    expect(readFileSync(synthesized).equals(readFileSync(tested))).toBe(true);
    rmSync(dirname(tested), { recursive: true });

    const empty = mkdtempSync(join(folder, 'empty-'));
    copyFileSync(synthesized, join(empty, BUNDLE_FILE));
    const load = `console.log(process.version, typeof (await import('./${BUNDLE_FILE}')).handler)`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', load], {
      cwd: empty,
      encoding: 'utf8',
      env: {
        AWS_REGION: 'eu-central-1',
        ...functionEnvironment(parseMigration('migration', props), SECRET_ARN),
      },
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^v24\.\S+ function\n$/);
  },
  60_000,
);

describe('the verify function', () => {
  const SOURCE = 'arn:aws:kafka:eu-central-1:123456789012:cluster/source/0123-4';
  const sources = {
    none: undefined,
    secret: { brokers: ['s:9093'], authentication: { type: 'plain', secretArn: SECRET_ARN } },
    iam: { brokers: ['s:9098'], authentication: { type: 'iam', clusterArn: SOURCE } },
  } as const;

  test('is byte for byte what its tests invoke, and loads both its handlers on Node 24', async () => {
    const props = { ...withAuthentication({ type: 'scram', secretArn: SECRET_ARN, keyArn: KEY_ARN }, 9096) };
    const migration = parseMigration('migration', { ...props, source: sources.secret });
    const bundle = { kind: 'verify', authentication: 'scram', source: 'secret' } as const;
    const built = readFileSync(join(buildBundle(bundle, folder), BUNDLE_FILE));
    const tested = await bundleVerify(bundle);
    expect(built.equals(readFileSync(tested))).toBe(true);

    const load = `const m = await import('${tested}'); console.log(typeof m.handler, typeof m.atDeployment)`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', load], {
      encoding: 'utf8',
      env: { AWS_REGION: 'eu-central-1', ...verifyEnvironment(migration, SECRET_ARN) },
    });
    rmSync(dirname(tested), { recursive: true });
    expect([stdout, stderr]).toEqual(['function function\n', '']);
  });

  const combinations = AUTHENTICATION_TYPES.flatMap((authentication) =>
    SOURCE_KINDS.map((source) => [authentication, source] as const),
  );
  test.each(combinations)(
    'to %s from %s carries what these two take, and no other way',
    async (authentication, source) => {
      const bundle = { kind: 'verify', authentication, source } as const;
      const { metafile } = await build({
        ...bundleOptions('.', bundle),
        absWorkingDir: resolve('.'),
        write: false,
        metafile: true,
      });
      const inputs = Object.keys(metafile.inputs);
      const carries = (part: string) => inputs.some((input) => input.includes(part));

      expect(carries('aws-msk-iam-sasl-signer-js')).toBe(authentication === 'iam' || source === 'iam');
      expect(carries('client-secrets-manager')).toBe(['scram', 'mtls'].includes(authentication) || source === 'secret');
      expect(inputs.filter((input) => /functions\/(sync|writing)\//.test(input))).toEqual([]);
    },
  );
});

test('what signs for IAM in a bundle finds the credentials that Lambda puts into the environment', () => {
  const outfile = join(folder, 'iam.mjs');
  const options = bundleOptions(process.cwd(), { kind: 'sync', authentication: 'iam' });
  buildSync({ ...options, entryPoints: ['functions/authentication/iam.ts'], outfile });
  const sign = `
    const { method } = await import('./iam.mjs');
    const { sasl } = await method.authenticate({ type: 'iam' }).security(false);
    console.log(Buffer.from((await sasl.oauthBearerProvider()).value, 'base64url').toString());`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', sign], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      AWS_SESSION_TOKEN: 'session',
    },
  });

  expect(stderr).toBe('');
  expect(new URL(stdout).searchParams.get('X-Amz-Credential')).toMatch(/^AKIDEXAMPLE\/\d{8}\/eu-central-1\//);
  expect(new URL(stdout).searchParams.get('X-Amz-Security-Token')).toBe('session');
});

test('the handler of the association is one file, too', async () => {
  const [file] = readdirSync(buildBundle({ kind: 'scram-association' }, folder));
  expect(file).toBe(BUNDLE_FILE);
  const { handler } = await import(join(folder, 'scram-association', BUNDLE_FILE));
  await expect(handler({}, {})).rejects.toThrow('The event is no request for an association');
});
