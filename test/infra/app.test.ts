import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { EXAMPLE } from './synthesis.ts';

const folder = mkdtempSync(join(tmpdir(), 'mm2-migration-synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PATH = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter);
const NOWHERE = 'http://127.0.0.1:9';

/** An environment without AWS account, home or network, in which npm keeps what it thinks of its settings to itself. */
const offline = {
  PATH,
  HOME: folder,
  HTTP_PROXY: NOWHERE,
  HTTPS_PROXY: NOWHERE,
  AWS_EC2_METADATA_DISABLED: 'true',
  npm_config_loglevel: 'error',
};

describe('cdk synth, as the repository configures it and without a network', () => {
  const output = join(folder, 'cdk.out');
  // The user's own block is none of the tests' business: an example stands in its place.
  const { context, ...settings } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const project = { ...settings, app: `node ${resolve('infra/app.ts')}`, context: { ...context, migration: EXAMPLE } };
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify(project));
  const { status, stdout, stderr } = spawnSync('cdk', ['synth', '--output', output], {
    encoding: 'utf8',
    cwd: folder,
    env: offline,
  });

  test('writes the template', () => {
    expect(status).toBe(0);
    expect(stdout).toContain('AWS::Lambda::EventSourceMapping');
    expect(existsSync(join(output, 'OffsetSync-mm2-migration.template.json'))).toBe(true);
  });

  test('has nothing to warn of', () => {
    expect(stderr).toBe('');
  });
});

describe('the app, with another configuration', () => {
  const run = (migration: unknown) =>
    spawnSync('node', ['infra/app.ts'], {
      encoding: 'utf8',
      env: { ...offline, CDK_OUTDIR: join(folder, 'app'), CDK_CONTEXT_JSON: JSON.stringify({ migration }) },
    });

  test('fails with what is missing, and with nothing else', () => {
    const { status, stderr } = run(undefined);
    expect(status).toBe(1);
    expect(stderr).toBe(
      'migration is missing; give the configuration as an object with at least "cluster" and "authentication"\n',
    );
  });

  test('fails with every fault, one a line', () => {
    const { status, stderr } = run({ cluster: {}, authentication: { type: 'iam' } });
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual(
      ['arn', 'brokers', 'vpcId', 'subnetIds', 'securityGroupId'].map((field) =>
        expect.stringMatching(`^migration: cluster\\.${field} is missing; give `),
      ),
    );
  });
});
