import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { buildSync } from 'esbuild';
import { buildBundle } from '../../infra/bundles/build.ts';
import { BUNDLE_FILE, bundleOptions } from '../../infra/bundling.ts';
import { functionEnvironment } from '../../infra/environment.ts';
import { OffsetSync } from '../../infra/offset-sync.ts';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import { parseMigration } from '../../infra/options/migration.ts';
import { bundleFunction } from '../../local/world/lambda/bundle.ts';
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
