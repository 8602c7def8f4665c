import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { OffsetSync } from '../../../infra/offset-sync.ts';
import { EXAMPLE, type Synthesized, templateOf } from '../synthesis.ts';

const MINUTES = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'mm2-migration-own-apps-'));
afterAll(() => rmSync(folder, { recursive: true }));

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

/** Runs a command as a user would, and fails with what it said. */
const run = (cwd: string, command: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`.slice(0, 4000));
  }
  return stdout;
};

const commonJs = join(folder, 'own-app');

beforeAll(() => {
  run(resolve('.'), 'npm', 'pack', '--silent', '--pack-destination', folder);
  mkdirSync(commonJs);
  run(commonJs, resolve('node_modules/.bin/cdk'), 'init', 'app', '--language', 'typescript', '--generate-only');

  const { devDependencies } = json('package.json');
  const made = json(join(commonJs, 'package.json'));
  // The same version of the CDK as here, and nothing that only the app's own tests would need.
  made.dependencies['aws-cdk-lib'] = devDependencies['aws-cdk-lib'];
  for (const unused of ['jest', '@swc/core', '@swc/jest']) {
    delete made.devDependencies[unused];
  }
  writeFileSync(join(commonJs, 'package.json'), JSON.stringify(made));
  const tarball = join(folder, `mm2-migration-${json('package.json').version}.tgz`);
  run(commonJs, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);
}, 10 * MINUTES);

const withoutMetadata = (template: Synthesized): Synthesized['Resources'] =>
  Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => [id, { ...resource, Metadata: undefined }]),
  );

test('the package brings no source, and needs valibot alone beside the CDK', () => {
  const installed = json(join(commonJs, 'node_modules/mm2-migration/package.json'));
  expect(Object.keys(installed.dependencies)).toEqual(['valibot']);
  expect(Object.keys(installed.peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
  const files = run(folder, 'tar', 'tzf', `mm2-migration-${installed.version}.tgz`).trim().split('\n');
  expect(
    files.filter((file) => !/^package\/(dist\/|bin\/mm2-migration\.js$|package\.json$|README\.md$)/.test(file)),
  ).toEqual([]);
});

test('its command runs where it is installed', () => {
  const help = run(commonJs, 'npx', 'mm2-migration', 'verify', '--help');

  expect(help).toContain('Usage: mm2-migration verify');
});

test('its declarations keep the doc comments of the options', () => {
  const declarations = join(commonJs, 'node_modules/mm2-migration/dist');
  for (const file of [
    'infra/options/migration.d.ts',
    'infra/options/cluster.d.ts',
    'functions/configuration/flow-options.d.ts',
  ]) {
    expect(readFileSync(join(declarations, file), 'utf8')).toMatch(/\/\*\*[^/]*@default/);
  }
});

describe('in a CommonJS app as `cdk init` makes it', () => {
  test(
    'a stack with the construct type-checks, and synthesizes to the same resources as here',
    () => {
      writeFileSync(
        join(commonJs, 'lib/own-app-stack.ts'),
        `import * as cdk from 'aws-cdk-lib/core';
         import { Construct } from 'constructs';
         import { OffsetSync, type OffsetSyncProps } from 'mm2-migration';

         const props: OffsetSyncProps = ${JSON.stringify(EXAMPLE)};

         export class OwnAppStack extends cdk.Stack {
           constructor(scope: Construct, id: string, stackProps?: cdk.StackProps) {
             super(scope, id, stackProps);
             const sync = new OffsetSync(this, 'OffsetSync', props);
             sync.metricWritten().createAlarm(this, 'Unused', { threshold: 1, evaluationPeriods: 1 });
           }
         }`,
      );
      run(commonJs, 'npx', 'cdk', 'synth', '--quiet', '--output', 'out');

      const { context } = json(join(commonJs, 'cdk.json'));
      const stack = new Stack(new App({ context }), 'OwnAppStack');
      new OffsetSync(stack, 'OffsetSync', EXAMPLE).metricWritten().createAlarm(stack, 'Unused', {
        threshold: 1,
        evaluationPeriods: 1,
      });
      const theirs = withoutMetadata(json(join(commonJs, 'out/OwnAppStack.template.json')));
      const ours = withoutMetadata(templateOf(stack));
      delete (theirs as Record<string, unknown>).CDKMetadata;
      expect(Object.keys(theirs)).toEqual(Object.keys(ours));
      expect(theirs).toEqual(ours);
    },
    5 * MINUTES,
  );
});

describe('in an app of ES modules', () => {
  const modules = join(folder, 'own-modules');

  test(
    'the example with a cluster, a VPC and a topic of its own type-checks and synthesizes',
    () => {
      mkdirSync(modules);
      symlinkSync(join(commonJs, 'node_modules'), join(modules, 'node_modules'));
      writeFileSync(join(modules, 'package.json'), JSON.stringify({ name: 'own-modules', type: 'module' }));
      const compilerOptions = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, types: ['node'] };
      writeFileSync(
        join(modules, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: true } }),
      );
      cpSync('examples/own-cdk-app.ts', join(modules, 'app.ts'));
      run(modules, 'npx', 'tsc');
      run(modules, 'npx', 'cdk', 'synth', '--quiet', '--app', `${process.execPath} app.ts`, '--output', 'out');

      const { Resources } = json(join(modules, 'out/Orders.template.json')) as Synthesized;
      const mapping = Object.values(Resources).find(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
      expect(mapping?.Properties).toMatchObject({
        EventSourceArn: { 'Fn::GetAtt': ['Cluster', 'Arn'] },
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: expect.stringMatching(/^orders-/) },
      });
      const alarm = Object.values(Resources).find(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
      expect(alarm?.Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Alarms/) }]);
    },
    5 * MINUTES,
  );
});
