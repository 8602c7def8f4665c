import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import type { AuthenticationOptions } from '../../infra/options/authentication.ts';
import type { OffsetSyncProps } from '../../infra/options/migration.ts';

/** The feature flags of `cdk.json`: its context without the user's block. */
const { migration: _, ...flags } = JSON.parse(readFileSync('cdk.json', 'utf8')).context as Readonly<
  Record<string, unknown>
>;

export const EXAMPLE_NAMES = readdirSync('examples')
  .filter((file) => file.endsWith('.json') && file !== 'tsconfig.json')
  .map((file) => basename(file, '.json'));

/** A block of `examples/`, which stands for what a user writes. */
export const example = (name: string): OffsetSyncProps =>
  JSON.parse(readFileSync(`examples/${name}.json`, 'utf8')) as OffsetSyncProps;

/** The plainest example, which uses SCRAM. */
export const EXAMPLE = example('scram');

export const CLUSTER_ARN =
  'arn:aws:kafka:eu-central-1:123456789012:cluster/orders/01234567-89ab-cdef-0123-456789abcdef-1';
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_theirs-aBcDeF';
export const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef';

/** The example with another authentication, and its port in the brokers. */
export const withAuthentication = (authentication: AuthenticationOptions, port: number): OffsetSyncProps => ({
  ...EXAMPLE,
  cluster: { ...EXAMPLE.cluster, brokers: EXAMPLE.cluster.brokers.map((broker) => broker.replace(/\d+$/, `${port}`)) },
  authentication,
});

/** An app with the feature flags of `cdk.json`. */
export const anApp = (): App => new App({ context: flags });

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

export interface Synthesized {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown; readonly Description: string }>>;
}

/** The template of a stack, validated as by the CDK's command, without the paths that only the CDK reads. */
export const templateOf = (stack: Stack): Synthesized => {
  const template = Template.fromStack(stack).toJSON();
  for (const resource of Object.values(template.Resources ?? {})) {
    delete (resource as Record<string, unknown>).Metadata;
  }
  return { Resources: {}, Outputs: {}, ...template };
};

/** The template of a stack that holds what `build` puts into it; not validated, which takes seconds to get ready. */
export const synthesize = (build: (scope: Construct) => void, region = 'eu-central-1'): Synthesized => {
  const app = anApp();
  const stack = new Stack(app, 'Test', { env: { account: '123456789012', region } });
  build(stack);
  app.synth({ skipValidation: true });
  return templateOf(stack);
};

/** The properties of all resources of one type, in order. */
export const propertiesOf = (template: Synthesized, type: string): readonly Resource['Properties'][] =>
  Object.values(template.Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));

/** The only resource of a type. */
export const only = (template: Synthesized, type: string): Resource => {
  const [found, ...more] = Object.values(template.Resources).filter(({ Type }) => Type === type);
  if (found === undefined || more.length > 0) {
    throw new Error(`There are ${found ? 1 + more.length : 0} ${type}`);
  }
  return found;
};
